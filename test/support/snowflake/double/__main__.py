"""Starts the double on a free loopback port and says on standard output which: {"port": 12345}. Ends when standard input does."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from functools import partial

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from double import control, service
from double.clock import date_header
from double.endpoint import Double


class _Protocol(H11Protocol):
    """Gives each request its transport, so that a fault can cut or reset the connection, and answers our clock's time."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app = partial(_with_transport, self.app, transport)


async def _with_transport(app: ASGIApp, transport: asyncio.Transport, scope: Scope, receive: Receive, send: Send) -> None:
    scope.setdefault("extensions", {})["double.transport"] = transport

    async def send_dated(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), date_header()]}
        await send(message)

    await app(scope, receive, send_dated)


async def main() -> None:
    app = Starlette(routes=[*control.routes, *service.routes])
    app.state.double = Double()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    config = uvicorn.Config(
        app,
        http=_Protocol,
        log_level="error",
        access_log=False,
        lifespan="off",
        date_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=120,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


asyncio.run(main())
