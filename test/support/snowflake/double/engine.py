"""fakesnow asked directly: one statement in, columns and cells out, its errors under Snowflake's codes."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import duckdb
import snowflake.connector.errors
import sqlglot.errors
from fakesnow.conn import FakeSnowflakeConnection
from fakesnow.converter import from_binding
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.statement_type import DML_TYPE_IDS, SELECT, statement_type_id
from sqlglot import Expr, exp

from double.account import Account, Session
from double.failure import Failure, cancelled, engine_failure, syntax_failure
from double.wire import Column, Row, column, rows_of, rowtype_of

Bound = int | bytes | bool | float | date | time | datetime | Decimal | str | None
Answer = tuple[list[Column], list[Row], int]
STATUS: list[Column] = [column("status", "text")]


def status(text: str, statement_type: int = 0x4000) -> Answer:
    """The one-row answer of a command."""
    return STATUS, [[text]], statement_type


def run(session: Session, sql: str, parsed: Expr, bindings: dict[str, Any] | None, query_id: str) -> Answer:
    """Runs a statement on the session's engine. Blocks."""
    cursor: FakeSnowflakeCursor = session.connection.cursor()
    kind = statement_type_id(parsed)
    with _translated():
        cursor.execute(sql, binding_params=_positional(bindings), server=True)
        table = cursor._arrow_table
        if table is None:
            return status("Statement executed successfully.", kind)
        note_change(session.account, session.connection, parsed)
        session.connection.results_cache[query_id] = session.connection.results_cache[str(cursor.sfqid)]
        described = cursor._describe_last_sql()
        rows = rows_of(table)
    return rowtype_of(described), rows, kind if kind in DML_TYPE_IDS else kind or SELECT


_CHANGES = (exp.Create, exp.Alter, exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.TruncateTable)


def note_change(account: Account, connection: FakeSnowflakeConnection, parsed: Expr) -> None:
    """Remembers when a table was changed; fakesnow does not."""
    table = parsed.find(exp.Table) if isinstance(parsed, _CHANGES) else None
    if table is None:
        return
    place = [table.catalog or connection.database, table.db or connection.schema, table.name]
    names = [
        str(name) if part is not None and part.args.get("quoted") else str(name).upper()
        for name, part in zip(place, _parts(table), strict=True)
    ]
    sql = "INSERT OR REPLACE INTO _double.main.changes VALUES (?, ?, ?, now()::TIMESTAMP)"
    with account.catalog:
        connection._duck_conn.cursor().execute(sql, names)


def _parts(table: exp.Table) -> list[Expr | None]:
    return [table.args.get("catalog"), table.args.get("db"), table.args.get("this")]


def describe(session: Session, sql: str, parsed: Expr) -> Answer:
    """The columns of a query, compiled and not run; of anything else, the status column. Blocks."""
    kind = statement_type_id(parsed)
    if not isinstance(parsed, exp.Query):
        return STATUS, [], kind
    unbound = parsed.transform(lambda node: exp.Null() if isinstance(node, exp.Placeholder) else node)
    text = sql if unbound == parsed else unbound.sql(dialect="snowflake")
    cursor = session.connection.cursor()
    with _translated():
        cursor.execute(f"DESCRIBE {text}")
        return rowtype_of([tuple(row) for row in cursor.fetchall()]), [], SELECT


_CODE = re.compile(r"^\d{6} \(\w+\): ")
"""The connector's own errors begin with the code."""


class _translated:
    """Turns what the engine raises into what Snowflake would say."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case None | Failure():
                return
            case duckdb.InterruptException():
                raise cancelled() from error
            case sqlglot.errors.SqlglotError():
                raise syntax_failure(error) from error
            case snowflake.connector.errors.Error():
                raise engine_failure(f"{error.errno or 261000:06d}", error.sqlstate, _CODE.sub("", str(error.msg))) from error
            case Exception():
                raise engine_failure("261000", "XX000", str(error).split("\n")[0]) from error


def _positional(bindings: dict[str, Any] | None) -> tuple[Bound, ...] | None:
    if not bindings:
        return None
    return tuple(_bound(bindings[str(place)]) for place in range(1, len(bindings) + 1))


def _bound(binding: dict[str, Any]) -> Bound:
    kind, value = binding["type"], binding["value"]
    if value is None:
        return None
    if kind == "REAL":
        return float(value)
    if kind == "FIXED" and not str(value).lstrip("-").isdigit():
        return Decimal(value)
    return from_binding(binding)
