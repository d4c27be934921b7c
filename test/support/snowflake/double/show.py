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
_KINDS = r"databases|schemas|objects|tables|views|columns|primary\s+keys|unique\s+keys|imported\s+keys"
_FORM = re.compile(
    rf"show\s+(?P<terse>terse\s+)?(?P<kind>{_KINDS})(?:\s+history)?"
    rf"(?:\s+like\s+(?P<like>{_TEXT}))?"
    rf"(?:\s+in\s+(?:(?P<scope>account|database|schema|table|view)\b\s*)?(?P<name>(?!(?:starts|limit)\b){_NAME}(?:\s*\.\s*{_NAME})*)?)?"
    rf"(?:\s+starts\s+with\s+(?P<starts>{_TEXT}))?"
    rf"(?:\s+limit\s+(?P<limit>\d+)(?:\s+from\s+(?P<after>{_TEXT}))?)?\s*$",
    re.I | re.S,
)
Place = tuple[str | None, str | None, str | None]


@dataclass(frozen=True)
class Request:
    """A SHOW that was read: what of which database, schema and table, and which part of it."""

    kind: str
    terse: bool
    place: Place
    like: str | None
    starts: str | None
    limit: int
    after: str | None


@dataclass(frozen=True)
class Listing:
    """The view that a kind is shown from: the column it is named and paged by, those that place it, what TERSE leaves of it."""

    view: str
    name: str
    place: tuple[str, ...]
    terse: str = "*"
    whole: str = "*"
    order: str = ""


_OBJECT_PLACE = ("database_name", "schema_name")
_TABLE_PLACE = ("database_name", "schema_name", "table_name")
_OBJECT = "created_on, name, kind, database_name, schema_name"
_LISTINGS = {
    "databases": Listing("show_databases", "name", (), "created_on, name, kind, NULL::TEXT AS database_name, NULL::TEXT AS schema_name"),
    "schemas": Listing(
        "show_schemas", "name", ("database_name",), "created_on, name, NULL::TEXT AS kind, database_name, NULL::TEXT AS schema_name"
    ),
    "objects": Listing("show_objects", "name", _OBJECT_PLACE, _OBJECT),
    "tables": Listing("show_tables", "name", _OBJECT_PLACE, _OBJECT),
    "views": Listing("show_views", "name", _OBJECT_PLACE, _OBJECT, "* EXCLUDE (kind)"),
    "columns": Listing("show_columns", "table_name", _TABLE_PLACE, "* EXCLUDE (ordinal)", "* EXCLUDE (ordinal)", ", ordinal"),
    "primary keys": Listing("show_primary_keys", "table_name", _TABLE_PLACE, order=", constraint_name, key_sequence"),
    "unique keys": Listing("show_unique_keys", "table_name", _TABLE_PLACE, order=", constraint_name, key_sequence"),
    "imported keys": Listing(
        "show_imported_keys", "fk_table_name", ("fk_database_name", "fk_schema_name", "fk_table_name"), order=", fk_name, key_sequence"
    ),
}


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
    like, starts, after = (_unquoted(found[name]) for name in ("like", "starts", "after"))
    return Request(kind, bool(found["terse"]), place, like, starts, limit, after)


def _unquoted(text: str | None) -> str | None:
    return None if text is None else text[1:-1].replace("''", "'")


def _place(kind: str, scope: str, names: list[str], database: str | None, schema: str | None) -> Place:
    if kind == "databases" or scope == "account":
        return None, None, None
    if scope == "database" or (kind == "schemas" and scope == ""):
        return names[-1] if names else database, None, None
    if scope in ("table", "view") or (scope == "" and names and kind.endswith(("keys", "columns"))):
        given = [None, None, None, *names][-3:]
        return given[0] or database, given[1] or schema, given[2]
    if scope == "schema" or names:
        given = [None, None, *names][-2:]
        return given[0] or database, given[1] or schema, None
    return database, None, None


def answer(session: Session, request: Request) -> Answer:
    """The rows of a SHOW. Blocks."""
    _refuse_missing(session, request)
    listing = _LISTINGS[request.kind]
    where, values = _conditions(request, listing)
    order = ", ".join([*listing.place, listing.name])
    selected = listing.terse if request.terse else listing.whole
    sql = f"SELECT {selected} FROM {listing.view} WHERE {where} ORDER BY {order}{listing.order} LIMIT {request.limit}"
    cursor = session.connection._duck_conn.cursor()
    cursor.execute("USE _double")
    described = cursor.execute(f"DESCRIBE {sql}", values).fetchall()
    columns = [column("created_on", "timestamp_ltz") if entry["name"] == "created_on" else entry for entry in rowtype_of(described)]
    return columns, rows_of(cursor.execute(sql, values).to_arrow_table()), SHOW_TYPE


def _conditions(request: Request, listing: Listing) -> tuple[str, list[str]]:
    """The WHERE and its values. LIMIT … FROM goes on after the name that it gives."""
    parts = [
        *((f"{name} = ?", value) for name, value in zip(listing.place, request.place, strict=False)),
        (f"{listing.name} ILIKE ? ESCAPE '\\'", request.like),
        (f"starts_with({listing.name}, ?)", request.starts),
        (f"{listing.name} > ?", request.after),
    ]
    used = [(text, value) for text, value in parts if value is not None]
    return " AND ".join(["true", *(text for text, _ in used)]), [value for _, value in used]


def _refuse_missing(session: Session, request: Request) -> None:
    """A SHOW in a database or schema that is not there is an error, as it is in Snowflake."""
    database, schema, _ = request.place
    cursor = session.connection._duck_conn.cursor()
    where = "database_name = coalesce(?, database_name) AND schema_name = coalesce(?, schema_name)"
    sql = f"SELECT * FROM _double.all_schemas WHERE {where} LIMIT 1"
    if database is None or cursor.execute(sql, [database, schema]).fetchone() is not None:
        return
    missing, kind, code = (database, "Database", "002003") if schema is None else (f"{database}.{schema}", "Schema", "002043")
    raise Failure(code, f"SQL compilation error:\n{kind} '{missing}' does not exist or not authorized.", "02000")
