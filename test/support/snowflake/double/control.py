"""What a test may set and see, under /__control. Loopback only, as everything here."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import sqlglot
from fakesnow.instance import FakeSnow
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from double import generated_catalog, show
from double.account import Account, Denial, OauthClient, Warehouse
from double.auth import User
from double.endpoint import double_of
from double.engine import note_change
from double.faults import fault_of

Settings = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response]]


def _account(request: Request) -> Account:
    return double_of(request).accounts[request.path_params["account"]]


async def create(request: Request) -> Response:
    """Makes an account with an engine of its own."""
    name = str((await request.json())["name"]).upper()
    engine = await asyncio.to_thread(_new_engine)
    double_of(request).accounts[name] = Account(name, engine)
    return JSONResponse({"name": name})


def _new_engine() -> FakeSnow:
    engine = FakeSnow()
    show.prepare(engine)
    return engine


async def remove(request: Request) -> Response:
    """Ends an account: its running statements, sessions and data."""
    double, account = double_of(request), _account(request)
    for query in account.queries.values():
        if query.task is not None:
            query.task.cancel()
    double.sessions = {token: session for token, session in double.sessions.items() if session.account is not account}
    del double.accounts[account.name]
    return JSONResponse({})


async def configure(request: Request) -> Response:
    """Settings, users, warehouses, denials, answers, large results: each key given replaces what was."""
    account, wanted = _account(request), await request.json()
    if "settings" in wanted:
        account.settings = replace(account.settings, **wanted["settings"])
    if "users" in wanted:
        account.users |= {str(user["name"]).upper(): User(**{**user, "name": str(user["name"]).upper()}) for user in wanted["users"]}
    if "warehouses" in wanted:
        account.warehouses = {house["name"]: Warehouse(**house) for house in wanted["warehouses"]}
    if "oauth_clients" in wanted:
        account.oauth_clients = {client["id"]: OauthClient(**client) for client in wanted["oauth_clients"]}
    if "denials" in wanted:
        account.denials = [Denial(**denial) for denial in wanted["denials"]]
    if "answers" in wanted:
        account.answers = wanted["answers"]
    if "large_results" in wanted:
        account.large_results = wanted["large_results"]
    return JSONResponse({})


async def seed(request: Request) -> Response:
    """Runs SQL in Snowflake's dialect on the engine, past every rule of the service."""
    wanted = await request.json()
    await asyncio.to_thread(_seed, _account(request), wanted)
    return JSONResponse({})


def _seed(account: Account, wanted: Settings) -> None:
    account.engine.create_database_on_connect = account.engine.create_schema_on_connect = True
    connection = account.engine.connect(wanted.get("database"), wanted.get("schema"))
    for statement in wanted["statements"]:
        connection.cursor().execute(statement)
        note_change(account, connection, sqlglot.parse_one(statement, read="snowflake"))


async def add_faults(request: Request) -> Response:
    _account(request).faults.extend(fault_of(settings) for settings in await request.json())
    return JSONResponse({})


async def clear_faults(request: Request) -> Response:
    _account(request).faults.clear()
    return JSONResponse({})


async def read_log(request: Request) -> Response:
    return JSONResponse(_account(request).log)


async def wait(request: Request) -> Response:
    """Answers once the log has `count` entries of a kind whose `field` matches, or says that it does not after the time."""
    account, wanted = _account(request), await request.json()

    def found() -> list[Settings]:
        return [
            entry
            for entry in account.log
            if entry["kind"] == wanted["kind"] and re.search(wanted.get("match", ""), str(entry.get("sql", "")))
        ]

    try:
        async with asyncio.timeout(wanted.get("seconds", 30)), account.arrived:
            await account.arrived.wait_for(lambda: len(found()) >= wanted.get("count", 1))
    except TimeoutError:
        return JSONResponse({"entries": found(), "timed_out": True}, 504)
    return JSONResponse({"entries": found(), "timed_out": False})


async def expire(request: Request) -> Response:
    """Expires what is open: `session` tokens, `master` tokens too, `gone` sessions, `urls` of chunks, `oauth` access tokens, `results` of queries."""
    account, kind = _account(request), (await request.json())["what"]
    double = double_of(request)
    mine = [session for session in double.sessions.values() if session.account is account]
    for session in mine:
        session.expired = session.expired or kind in ("session", "master")
        session.master_expired = session.master_expired or kind == "master"
        if kind == "gone":
            del double.sessions[session.token]
    if kind == "oauth":
        for user in account.users.values():
            user.expired_oauth_tokens += user.oauth_tokens
            user.oauth_tokens = []
    if kind == "urls":
        account.expire_urls()
    if kind == "results":
        account.queries.clear()
    return JSONResponse({})


async def generate(request: Request) -> Response:
    """A generated catalog: names, columns and keys without the tables."""
    return JSONResponse(await asyncio.to_thread(generated_catalog.generate, _account(request), await request.json()))


async def touch(request: Request) -> Response:
    """Changes the time at which generated tables were last altered."""
    return JSONResponse(await asyncio.to_thread(generated_catalog.touch, _account(request), await request.json()))


def told(handler: Handler) -> Handler:
    """Says to the test what went wrong."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except Exception as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 500)

    return handle


_ACCOUNT = "/__control/accounts/{account}"
routes = [
    Route("/__control/accounts", told(create), methods=["POST"]),
    Route(_ACCOUNT, told(configure), methods=["POST"]),
    Route(_ACCOUNT, told(remove), methods=["DELETE"]),
    Route(f"{_ACCOUNT}/seed", told(seed), methods=["POST"]),
    Route(f"{_ACCOUNT}/faults", told(add_faults), methods=["POST"]),
    Route(f"{_ACCOUNT}/faults", told(clear_faults), methods=["DELETE"]),
    Route(f"{_ACCOUNT}/log", told(read_log), methods=["GET"]),
    Route(f"{_ACCOUNT}/wait", told(wait), methods=["POST"]),
    Route(f"{_ACCOUNT}/expire", told(expire), methods=["POST"]),
    Route(f"{_ACCOUNT}/catalog", told(generate), methods=["POST"]),
    Route(f"{_ACCOUNT}/touch", told(touch), methods=["POST"]),
]
