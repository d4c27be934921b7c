"""Functions about the session that fakesnow lacks, filled in before it sees the statement."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import sqlglot
from sqlglot import Expr, exp

from double.account import Session
from double.canned import documented

_ANSWERS: dict[str, Callable[[Session], str | None]] = {
    "CURRENT_ROLE": lambda session: session.role,
    "CURRENT_WAREHOUSE": lambda session: session.warehouse,
    "CURRENT_USER": lambda session: session.user.name,
    "CURRENT_ACCOUNT": lambda session: session.account.name,
    "CURRENT_ACCOUNT_NAME": lambda session: session.account.name,
    "CURRENT_ORGANIZATION_NAME": lambda session: "DOUBLES",
    "CURRENT_REGION": lambda session: "AWS_EU_CENTRAL_1",
    "CURRENT_SESSION": lambda session: str(session.id),
    "CURRENT_DATABASE": lambda session: session.connection.database,
    "CURRENT_SCHEMA": lambda session: session.connection.schema,
    "CURRENT_AVAILABLE_ROLES": lambda session: json.dumps(session.user.roles or [session.role]),
    "CURRENT_SECONDARY_ROLES": lambda session: secondary_roles(session),
}
_MENTION = re.compile(
    r"\bSYS_CONTEXT\b|\bCURRENT_(?:ROLE|WAREHOUSE|USER|ACCOUNT|ORGANIZATION|REGION|SESSION|DATABASE|SCHEMA|AVAILABLE|SECONDARY)", re.I
)


def secondary_roles(session: Session) -> str:
    """The form of Snowflake's documentation: the roles in force and what was asked for."""
    asked = "" if session.secondary_roles == "NONE" else session.secondary_roles
    others = [role for role in session.user.roles or [] if role != session.role]
    roles = ",".join(others) if asked == "ALL" else asked
    return json.dumps({"roles": roles, "value": asked}, separators=(",", ":"))


def fill(session: Session, sql: str) -> str:
    """The statement with those functions as literals, named in the result as they were written."""
    if _MENTION.search(sql) is None:
        return sql
    tree = sqlglot.parse_one(sql, read="snowflake")
    return tree.transform(lambda node: _filled(session, node)).sql(dialect="snowflake")


def _filled(session: Session, node: Expr) -> Expr:
    if not isinstance(node, exp.Func):
        return node
    written = node.sql(dialect="snowflake")
    name = re.sub(r"\(\)$", "", written.upper())
    if name in _ANSWERS:
        return _literal(_ANSWERS[name](session), f"{name}()", node)
    if name.startswith("SYS_CONTEXT("):
        return _literal(_context(session, node), written, node)
    return node


def _literal(value: str | None, name: str, node: Expr) -> Expr:
    literal = exp.Null() if value is None else exp.Literal.string(value)
    return exp.alias_(literal, name, quoted=True) if isinstance(node.parent, exp.Select) else literal


def _context(session: Session, node: Expr) -> str | None:
    words = [str(word.this) for word in node.find_all(exp.Literal)]
    if "IS_ROLE_ACTIVATED" in words:
        return "TRUE" if words[-1].upper() == session.role else "FALSE"
    properties: dict[str, str | None] = documented()["sys-context"]["properties"] | session.user.context
    return properties.get(".".join(words).upper())
