"""SHOW DATABASES, SCHEMAS, OBJECTS, TABLES, VIEWS, COLUMNS and KEYS, with Snowflake's columns, paging and 10,000-row cap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fakesnow.instance import FakeSnow

from double.account import Session
from double.commands import folded
from double.engine import Answer
from double.failure import Failure
from double.wire import column, rows_of, rowtype_of

MOST_ROWS = 10_000
SHOW_TYPE = 0x4400
_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_TEXT = r"'((?:[^']|'')*)'"
_FORM = re.compile(
    r"show\s+(?P<terse>terse\s+)?(?P<kind>databases|schemas|objects|tables|views|columns|primary\s+keys|unique\s+keys|imported\s+keys|exported\s+keys)"
    r"(?:\s+history)?"
    rf"(?:\s+like\s+(?P<like>{_TEXT}))?"
    rf"(?:\s+in\s+(?:(?P<scope>account|database|schema|table|view)\b\s*)?(?P<name>(?!(?:starts|limit)\b){_NAME}(?:\s*\.\s*{_NAME})*)?)?"
    rf"(?:\s+starts\s+with\s+(?P<starts>{_TEXT}))?"
    rf"(?:\s+limit\s+(?P<limit>\d+)(?:\s+from\s+(?P<after>{_TEXT}))?)?\s*$",
    re.I | re.S,
)


@dataclass(frozen=True)
class Request:
    """A SHOW that was read: what of which database, schema and table, and which part of it."""

    kind: str
    terse: bool
    database: str | None
    schema: str | None
    table: str | None
    like: str | None
    starts: str | None
    limit: int
    after: str | None


def prepare(engine: FakeSnow) -> None:
    """Makes the tables and views that SHOW answers from."""
    connection = engine.duck_conn.cursor()
    connection.execute("ATTACH ':memory:' AS _double")
    connection.execute("USE _double")
    connection.execute(Path(__file__).with_name("catalog.sql").read_text())


def read_request(sql: str, database: str | None, schema: str | None) -> Request | None:
    """A SHOW of these kinds; None for any other statement."""
    found = _FORM.match(sql)
    if found is None:
        return None
    kind = re.sub(r"\s+", " ", found["kind"].lower())
    names = [folded(name) for name in re.findall(_NAME, found["name"] or "")]
    place = _place(kind, (found["scope"] or "").lower(), names, database, schema)
    limit = min(int(found["limit"] or MOST_ROWS), MOST_ROWS)
    texts = (_unquoted(found[name]) for name in ("like", "starts"))
    return Request(kind, bool(found["terse"]), *place, *texts, limit, _unquoted(found["after"]))


def _unquoted(text: str | None) -> str | None:
    return None if text is None else text[1:-1].replace("''", "'")


Place = tuple[str | None, str | None, str | None]


def _place(kind: str, scope: str, names: list[str], database: str | None, schema: str | None) -> Place:
    if kind == "databases" or scope == "account":
        return None, None, None
    if scope == "database" or (kind == "schemas" and scope == ""):
        return (names or [database])[-1], None, None
    if scope in ("table", "view") or (scope == "" and names and kind.endswith(("keys", "columns"))):
        return _padded(names, [database, schema, None])
    if scope == "schema" or names:
        return *_padded(names, [database, schema])[:2], None
    return database, None, None


def _padded(names: list[str], defaults: list[str | None]) -> Place:
    """Names counted from the right over what the session has."""
    whole = [*defaults[: len(defaults) - len(names)], *names]
    return (*whole, None)[:3] if len(whole) < 3 else (whole[0], whole[1], whole[2])


_KEYS = {"primary keys": "PRIMARY KEY", "unique keys": "UNIQUE", "imported keys": "FOREIGN KEY", "exported keys": "FOREIGN KEY"}
_OBJECT = "created_on, name, kind, database_name, schema_name"
_TABLE = "created_on, name, database_name, schema_name, kind, comment, '' AS cluster_by, row_count AS rows, bytes, 'SYSADMIN' AS owner, '1' AS retention_time, 'ROLE' AS owner_role_type"
_VIEW = "created_on, name, '' AS reserved, database_name, schema_name, 'SYSADMIN' AS owner, comment, '' AS text, 'false' AS is_secure, 'false' AS is_materialized, 'ROLE' AS owner_role_type"
_COLUMN = """table_name, schema_name, column_name,
  CASE data_type WHEN 'FIXED' THEN format('{{"type":"FIXED","precision":{},"scale":{},"nullable":{}}}', precision, scale, nullable)
    WHEN 'TEXT' THEN format('{{"type":"TEXT","length":{},"byteLength":{},"nullable":{},"fixed":false}}', length, least(length * 4, 16777216), nullable)
    ELSE format('{{"type":"{}","nullable":{}}}', data_type, nullable) END AS data_type,
  CASE WHEN nullable THEN 'true' ELSE 'NOT_NULL' END AS "null?", '' AS "default", 'COLUMN' AS kind, '' AS expression, comment, database_name, '' AS autoincrement"""
_KEY = "TIMESTAMP '2025-01-02 03:04:05' AS created_on, database_name, schema_name, table_name, column_name, key_sequence, constraint_name, 'false' AS rely, NULL::TEXT AS comment"
_FOREIGN = """TIMESTAMP '2025-01-02 03:04:05' AS created_on, pk_database_name, pk_schema_name, pk_table_name, pk_column_name,
  database_name AS fk_database_name, schema_name AS fk_schema_name, table_name AS fk_table_name, column_name AS fk_column_name,
  key_sequence, 'NO ACTION' AS update_rule, 'NO ACTION' AS delete_rule, constraint_name AS fk_name, pk_name, 'NOT DEFERRABLE' AS deferrability, 'false' AS rely, NULL::TEXT AS comment"""
_SCHEMA = "TIMESTAMP '2025-01-02 03:04:05' AS created_on, schema_name AS name, 'N' AS is_default, 'N' AS is_current, database_name, 'SYSADMIN' AS owner, '' AS comment, '' AS options, '1' AS retention_time, 'ROLE' AS owner_role_type"
_DATABASE = "TIMESTAMP '2025-01-02 03:04:05' AS created_on, database_name AS name, 'N' AS is_default, 'N' AS is_current, '' AS origin, 'SYSADMIN' AS owner, '' AS comment, '' AS options, '1' AS retention_time, 'STANDARD' AS kind, 'ROLE' AS owner_role_type"


def _source(request: Request) -> tuple[str, str, str]:
    """What is selected, from which view, and the name it is ordered and paged by."""
    kind = request.kind
    if kind in _KEYS:
        return _FOREIGN if _KEYS[kind] == "FOREIGN KEY" else _KEY, "all_keys", "table_name"
    if kind == "columns":
        return _COLUMN, "all_columns", "table_name"
    if kind == "databases":
        terse = "created_on, name, kind, NULL::TEXT AS database_name, NULL::TEXT AS schema_name"
        source = f"(SELECT {_DATABASE}, database_name FROM (SELECT DISTINCT database_name FROM all_schemas))"
        return terse if request.terse else "* EXCLUDE (database_name)", source, "name"
    if kind == "schemas":
        terse = "created_on, name, NULL::TEXT AS kind, database_name, NULL::TEXT AS schema_name"
        source = f"(SELECT {_SCHEMA}, schema_name FROM all_schemas)"
        return terse if request.terse else "* EXCLUDE (schema_name)", source, "name"
    return _OBJECT if request.terse else (_VIEW if kind == "views" else _TABLE), "all_objects", "name"


def answer(session: Session, request: Request) -> Answer:
    """The rows of a SHOW. Blocks."""
    _refuse_missing(session, request)
    selected, source, name = _source(request)
    where, values = _conditions(request, name)
    ordered = "database_name, schema_name" if source != "all_columns" else "database_name, schema_name, table_name, ordinal"
    order = "database_name" if request.kind == "databases" else f"{ordered}, {name}"
    if source == "all_keys":
        order = "database_name, schema_name, table_name, constraint_name, key_sequence"
    sql = f"SELECT {selected} FROM {source} WHERE {where} ORDER BY {order} LIMIT {request.limit}"
    cursor = session.connection._duck_conn.cursor()  # noqa: SLF001
    cursor.execute("USE _double")
    described = cursor.execute(f"DESCRIBE {sql}", values).fetchall()
    columns = [column(entry["name"], "timestamp_ltz") if entry["name"] == "created_on" else entry for entry in rowtype_of(described)]
    return columns, rows_of(cursor.execute(sql, values).to_arrow_table()), SHOW_TYPE


def _conditions(request: Request, name: str) -> tuple[str, list[str]]:
    """The WHERE and its values."""
    parts: list[tuple[str, str | None]] = [
        ("database_name = ?", request.database),
        ("schema_name = ?", request.schema),
        ("table_name = ?", request.table),
        (f"{name} ILIKE ? ESCAPE '\\'", request.like),
        (f"starts_with({name}, ?)", request.starts),
        (f"{name} > ?", request.after),
    ]
    fixed = {"tables": "kind = 'TABLE'", "views": "kind LIKE '%VIEW'"}.get(request.kind, "true")
    if request.kind in _KEYS:
        fixed = f"kind = '{_KEYS[request.kind]}'"
    if request.kind == "databases":
        parts = parts[3:]
    used = [(text, value) for text, value in parts if value is not None]
    return " AND ".join([fixed, *(text for text, _ in used)]), [value for _, value in used]


def _refuse_missing(session: Session, request: Request) -> None:
    """A SHOW in a database or schema that is not there is an error, as it is in Snowflake."""
    cursor = session.connection._duck_conn.cursor()  # noqa: SLF001
    known = cursor.execute(
        "SELECT count(*) FROM _double.all_schemas WHERE database_name = coalesce(?, database_name) AND schema_name = coalesce(?, schema_name)",
        [request.database, request.schema],
    ).fetchall()[0][0]
    if known == 0 and request.database is not None:
        missing = f"{request.database}.{request.schema}" if request.schema else request.database
        kind = "Schema" if request.schema else "Database"
        raise Failure("002043" if request.schema else "002003", f"SQL compilation error:\n{kind} '{missing}' does not exist or not authorized.", "02000")
