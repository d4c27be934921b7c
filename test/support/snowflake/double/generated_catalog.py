"""Catalogs of any size made in a moment: names, columns, keys, comments and sizes, without the tables behind them."""

from __future__ import annotations

from typing import Any

from double.account import Account

_TABLES = """
INSERT INTO _double.main.made_objects
SELECT $database, $prefix || lpad((n % $schemas)::TEXT, 3, '0'),
  ['ORDERS', 'CUSTOMERS', 'PAYMENTS', 'EVENTS', 'SHIPMENTS', 'INVOICES', 'SESSIONS', 'PRODUCTS'][n % 8 + 1]
    || '_' || lpad(n::TEXT, 6, '0'),
  'TABLE', CASE WHEN n % 3 = 0 THEN 'Table number ' || n ELSE '' END, n * 1000, n * 1000 * 64,
  TIMESTAMP '2025-01-01', TIMESTAMP '2025-01-01' + to_seconds(n)
FROM range($tables) made(n)
"""

_COLUMNS = """
INSERT INTO _double.main.made_columns
SELECT o.database_name, o.schema_name, o.name, CASE c WHEN 1 THEN 'ID' WHEN 2 THEN 'PARENT_ID' ELSE kinds.label || '_' || c END, c,
  CASE WHEN c <= 2 THEN 'FIXED' ELSE kinds.kind END, CASE WHEN c <= 2 THEN 38 ELSE kinds.precision END,
  CASE WHEN c <= 2 THEN 0 ELSE kinds.scale END, CASE WHEN c > 2 AND kinds.kind = 'TEXT' THEN 16777216 END, c > 1,
  CASE WHEN c % 5 = 0 THEN 'Column ' || c || ' of ' || o.name ELSE '' END
FROM _double.main.made_objects o, range(1, $columns + 1) made(c), (VALUES
  (0, 'NAME', 'TEXT', NULL, NULL), (1, 'AMOUNT', 'FIXED', 12, 2), (2, 'DAY', 'DATE', NULL, NULL),
  (3, 'AT', 'TIMESTAMP_NTZ', NULL, NULL), (4, 'IS_ACTIVE', 'BOOLEAN', NULL, NULL), (5, 'RATE', 'REAL', NULL, NULL),
  (6, 'DETAILS', 'VARIANT', NULL, NULL)) kinds(place, label, kind, precision, scale)
WHERE o.database_name = $database AND kinds.place = c % 7
"""

_KEYS = """
INSERT INTO _double.main.made_keys
SELECT database_name, schema_name, name, 'ID', 1, 'PRIMARY KEY', 'PK_' || name, NULL, NULL, NULL, NULL, NULL
FROM _double.main.made_objects WHERE database_name = $database
UNION ALL
SELECT database_name, schema_name, name, 'PARENT_ID', 1, 'FOREIGN KEY', 'FK_' || name,
  database_name, schema_name, parent, 'ID', 'PK_' || parent
FROM (
  SELECT *, lag(name) OVER (PARTITION BY schema_name ORDER BY name) AS parent
  FROM _double.main.made_objects WHERE database_name = $database
) WHERE parent IS NOT NULL
"""


def generate(account: Account, wanted: dict[str, Any]) -> dict[str, int]:
    """Makes `tables` tables of `columns` columns over `schemas` schemas of a new database. Blocks."""
    database = str(wanted["database"]).upper()
    account.engine.create_database_on_connect = account.engine.create_schema_on_connect = True
    connection = account.engine.connect(database)._duck_conn
    values = {"database": database, "prefix": str(wanted.get("prefix", "S"))}
    connection.execute(
        "INSERT INTO _double.main.made_schemas SELECT $database, $prefix || lpad(n::TEXT, 3, '0') FROM range($schemas) made(n)",
        {**values, "schemas": wanted["schemas"]},
    )
    connection.execute(_TABLES, {**values, "schemas": wanted["schemas"], "tables": wanted["tables"]})
    connection.execute(_COLUMNS, {"database": database, "columns": wanted["columns"]})
    connection.execute(_KEYS, {"database": database})
    return {"tables": wanted["tables"], "columns": wanted["tables"] * wanted["columns"]}


def touch(account: Account, wanted: dict[str, Any]) -> dict[str, int]:
    """Sets the change time of the generated tables whose name matches a LIKE pattern to now. Blocks."""
    connection = account.engine.duck_conn.cursor()
    change = "SET last_altered = now()::TIMESTAMP, row_count = row_count + 1"
    sql = f"UPDATE _double.main.made_objects {change} WHERE database_name = ? AND name LIKE ?"
    changed = connection.execute(sql, [str(wanted["database"]).upper(), wanted["like"]]).fetchall()
    return {"tables": changed[0][0]}
