"""Answers that no engine gives: from files under `documented/`, each with its source named, or set by a test."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from double.account import Session
from double.engine import Answer
from double.wire import Cell, column

_FOLDER = Path(__file__).parent.parent / "documented"
_TIME = "1735787045.000000000"
Told = dict[str, Any]
Rows = list[list[Any]]


@cache
def documented() -> dict[str, Told]:
    """Every documented answer by its file's name: source, match, columns, rows."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(_FOLDER.glob("*.json"))}


def answer(session: Session, sql: str) -> Answer | None:
    """The answer for a statement; a test's own comes before the documented ones that hold by default."""
    defaults = [told for told in documented().values() if told["default"] and "match" in told]
    for told in [*session.account.answers, *defaults]:
        if re.search(told["match"], sql, re.I | re.S):
            rows = _MAKERS[told["rows_from"]](session, told, sql) if "rows_from" in told else told["rows"]
            columns = [
                column(**{"kind": "text", **{_FIELDS.get(name, name): value for name, value in entry.items()}}) for entry in told["columns"]
            ]
            return columns, [[_cell(value) for value in row] for row in rows], told.get("statement_type", 0x1000)
    return None


_FIELDS = {"type": "kind"}


def _cell(value: object) -> Cell:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _warehouses(session: Session, told: Told, sql: str) -> Rows:
    return [
        [
            *(house.name, house.state, "STANDARD", house.size, "1", "1", str(int(house.state == "STARTED")), "0", "0"),
            *(_flag(house.name == session.user.default_warehouse), _flag(house.name == session.warehouse), str(house.auto_suspend)),
            *("true", "100", "0", "0", "0", _TIME, _TIME, _TIME, "SYSADMIN", "", "null"),
        ]
        for house in session.account.warehouses.values()
        if _is_like(house.name, sql)
    ]


def _flag(is_so: bool) -> str:
    return "Y" if is_so else "N"


def _roles_of(session: Session) -> list[str]:
    return session.user.roles or [session.role or "PUBLIC"]


def _user_roles(session: Session, told: Told, sql: str) -> Rows:
    return [[_TIME, role, "USER", session.user.name, "USERADMIN"] for role in _roles_of(session)]


def _roles(session: Session, told: Told, sql: str) -> Rows:
    return [
        [_TIME, role, _flag(role == session.user.default_role), _flag(role == session.role), "N", "1", "0", "0", "USERADMIN", ""]
        for role in _roles_of(session)
        if _is_like(role, sql)
    ]


def _parameters(session: Session, told: Told, sql: str) -> Rows:
    """Key, value, default, level, description, type: the documented defaults under what the session has set."""
    rows = []
    for key, default, _, description, kind in told["rows"]:
        own = session.parameters.get(key)
        text = default if own is None else str(own).lower() if isinstance(own, bool) else str(own)
        rows.append([key, text, default, "" if own is None else "SESSION", description, kind])
    return [row for row in rows if _is_like(row[0], sql)]


_MAKERS: dict[str, Callable[[Session, Told, str], Rows]] = {
    "warehouses": _warehouses,
    "user_roles": _user_roles,
    "roles": _roles,
    "parameters": _parameters,
}


def _is_like(name: str, sql: str) -> bool:
    found = re.search(r"\blike\s+'([^']*)'", sql, re.I)
    return found is None or fnmatchcase(name.upper(), found[1].upper().replace("\\", "").replace("%", "*").replace("_", "?"))
