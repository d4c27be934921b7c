"""Faults that a test sets: which request they meet, how often, and what happens to its answer."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from double.failure import Failure, session_expired

LONGEST_HANG_SECONDS = 600
GARBAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class Fault:
    """A fault `at` a kind of request: login, query, execution, result, chunk, abort, monitoring, heartbeat, renew, logout, authorize, token."""

    at: str
    action: str
    match: str | None = None
    times: int | None = 1
    seconds: float = 0
    bytes: int = 0
    status: int = 503
    bytes_per_second: int = 1024
    body: str = GARBAGE
    code: str = ""
    message: str = ""
    sql_state: str | None = None
    location: str = ""
    met: int = 0

    def meets(self, at: str, text: str) -> bool:
        """Whether it applies to a request; `text` is the SQL of a query, the index of a chunk."""
        spent = self.times is not None and self.met >= self.times
        return self.at == at and not spent and (self.match is None or re.search(self.match, text, re.I) is not None)


def take(faults: list[Fault], at: str, text: str = "") -> Fault | None:
    """The first fault that meets a request, counted as used."""
    fault = next((fault for fault in faults if fault.meets(at, text)), None)
    if fault is not None:
        fault.met += 1
    return fault


async def before(fault: Fault | None, request: Request) -> Response | None:
    """What a fault does before the request is looked at; an answer ends the request."""
    if fault is None:
        return None
    match fault.action:
        case "hang":
            await _hang(request)
            return Reset()
        case "delay":
            await asyncio.sleep(fault.seconds)
            return None
        case "status":
            return Response(fault.body, fault.status, media_type="text/html")
        case "garbage":
            return Response(fault.body, media_type="application/json")
        case "redirect":
            return Response(status_code=fault.status, headers={"location": fault.location})
        case "reset":
            return Reset()
        case "expired-session":
            raise session_expired()
        case "error":
            raise Failure(fault.code, fault.message, fault.sql_state)
        case "echo":
            raise Failure(fault.code, await _quoted(request), fault.sql_state)
    return None


def after(fault: Fault | None, response: Response) -> Response:
    """What a fault does to the answer's bytes."""
    if fault is None:
        return response
    match fault.action:
        case "cut":
            return Cut(response, fault.bytes)
        case "corrupt":
            return _corrupted(response, fault.bytes)
        case "short":
            return _shortened(response)
        case "cut-gzip":
            packed = gzip.compress(bytes(response.body))
            return Response(packed[: len(packed) // 2], response.status_code, {"content-type": "application/json", "content-encoding": "gzip"})
        case "slow":
            return _slowed(response, fault.bytes_per_second)
        case "reset-after":
            return Reset()
        case "hang-after":
            return Cut(response, fault.bytes, then_hang=True)
    return response


async def _quoted(request: Request) -> str:
    """The whole request as text: what a gateway or a careless account writes into its errors."""
    raw = await request.body()
    body = gzip.decompress(raw) if request.headers.get("content-encoding") == "gzip" else raw
    return f"Refused: {request.method} {request.url} {dict(request.headers)} {body.decode()}"


async def _hang(request: Request) -> None:
    try:
        async with asyncio.timeout(LONGEST_HANG_SECONDS):
            while (await request.receive())["type"] != "http.disconnect":
                continue
    except (TimeoutError, ClientDisconnect):
        return


class Reset(Response):
    """Ends the connection with a TCP reset, without an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["extensions"]["double.transport"]
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


class Cut(Response):
    """Promises the whole body, sends its first bytes, and closes or says no more."""

    def __init__(self, whole: Response, size: int, then_hang: bool = False) -> None:
        super().__init__()
        self._whole, self._size, self._then_hang = whole, size, then_hang

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self._whole.status_code, "headers": self._whole.raw_headers})
        await send({"type": "http.response.body", "body": bytes(self._whole.body)[: self._size], "more_body": True})
        if self._then_hang:
            await _hang(Request(scope, receive))
        scope["extensions"]["double.transport"].close()


def _headers_of(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}


def _corrupted(response: Response, at: int) -> Response:
    body = bytearray(response.body)
    place = min(at or len(body) // 2, len(body) - 1)
    body[place] ^= 0xFF
    return Response(bytes(body), response.status_code, _headers_of(response))


def _shortened(response: Response) -> Response:
    """A sound chunk that lacks its last row."""
    text = gzip.decompress(bytes(response.body))
    return Response(gzip.compress(text[: text.rindex(b"],[") + 1]), response.status_code, _headers_of(response))


def _slowed(response: Response, bytes_per_second: int) -> Response:
    async def drip() -> AsyncIterator[bytes]:
        body, step = bytes(response.body), max(1, bytes_per_second // 10)
        for start in range(0, len(body), step):
            yield body[start : start + step]
            await asyncio.sleep(0.1)

    return StreamingResponse(drip(), response.status_code, _headers_of(response))


def fault_of(settings: dict[str, Any]) -> Fault:
    """A fault from a test's description of it; an unknown word is an error."""
    return Fault(**settings)


def refusal(failure: Failure, query_id: str | None = None) -> JSONResponse:
    return JSONResponse(failure.answer(query_id))
