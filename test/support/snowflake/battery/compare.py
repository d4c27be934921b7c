"""Runs each statement twice: by Snowflake's Python connector on unadapted fakesnow, and in the double's JSON wire form.

Prints {"equal": n, "differing": [...], "refused": [...], "corrected": [...]}: both must give the same rows; `refused`
are those that fakesnow itself cannot run, `corrected` those of the list `fakesnowIsWrong` that the two still answer differently.
"""

from __future__ import annotations

import gzip
import json
import logging
import subprocess
import sys
import urllib.request
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import fakesnow
import snowflake.connector

HERE = Path(__file__).parent
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Rows = list[tuple[Any, ...]]


class Wire:
    """The double, spoken to without any driver."""

    def __init__(self, base: str) -> None:
        self._base, self._token = base, ""
        self._send("/__control/accounts", {"name": "BATTERY"})
        self._send("/__control/accounts/BATTERY", {"users": [{"name": "U", "password": "p"}]})
        self._send("/__control/accounts/BATTERY/seed", {"database": "DB", "schema": "PUBLIC", "statements": []})
        login = {"ACCOUNT_NAME": "BATTERY", "LOGIN_NAME": "U", "PASSWORD": "p"}
        answer = self._send("/session/v1/login-request?databaseName=DB&schemaName=PUBLIC", {"data": login})
        self._token = answer["data"]["token"]

    def _send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f'Snowflake Token="{self._token}"'}
        request = urllib.request.Request(self._base + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def rows(self, sql: str) -> Rows:
        """The rows of a statement; a refusal is an error."""
        answer = self._send(f"/queries/v1/query-request?requestId={uuid.uuid4()}", {"sqlText": sql})
        if not answer["success"]:
            raise RuntimeError(f"{answer['code']} {answer['message']}")
        data = answer["data"]
        rows = [*data["rowset"], *(row for chunk in data.get("chunks", []) for row in self._chunk(chunk["url"], data["chunkHeaders"]))]
        return [tuple(decoded(cell, column) for cell, column in zip(row, data["rowtype"], strict=True)) for row in rows]

    def _chunk(self, url: str, headers: dict[str, str]) -> list[list[str | None]]:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
            return json.loads(b"[" + gzip.decompress(response.read()) + b"]")


def decoded(cell: str | None, column: dict[str, Any]) -> Any:
    """A cell as the Python connector gives it."""
    if cell is None:
        return None
    match column["type"]:
        case "fixed":
            return Decimal(cell) if column["scale"] else int(cell)
        case "real":
            return float(cell)
        case "boolean":
            return cell == "1"
        case "binary":
            return bytes.fromhex(cell)
        case "date":
            return date(1970, 1, 1) + timedelta(days=int(cell))
        case "time":
            return (EPOCH + _since(cell)).time()
        case "timestamp_ntz":
            return (EPOCH + _since(cell)).replace(tzinfo=None)
        case "timestamp_tz":
            return EPOCH + _since(cell.split(" ")[0])
        case _:
            return cell


def _since(cell: str) -> timedelta:
    return timedelta(microseconds=int(Decimal(cell).scaleb(6)))


def told(value: Any) -> str:
    """A value with its type, so that 1 and 1.0 and '1' differ, and NaN equals itself; an instant whatever its zone."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(UTC)
    return f"{type(value).__name__}:{value!r}" if not isinstance(value, bytes | bytearray) else f"bytes:{bytes(value).hex()}"


def outcome(run: Any) -> tuple[list[list[str]] | None, str]:
    try:
        return [[told(value) for value in row] for row in run()], ""
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"


def both(sql: str, cursor: Any, wire: Wire) -> dict[str, Any]:
    """A statement's rows on both; none, with the reason, where it fails."""
    reference, reason = outcome(lambda: cursor.execute(sql).fetchall())
    ours, trouble = outcome(lambda: wire.rows(sql))
    return {"sql": sql, "reference": reference, "ours": ours, "reason": (reason or trouble)[:200]}


def compare(battery: dict[str, Any], cursor: Any, wire: Wire) -> dict[str, Any]:
    """Every statement on both."""
    for sql in battery["setup"]:
        cursor.execute(sql)
        wire.rows(sql)
    run = [both(sql, cursor, wire) for sql in battery["statements"]]
    wrong = [both(entry["sql"], cursor, wire) for entry in battery["fakesnowIsWrong"]]
    refused = [entry for entry in run if entry["reference"] is None]
    equal = [entry for entry in run if entry["reference"] is not None and entry["reference"] == entry["ours"]]
    return {
        "equal": len(equal),
        "differing": [entry for entry in run if entry not in equal and entry not in refused],
        "refused": refused,
        "corrected": [entry["sql"] for entry in wrong if entry["reference"] != entry["ours"]],
    }


def main() -> None:
    logging.disable(logging.CRITICAL)
    double = subprocess.Popen([sys.executable, "-m", "double"], cwd=HERE.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert double.stdout is not None
    wire = Wire(f"http://127.0.0.1:{json.loads(double.stdout.readline())['port']}")
    battery = json.loads((HERE / "statements.json").read_text())
    with fakesnow.server() as place, snowflake.connector.connect(**place, database="DB", schema="PUBLIC") as connection:
        report = compare(battery, connection.cursor(), wire)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
