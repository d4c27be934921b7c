"""INFORMATION_SCHEMA over the same objects as SHOW, and the history of queries."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pyarrow as pa

from double.account import Query, Session

_MENTION = re.compile(r"\binformation_schema\b", re.I)
_SCHEMATA = re.compile(r'\binformation_schema\s*\.\s*"?schemata"?', re.I)
_HISTORY = re.compile(
    r'\btable\s*\(\s*(?:[\w$"]+\s*\.\s*)?information_schema\s*\.\s*query_history\w*\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*\)', re.I
)
_VIEWS = """
CREATE OR REPLACE VIEW "{database}"._fs_information_schema._fs_columns AS
SELECT database_name AS TABLE_CATALOG, schema_name AS TABLE_SCHEMA, table_name AS TABLE_NAME, column_name AS COLUMN_NAME,
  ordinal AS ORDINAL_POSITION, NULL::TEXT AS COLUMN_DEFAULT, CASE WHEN nullable THEN 'YES' ELSE 'NO' END AS IS_NULLABLE,
  CASE data_type WHEN 'FIXED' THEN 'NUMBER' WHEN 'REAL' THEN 'FLOAT' ELSE data_type END AS DATA_TYPE,
  CASE data_type WHEN 'TEXT' THEN length END AS CHARACTER_MAXIMUM_LENGTH,
  CASE data_type WHEN 'TEXT' THEN length END AS CHARACTER_OCTET_LENGTH,
  precision AS NUMERIC_PRECISION, CASE data_type WHEN 'FIXED' THEN 10 END AS NUMERIC_PRECISION_RADIX, scale AS NUMERIC_SCALE,
  CASE WHEN data_type LIKE 'TIME%' THEN 9 END AS DATETIME_PRECISION, NULL::TEXT AS COLLATION_NAME, 'NO' AS IS_IDENTITY,
  nullif(comment, '') AS COMMENT
FROM _double.main.all_columns WHERE database_name = '{database}';
CREATE OR REPLACE VIEW "{database}"._fs_information_schema._fs_tables AS
SELECT database_name AS TABLE_CATALOG, schema_name AS TABLE_SCHEMA, name AS TABLE_NAME, 'SYSADMIN' AS TABLE_OWNER,
  CASE kind WHEN 'TABLE' THEN 'BASE TABLE' ELSE kind END AS TABLE_TYPE, 'NO' AS IS_TRANSIENT, NULL::TEXT AS CLUSTERING_KEY,
  row_count AS ROW_COUNT, bytes AS BYTES, 1 AS RETENTION_TIME, created_on AT TIME ZONE 'UTC' AS CREATED,
  last_altered AT TIME ZONE 'UTC' AS LAST_ALTERED, last_altered AT TIME ZONE 'UTC' AS LAST_DDL, nullif(comment, '') AS COMMENT
FROM _double.main.all_objects WHERE database_name = '{database}';
CREATE OR REPLACE VIEW "{database}"._fs_information_schema._fs_schemata AS
SELECT database_name AS CATALOG_NAME, schema_name AS SCHEMA_NAME, 'SYSADMIN' AS SCHEMA_OWNER, NULL::TEXT AS COMMENT
FROM _double.main.all_schemas WHERE database_name = '{database}';
"""


def prepare(session: Session, sql: str) -> str:
    """Makes what a statement asks of INFORMATION_SCHEMA, and the statement that asks for it by fakesnow's names. Blocks."""
    if _MENTION.search(sql) is None:
        return sql
    asks_history = _HISTORY.search(sql) is not None
    with session.account.catalog:
        _describe_databases(session)
        if asks_history:
            _write_history(session)
    return _SCHEMATA.sub("_FS_INFORMATION_SCHEMA._FS_SCHEMATA", _HISTORY.sub("_DOUBLE.MAIN.QUERY_HISTORY", sql))


def _describe_databases(session: Session) -> None:
    """Puts our views in place of fakesnow's in each database that is new."""
    cursor = session.connection._duck_conn.cursor()
    known = session.account.described
    for (database,) in cursor.execute("SELECT DISTINCT database_name FROM _double.main.all_schemas").fetchall():
        if database not in known:
            cursor.execute(_VIEWS.format(database=database))
            known.add(database)


def _write_history(session: Session) -> None:
    """The queries of the session's user, in the columns of QUERY_HISTORY that tell them apart."""
    cursor = session.connection._duck_conn.cursor()
    mine = [_entry(query) for query in session.account.queries.values() if query.session.user.name == session.user.name]
    cursor.register("mine", pa.Table.from_pylist(mine))
    cursor.begin()
    cursor.execute("DELETE FROM _double.main.query_history")
    cursor.execute("INSERT INTO _double.main.query_history BY NAME SELECT * FROM mine")
    cursor.commit()


def _entry(query: Query) -> dict[str, object]:
    session, failure = query.session, query.failure
    return {
        "QUERY_ID": query.id,
        "QUERY_TEXT": query.sql,
        "QUERY_TAG": str(query.setting("QUERY_TAG") or ""),
        "SESSION_ID": session.id,
        "USER_NAME": session.user.name,
        "ROLE_NAME": session.role,
        "WAREHOUSE_NAME": session.warehouse,
        "EXECUTION_STATUS": _STATES.get(query.state, query.state),
        "START_TIME": _time(query.started),
        "END_TIME": _time(query.ended),
        "ERROR_CODE": failure and failure.code,
        "ERROR_MESSAGE": failure and failure.message,
    }


_STATES = {"ABORTED": "FAILED_WITH_ERROR"}


def _time(milliseconds: float | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
