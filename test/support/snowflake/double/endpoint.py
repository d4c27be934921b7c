"""What every endpoint has in common: accounts and sessions, bodies, tokens, the form of success and of refusal."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from double.account import Account, Session
from double.failure import Failure, session_expired, session_gone
from double.faults import refusal


class Double:
    """All accounts of this process and the sessions opened on them."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.sessions: dict[str, Session] = {}

    def account(self, name: str) -> Account:
        found = self.accounts.get(name.upper())
        if found is None:
            raise Failure("390201", f"The requested account {name} could not be found.", "08001")
        return found


Handler = Callable[[Request], Awaitable[Response]]


def double_of(request: Request) -> Double:
    found: Double = request.app.state.double
    return found


def endpoint(handler: Handler) -> Handler:
    """Turns refusals into answers."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except Failure as failure:
            return refusal(failure)

    return handle


async def body_of(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        raw = gzip.decompress(raw)
    return json.loads(raw) if raw else {}


def token_of(request: Request) -> str:
    found = re.search(r'Token="([^"]+)"', request.headers.get("authorization", ""))
    return found[1] if found else ""


def session_of(request: Request) -> Session:
    session = double_of(request).sessions.get(token_of(request))
    if session is None:
        raise session_gone()
    if session.expired:
        raise session_expired()
    return session


def done(data: object = None) -> JSONResponse:
    return JSONResponse({"data": data, "code": None, "message": None, "success": True})
