"""Session commands: ALTER SESSION, USE, GRANT and the like are remembered and change nothing else."""

from __future__ import annotations

import re
from typing import Any

from double.account import Session
from double.engine import Answer, status
from double.failure import Failure, session_restricted

_NAME = r'("(?:[^"]|"")+"|[\w$]+)'
_NOTHING = (
    r"(grant|revoke)\b|(create|alter|drop)\s+(or\s+replace\s+)?"
    r"(role|user|warehouse|resource\s+monitor|(network|session|authentication)\s+policy|network\s+rule|security\s+integration)\b"
)
_DONE = "Statement executed successfully."


def folded(name: str) -> str:
    """An identifier's true name: quoted as written, else in capitals."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.upper()


def run_command(session: Session, sql: str) -> Answer | None:
    """Carries a session command out; None when the statement is none."""
    if found := re.match(r"alter\s+session\s+set\s+(.*)$", sql, re.I | re.S):
        session.parameters |= _settings(found[1])
        return status(_DONE)
    if found := re.match(r"alter\s+session\s+unset\s+(.*)$", sql, re.I | re.S):
        for name in re.split(r"[,\s]+", found[1].strip()):
            session.parameters.pop(name.upper(), None)
        return status(_DONE)
    if session.user.restricted and re.match(r"use\s+(secondary\s+)?roles?\b", sql, re.I):
        raise session_restricted()
    if found := re.match(r"use\s+secondary\s+roles\s+(.+)$", sql, re.I | re.S):
        session.secondary_roles = found[1].strip().upper()
        return status(_DONE)
    if found := re.match(rf"use\s+role\s+{_NAME}\s*$", sql, re.I):
        return _use_role(session, folded(found[1]))
    if found := re.match(rf"use\s+warehouse\s+{_NAME}\s*$", sql, re.I):
        return _use_warehouse(session, folded(found[1]))
    return status(_DONE) if re.match(_NOTHING, sql, re.I) else None


def _use_role(session: Session, role: str) -> Answer:
    if session.user.roles is not None and role not in session.user.roles:
        text = (
            f"SQL access control error:\nRequested role '{role}' is not assigned to the executing user. Specify another role to activate."
        )
        raise Failure("003013", text, "42501")
    session.role = role
    return status(_DONE)


def _use_warehouse(session: Session, warehouse: str) -> Answer:
    known = session.account.warehouses
    if known and warehouse not in known:
        raise Failure("002043", "SQL compilation error:\nObject does not exist, or operation cannot be performed.", "02000")
    session.warehouse = warehouse
    return status(_DONE)


def _settings(text: str) -> dict[str, Any]:
    pairs = re.findall(r"(\w+)\s*=\s*('(?:[^']|'')*'|[^\s,]+)", text)
    return {name.upper(): _value(value) for name, value in pairs}


def _value(text: str) -> Any:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return int(text) if text.lstrip("-").isdigit() else text
