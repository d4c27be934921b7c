"""Sessions: login, renewal, heartbeat, end."""

from __future__ import annotations

import asyncio
from typing import Any

from fakesnow.conn import FakeSnowflakeConnection
from starlette.requests import Request
from starlette.responses import Response

from double.account import Account, Session, new_token
from double.auth import User, sign_in
from double.endpoint import body_of, done, double_of, session_of, token_of
from double.failure import Failure, master_expired, session_gone
from double.faults import after, before, take
from double.wire import parameter_list

VALIDITY_SECONDS = 3600
MASTER_VALIDITY_SECONDS = 14400


async def login(request: Request) -> Response:
    data = (await body_of(request))["data"]
    account = double_of(request).account(str(data.get("ACCOUNT_NAME") or "").split(".")[0])
    await account.note("login", user=data.get("LOGIN_NAME"), authenticator=data.get("AUTHENTICATOR"), application=data.get("CLIENT_APP_ID"))
    fault = take(account.faults, "login", str(data.get("LOGIN_NAME")))
    if (ended := await before(fault, request)) is not None:
        return ended
    user = sign_in(account.name, account.users, data)
    session = await _open(account, user, request.query_params, data)
    double_of(request).sessions[session.token] = session
    return after(fault, done(_login_answer(session)))


async def _open(account: Account, user: User, query: Any, data: dict[str, Any]) -> Session:
    role = (query.get("roleName") or user.default_role or "PUBLIC").strip('"')
    role = role if query.get("roleName", "").startswith('"') else role.upper()
    if user.roles is not None and role not in user.roles:
        raise Failure(
            "390189",
            f"Role '{role}' specified in the connect string is not granted to this user. "
            "Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.",
            "08001",
        )
    connection = await asyncio.to_thread(_connected, account, query.get("databaseName"), query.get("schemaName"))
    house = query.get("warehouse") or user.default_warehouse
    parameters = {str(name).upper(): value for name, value in (data.get("SESSION_PARAMETERS") or {}).items()}
    return Session(
        next(account.numbers),
        account,
        user,
        connection,
        new_token("session"),
        new_token("master"),
        role,
        house and house.upper(),
        secondary_roles="NONE" if user.restricted else "ALL",
        parameters=parameters,
    )


def _connected(account: Account, database: str | None, schema: str | None) -> FakeSnowflakeConnection:
    """A connection of its own; an unknown database is no error, the session then has none."""
    account.engine.create_database_on_connect = account.engine.create_schema_on_connect = False
    return account.engine.connect(database, schema)


def _login_answer(session: Session) -> dict[str, Any]:
    return {
        "masterToken": session.master_token,
        "token": session.token,
        "validityInSeconds": VALIDITY_SECONDS,
        "masterValidityInSeconds": MASTER_VALIDITY_SECONDS,
        "displayUserName": session.user.name,
        "serverVersion": "9.35.1",
        "firstLogin": False,
        "remMeToken": None,
        "remMeValidityInSeconds": 0,
        "healthCheckInterval": 45,
        "sessionId": session.id,
        "parameters": parameter_list(session.parameters),
        "sessionInfo": session_info(session, ""),
        "idToken": None,
        "idTokenValidityInSeconds": 0,
        "responseData": None,
    }


def session_info(session: Session, prefix: str) -> dict[str, Any]:
    place = {
        "DatabaseName": session.connection.database,
        "SchemaName": session.connection.schema,
        "WarehouseName": session.warehouse,
        "RoleName": session.role,
    }
    return {f"{prefix}{name}" if prefix else name[0].lower() + name[1:]: value for name, value in place.items()}


async def renew(request: Request) -> Response:
    master = token_of(request)
    session = next((known for known in double_of(request).sessions.values() if known.master_token == master), None)
    if session is None:
        raise session_gone()
    await session.account.note("renew", session=session.id)
    fault = take(session.account.faults, "renew")
    if (ended := await before(fault, request)) is not None:
        return ended
    if session.master_expired:
        raise master_expired()
    del double_of(request).sessions[session.token]
    session.token, session.master_token, session.expired = new_token("session"), new_token("master"), False
    double_of(request).sessions[session.token] = session
    fresh = {"sessionToken": session.token, "validityInSecondsST": VALIDITY_SECONDS, "masterToken": session.master_token}
    return after(fault, done({**fresh, "validityInSecondsMT": MASTER_VALIDITY_SECONDS, "sessionId": session.id}))


async def session_end(request: Request) -> Response:
    session = session_of(request)
    if request.query_params.get("delete"):
        await session.account.note("logout", session=session.id)
        if (ended := await before(take(session.account.faults, "logout"), request)) is not None:
            return ended
        del double_of(request).sessions[session.token]
    return done()


async def heartbeat(request: Request) -> Response:
    session = session_of(request)
    await session.account.note("heartbeat", session=session.id)
    fault = take(session.account.faults, "heartbeat")
    return await before(fault, request) or after(fault, done())
