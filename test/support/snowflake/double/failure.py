"""What Snowflake answers when it refuses: a code, an SQL state and a message, always with HTTP status 200."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlglot.errors


@dataclass
class Failure(Exception):
    """A refusal of the service or of the compiler."""

    code: str
    message: str
    sql_state: str | None = None
    line: int | None = None
    position: int | None = None

    def answer(self, query_id: str | None = None) -> dict[str, object]:
        """The answer's body."""
        data: dict[str, object] = {"errorCode": self.code, "sqlState": self.sql_state, "age": 0, "internalError": False}
        if query_id is not None:
            data["queryId"] = query_id
        if self.line is not None:
            data |= {"line": self.line, "pos": self.position, "type": "COMPILATION"}
        return {"data": data, "code": self.code, "message": self.message, "success": False, "headers": None}


def session_gone() -> Failure:
    return Failure("390111", "Session no longer exists.  New login required to access the service.", "08001")


def session_expired() -> Failure:
    return Failure("390112", "Your session has expired. Please login again.", "08001")


def master_expired() -> Failure:
    return Failure("390114", "Authentication token has expired.  The user must authenticate again.", "08001")


def cancelled() -> Failure:
    return Failure("000604", "SQL execution canceled", "57014")


def timed_out(seconds: int) -> Failure:
    text = f"Statement reached its statement or warehouse timeout of {seconds} second(s) and was canceled."
    return Failure("000630", text, "57014")


def session_restricted() -> Failure:
    return Failure("003107", "SQL access control error:\nCurrent session is restricted. USE ROLE not allowed.", "42501")


def unsupported(feature: str) -> Failure:
    return Failure("000002", f"Unsupported feature '{feature}'.", "0A000")


def syntax_failure(error: sqlglot.errors.SqlglotError) -> Failure:
    """The parser's complaint, in Snowflake's words, with its place where the parser names one."""
    first = error.errors[0] if isinstance(error, sqlglot.errors.ParseError) and error.errors else {}
    line, column, word = first.get("line") or 1, first.get("col") or 0, first.get("highlight") or "<EOF>"
    position = max(0, column - len(word))
    text = f"SQL compilation error:\nsyntax error line {line} at position {position} unexpected '{word}'."
    return Failure("001003", text, "42000", line, position)


_TRANSLATIONS: list[tuple[str, str, str, str]] = [
    (r'Referenced (?:column|table) "([^"]+)" not found', "000904", "42000", "invalid identifier '{}'"),
    (r"does not have a column named \"([^\"]+)\"", "000904", "42000", "invalid identifier '{}'"),
    (r"(?:Scalar|Aggregate|Table) Function with name \"?([^\s\"]+)\"? does not exist", "002140", "42601", "Unknown function {}"),
    (r'Catalog "([^"]+)" does not exist', "002003", "02000", "Database '{}' does not exist or not authorized."),
    (r'Schema with name \"?([^\s"]+)\"? does not exist', "002003", "02000", "Schema '{}' does not exist or not authorized."),
    (
        r"(?:Table|View|Sequence) with name \"?([^\s\"!]+)\"? does not exist",
        "002003",
        "42S02",
        "Object '{}' does not exist or not authorized.",
    ),
    (r'column "([^"]+)" must appear in the GROUP BY', "000979", "42601", "[{}] is not a valid group by expression"),
]


def engine_failure(code: str, sql_state: str | None, message: str) -> Failure:
    """An error of fakesnow's engine under the code that Snowflake gives it; unknown ones keep fakesnow's."""
    for pattern, known_code, known_state, text in _TRANSLATIONS:
        if found := re.search(pattern, message):
            name = found[1].upper()
            return Failure(known_code, f"SQL compilation error:\n{text.format(name)}", known_state, 1, 0)
    return Failure(code, message, sql_state)
