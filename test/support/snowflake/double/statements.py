"""What becomes of a statement: refused, answered from a document, made, remembered, shown, waited for, or run by fakesnow."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import sqlglot
import sqlglot.errors
from sqlglot import Expr, exp

from double import canned, engine, information_schema, session_functions, show
from double.account import Account, Query, Session, Warehouse
from double.commands import run_command
from double.engine import Answer
from double.failure import Failure, syntax_failure, unsupported
from double.faults import take
from double.large_result import LargeResult
from double.results import HeldResult, Result, hold
from double.wire import Column, Row

_LEADING_NOISE = re.compile(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|//[^\n]*(?:\n|\Z)|/\*.*?\*/)+", re.S)
_WAIT = re.compile(r"\bSYSTEM\$WAIT\s*\(\s*([\d.]+)\s*(?:,\s*'?(\w+)'?\s*)?\)", re.I)
_CANCEL = re.compile(r"(?:select|call)\s+SYSTEM\$CANCEL_QUERY\s*\(\s*'([^']+)'\s*\)\s*$", re.I)
_UNITS = {"MILLISECONDS": 0.001, "SECONDS": 1, "MINUTES": 60, "HOURS": 3600}


def bare(sql: str) -> str:
    """A statement without comments before it and the semicolon after it."""
    return _LEADING_NOISE.sub("", sql).rstrip().rstrip(";").rstrip()


async def answer(query: Query) -> Result:
    """Carries a statement out."""
    sql = bare(query.sql)
    _refuse_transfers(sql)
    _refuse_denied(query.session, sql)
    described = bool(query.body.get("describeOnly"))
    if (large := _large(query, sql)) is not None:
        if described:
            return _held(query, large.rowtype, [], large.statement_type)
        await _prepare(query, sql)
        return large
    columns, rows, kind = await _carry_out(query, sql, described)
    return await asyncio.to_thread(_held, query, columns, [] if described else rows, kind)


async def _carry_out(query: Query, sql: str, described: bool) -> Answer:
    session = query.session
    if (told := canned.answer(session, sql)) is not None:
        return told
    if not described and (done := run_command(session, sql) or _cancel_other(query, sql)) is not None:
        return done
    if (shown := await _shown(session, sql)) is not None:
        return shown
    parsed = _one_statement(query, sql)
    waited, seconds = _without_waits(sql)
    filled = session_functions.fill(session, waited)
    ready = await asyncio.to_thread(information_schema.prepare, session, filled)
    if described:
        return await _on_engine(session, lambda: engine.describe(session, ready, parsed))
    await _prepare(query, sql)
    await asyncio.sleep(seconds)
    _refuse_division_by_zero(parsed)
    bindings = query.body.get("bindings")
    found = await _on_engine(session, lambda: engine.run(session, ready, parsed, bindings, query.id))
    _refuse_too_much(session.account, sql, len(found[1]))
    return found


def _cancel_other(query: Query, sql: str) -> Answer | None:
    """SYSTEM$CANCEL_QUERY: ends another query of the same user."""
    found = _CANCEL.match(sql)
    if found is None:
        return None
    other = query.session.account.queries.get(found[1])
    if other is None or other.task is None or other.ended is not None or other.session.user.name != query.session.user.name:
        return engine.status("Identified SQL statement is not currently executing.", 0x1000)
    other.task.cancel()
    return engine.status(f"query [{other.id}] terminated.", 0x1000)


def _refuse_transfers(sql: str) -> None:
    if found := re.match(r"(put|get)\s", sql, re.I):
        raise unsupported(found[1].upper())


def _refuse_denied(session: Session, sql: str) -> None:
    for denial in session.account.denials:
        if denial.role in (None, session.role) and re.search(denial.match, sql, re.I):
            raise Failure("003001", "SQL access control error:\nInsufficient privileges to operate on the object.", "42501")


def _one_statement(query: Query, sql: str) -> Expr:
    try:
        parsed = [tree for tree in sqlglot.parse(sql, read="snowflake") if tree and not isinstance(tree, exp.Semicolon)]
    except sqlglot.errors.SqlglotError as error:
        raise syntax_failure(error) from error
    wanted = int(str(query.setting("MULTI_STATEMENT_COUNT", 1)))
    if wanted != 0 and len(parsed) != wanted:
        text = f"Actual statement count {len(parsed)} did not match the desired statement count {wanted}."
        raise Failure("000008", text, "0A000")
    if len(parsed) != 1:
        raise unsupported("several statements in one request")
    return parsed[0]


def _large(query: Query, sql: str) -> LargeResult | None:
    specs = query.session.account.large_results
    spec = next((spec for spec in specs if re.search(spec["match"], sql, re.I)), None)
    return None if spec is None else LargeResult(min(spec["rows"], _row_cap(query) or spec["rows"]), spec["chunk_rows"])


def _row_cap(query: Query) -> int:
    return int(str(query.setting("ROWS_PER_RESULTSET", 0)))


async def _shown(session: Session, sql: str) -> Answer | None:
    request = show.read_request(sql, session.connection.database, session.connection.schema)
    return None if request is None else await _on_engine(session, lambda: show.answer(session, request))


async def _prepare(query: Query, sql: str) -> None:
    """What delays a statement before it runs: a warehouse that starts, a fault at `execution`."""
    account = query.session.account
    warehouse = _needed_warehouse(query.session, sql)
    if warehouse is not None and warehouse.state == "SUSPENDED":
        query.state = "RESUMING_WAREHOUSE"
        await asyncio.sleep(warehouse.resume_seconds)
        warehouse.state = "STARTED"
        query.state = "RUNNING"
    fault = take(account.faults, "execution", sql)
    if fault is not None:
        await asyncio.sleep(fault.seconds)
        if fault.action == "error":
            raise Failure(fault.code, fault.message, fault.sql_state)


def _needed_warehouse(session: Session, sql: str) -> Warehouse | None:
    if re.search(r"\bfrom\b|^(insert|update|delete|merge|copy)\b", sql, re.I) is None:
        return None
    if session.warehouse is None and session.account.settings.needs_warehouse:
        text = "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' command."
        raise Failure("000606", text, "57P03")
    return session.account.warehouses.get(session.warehouse or "")


def _without_waits(sql: str) -> tuple[str, float]:
    """The statement with its SYSTEM$WAIT calls answered, and how many seconds they take together."""
    seconds = sum(float(n) * _UNITS.get((unit or "SECONDS").upper(), 1) for n, unit in _WAIT.findall(sql))
    text = _WAIT.sub(lambda found: f"'waited {found[1]} {(found[2] or 'seconds').lower()}'", sql)
    return re.sub(r"\Acall\b", "SELECT", text, flags=re.I) if text != sql else text, seconds


def _refuse_division_by_zero(parsed: Expr) -> None:
    for node in parsed.find_all(exp.Div):
        if isinstance(node.expression, exp.Literal) and node.expression.is_number and float(node.expression.name) == 0:
            raise Failure("100051", "Division by zero", "22012")


def _refuse_too_much(account: Account, sql: str, rows: int) -> None:
    limit = account.settings.information_schema_limit
    if limit is not None and rows > limit and re.search(r"\binformation_schema\b", sql, re.I):
        text = "Information schema query returned too much data. Please repeat query with more selective predicates."
        raise Failure("090030", text, "22000")


async def _on_engine(session: Session, work: Callable[[], Answer]) -> Answer:
    """Runs blocking work; when the statement is cancelled, interrupts the engine and waits until it has stopped."""
    async with session.engine:
        thread = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(thread)
        except asyncio.CancelledError:
            session.connection._duck_conn.interrupt()
            await asyncio.wait([thread])
            thread.exception()
            raise


def _held(query: Query, columns: list[Column], rows: list[Row], kind: int) -> HeldResult:
    settings = query.session.account.settings
    cap = _row_cap(query)
    return hold(columns, rows[:cap] if cap else rows, kind, settings.inline_rows, settings.chunk_rows)
