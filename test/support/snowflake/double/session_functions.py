"""Functions about the session that fakesnow lacks, filled in before it sees the statement."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import sqlglot
from sqlglot import Expr, exp

from double.account import Session

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
    "CURRENT_SECONDARY_ROLES": lambda session: _secondary_roles(session),
}
_MENTION = re.compile(r"\bCURRENT_(?:ROLE|WAREHOUSE|USER|ACCOUNT|ORGANIZATION|REGION|SESSION|DATABASE|SCHEMA|AVAILABLE|SECONDARY)", re.I)


def _secondary_roles(session: Session) -> str:
    """The form of Snowflake's documentation: the roles in force and the setting behind them."""
    is_all = session.secondary_roles == "ALL"
    others = [role for role in session.user.roles or [] if role != session.role] if is_all else []
    return json.dumps({"roles": ",".join(others), "value": "ALL" if is_all else ""})


def fill(session: Session, sql: str) -> str:
    """The statement with those functions as literals, named in the result as they were written."""
    if _MENTION.search(sql) is None:
        return sql
    tree = sqlglot.parse_one(sql, read="snowflake")
    return tree.transform(lambda node: _filled(session, node)).sql(dialect="snowflake")


def _filled(session: Session, node: Expr) -> Expr:
    if not isinstance(node, exp.Func):
        return node
    name = re.sub(r"\(\)$", "", node.sql(dialect="snowflake").upper())
    if name not in _ANSWERS:
        return node
    value = _ANSWERS[name](session)
    literal = exp.Null() if value is None else exp.Literal.string(value)
    return exp.alias_(literal, f"{name}()", quoted=True) if isinstance(node.parent, exp.Select) else literal
