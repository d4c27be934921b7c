"""Snowflake's JSON form of a result: every cell a string or null, columns described by `rowtype`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
from fakesnow.rowtype import describe_as_rowtype

Cell = str | None
Row = list[Cell]
Column = dict[str, Any]

_PLAIN_TYPES = {
    "TINYINT": "BIGINT",
    "SMALLINT": "BIGINT",
    "UTINYINT": "BIGINT",
    "USMALLINT": "BIGINT",
    "UINTEGER": "BIGINT",
    "UHUGEINT": "HUGEINT",
    "FLOAT": "DOUBLE",
    "TIMESTAMP_S": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    '"NULL"': "VARCHAR",
    "UUID": "VARCHAR",
    "INTERVAL": "VARCHAR",
}


def column(name: str, kind: str = "text", **more: Any) -> Column:
    """One entry of `rowtype`; `kind` is the wire's type name."""
    sizes: dict[str, dict[str, int]] = {
        "text": {"length": 16777216, "byteLength": 16777216},
        "fixed": {"precision": 38, "scale": 0},
        "timestamp_ltz": {"precision": 0, "scale": 9},
        "timestamp_ntz": {"precision": 0, "scale": 9},
    }
    empty = {"length": None, "byteLength": None, "precision": None, "scale": None}
    place = {"name": name, "database": "", "schema": "", "table": "", "nullable": True, "collation": None}
    return {**place, "type": kind, **empty, **sizes.get(kind, {}), **more}


def rowtype_of(described: list[tuple[Any, ...]]) -> list[Column]:
    """The columns of a result, from DuckDB's DESCRIBE of its statement."""
    return [_column_of(entry) for entry in described]


def _column_of(entry: tuple[Any, ...]) -> Column:
    name, kind = str(entry[0]), str(entry[1])
    if kind.endswith("]"):
        return column(name, "array")
    if kind.startswith(("STRUCT", "MAP")):
        return column(name, "object")
    return dict(describe_as_rowtype([(name, _PLAIN_TYPES.get(kind, kind), *entry[2:])])[0])


def rows_of(table: pa.Table) -> list[Row]:
    """The rows of an Arrow table as cells."""
    columns = [_cells_of(values) for values in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _cells_of(values: pa.ChunkedArray) -> list[Cell]:
    kind = values.type
    if pa.types.is_date(kind):
        return _texts(values.cast(pa.int32()), str)
    if pa.types.is_time(kind):
        return _texts(values.cast(pa.time64("ns")).cast(pa.int64()), _seconds)
    if pa.types.is_timestamp(kind):
        factor = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[kind.unit]
        zone = " 1440" if kind.tz else ""
        return _texts(values.cast(pa.int64()), lambda ticks: _seconds(ticks * factor) + zone)
    return _texts(values, _encoder_of(kind))


def _texts(values: pa.ChunkedArray, encode: Callable[[Any], str]) -> list[Cell]:
    return [None if value is None else encode(value) for value in values.to_pylist()]


def _encoder_of(kind: pa.DataType) -> Callable[[Any], str]:
    if pa.types.is_boolean(kind):
        return lambda value: "1" if value else "0"
    if pa.types.is_decimal(kind):
        return lambda value: format(value, "f")
    if pa.types.is_floating(kind):
        return _real
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return lambda value: value.hex().upper()
    if pa.types.is_nested(kind):
        return lambda value: json.dumps(_plain(value), default=str, ensure_ascii=False)
    return str


def _seconds(nanoseconds: int) -> str:
    sign = "-" if nanoseconds < 0 else ""
    whole, fraction = divmod(abs(nanoseconds), 10**9)
    return f"{sign}{whole}.{fraction:09d}"


def _real(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value).removesuffix(".0")


def _plain(value: Any) -> Any:
    """JSON's values in place of Arrow's: a map arrives as pairs."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        is_map = bool(value) and all(isinstance(item, tuple) for item in value)
        return {str(key): _plain(inner) for key, inner in value} if is_map else [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


RESULT_PARAMETERS: dict[str, Any] = {
    "BINARY_OUTPUT_FORMAT": "HEX",
    "CLIENT_HONOR_CLIENT_TZ_FOR_TIMESTAMP_NTZ": True,
    "CLIENT_RESULT_CHUNK_SIZE": 160,
    "CLIENT_RESULT_PREFETCH_SLOTS": 2,
    "CLIENT_RESULT_PREFETCH_THREADS": 1,
    "CLIENT_SESSION_KEEP_ALIVE": False,
    "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY": 3600,
    "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": 65280,
    "CLIENT_TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_LTZ",
    "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "TIMESTAMP_LTZ_OUTPUT_FORMAT": "",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3",
    "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
    "TIMESTAMP_TZ_OUTPUT_FORMAT": "",
    "TIMEZONE": "UTC",
    "TIME_OUTPUT_FORMAT": "HH24:MI:SS",
    "USE_CACHED_RESULT": True,
}
"""Parameters that every login and result carries, with Snowflake's defaults (time zone apart, which is UTC here)."""


def parameter_list(settings: dict[str, Any]) -> list[dict[str, Any]]:
    """The wire's list of the parameters that decide how cells are read."""
    return [{"name": name, "value": settings.get(name, value)} for name, value in RESULT_PARAMETERS.items()]
