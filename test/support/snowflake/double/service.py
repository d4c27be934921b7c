"""The addresses that Snowflake's drivers call."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from double import oauth, queries, sign_in, store
from double.endpoint import done, endpoint


async def telemetry(request: Request) -> Response:
    return done("Log Received")


async def front_page(request: Request) -> Response:
    """An account's bare address leads a browser to its login page."""
    return RedirectResponse("/console/login", 302)


routes = [
    Route("/", front_page, methods=["GET"]),
    Route("/session/v1/login-request", endpoint(sign_in.login), methods=["POST"]),
    Route("/session/token-request", endpoint(sign_in.renew), methods=["POST"]),
    Route("/session/heartbeat", endpoint(sign_in.heartbeat), methods=["POST"]),
    Route("/session", endpoint(sign_in.session_end), methods=["POST"]),
    Route("/telemetry/send", endpoint(telemetry), methods=["POST"]),
    Route("/queries/v1/query-request", endpoint(queries.query_request), methods=["POST"]),
    Route("/queries/v1/abort-request", endpoint(queries.abort), methods=["POST"]),
    Route("/queries/{id}/abort-request", endpoint(queries.abort_by_id), methods=["POST"]),
    Route("/queries/{id}/result", endpoint(queries.query_result), methods=["GET"]),
    Route("/monitoring/queries/{id}", endpoint(queries.monitoring), methods=["GET"]),
    Route("/oauth/authorize", endpoint(oauth.authorize), methods=["GET"]),
    Route("/oauth/token-request", endpoint(oauth.token), methods=["POST"]),
    Route("/chunks/{account}/{id}/{index:int}", endpoint(store.chunk), methods=["GET"]),
]
