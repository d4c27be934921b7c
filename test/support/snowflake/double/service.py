"""The endpoints that Snowflake's drivers call."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fakesnow.conn import FakeSnowflakeConnection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from double import statements
from double.account import Account, Query, Session, new_query_id, new_token
from double.auth import User, sign_in
from double.failure import Failure, cancelled, master_expired, session_expired, session_gone, timed_out
from double.faults import after, before, refusal, take
from double.results import Result
from double.wire import RESULT_PARAMETERS, parameter_list

VALIDITY_SECONDS = 3600
MASTER_VALIDITY_SECONDS = 14400


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


def _double(request: Request) -> Double:
    return request.app.state.double


def endpoint(handler: Handler) -> Handler:
    """Turns refusals into answers."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except Failure as failure:
            return refusal(failure)

    return handle


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        raw = gzip.decompress(raw)
    return json.loads(raw) if raw else {}


def _token(request: Request) -> str:
    found = re.search(r'Token="([^"]+)"', request.headers.get("authorization", ""))
    return found[1] if found else ""


def _session(request: Request) -> Session:
    session = _double(request).sessions.get(_token(request))
    if session is None:
        raise session_gone()
    if session.expired:
        raise session_expired()
    return session


def _done(data: object = None) -> JSONResponse:
    return JSONResponse({"data": data, "code": None, "message": None, "success": True})


async def login(request: Request) -> Response:
    data = (await _body(request))["data"]
    account = _double(request).account(str(data.get("ACCOUNT_NAME") or "").split(".")[0])
    await account.note("login", user=data.get("LOGIN_NAME"), authenticator=data.get("AUTHENTICATOR"), application=data.get("CLIENT_APP_ID"))
    fault = take(account.faults, "login", str(data.get("LOGIN_NAME")))
    if (ended := await before(fault, request)) is not None:
        return ended
    user = sign_in(account.name, account.users, data)
    session = await _open(account, user, request.query_params, data)
    _double(request).sessions[session.token] = session
    return after(fault, _done(_login_answer(session)))


async def _open(account: Account, user: User, query: Any, data: dict[str, Any]) -> Session:
    role = (query.get("roleName") or user.default_role or "PUBLIC").strip('"')
    role = role if query.get("roleName", "").startswith('"') else role.upper()
    if user.roles is not None and role not in user.roles:
        raise Failure("390189", f"Role '{role}' specified in the connect string is not granted to this user. Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.", "08001")
    connection = await asyncio.to_thread(_connected, account, query.get("databaseName"), query.get("schemaName"))
    house = query.get("warehouse") or user.default_warehouse
    parameters = {str(name).upper(): value for name, value in (data.get("SESSION_PARAMETERS") or {}).items()}
    return Session(
        next(account.numbers), account, user, connection, new_token("session"), new_token("master"), role, house and house.upper(), parameters=parameters
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
        "sessionInfo": _session_info(session, ""),
        "idToken": None,
        "idTokenValidityInSeconds": 0,
        "responseData": None,
    }


def _session_info(session: Session, prefix: str) -> dict[str, Any]:
    place = {"DatabaseName": session.connection.database, "SchemaName": session.connection.schema, "WarehouseName": session.warehouse, "RoleName": session.role}
    return {f"{prefix}{name}" if prefix else name[0].lower() + name[1:]: value for name, value in place.items()}


async def renew(request: Request) -> Response:
    master = _token(request)
    session = next((known for known in _double(request).sessions.values() if known.master_token == master), None)
    if session is None:
        raise session_gone()
    await session.account.note("renew", session=session.id)
    fault = take(session.account.faults, "renew")
    if (ended := await before(fault, request)) is not None:
        return ended
    if session.master_expired:
        raise master_expired()
    del _double(request).sessions[session.token]
    session.token, session.master_token, session.expired = new_token("session"), new_token("master"), False
    _double(request).sessions[session.token] = session
    fresh = {"sessionToken": session.token, "validityInSecondsST": VALIDITY_SECONDS, "masterToken": session.master_token}
    return after(fault, _done({**fresh, "validityInSecondsMT": MASTER_VALIDITY_SECONDS, "sessionId": session.id}))


async def session_end(request: Request) -> Response:
    session = _session(request)
    if request.query_params.get("delete"):
        await session.account.note("logout", session=session.id)
        if (ended := await before(take(session.account.faults, "logout"), request)) is not None:
            return ended
        del _double(request).sessions[session.token]
    return _done()


async def heartbeat(request: Request) -> Response:
    session = _session(request)
    await session.account.note("heartbeat", session=session.id)
    fault = take(session.account.faults, "heartbeat")
    return await before(fault, request) or after(fault, _done())


async def telemetry(request: Request) -> Response:
    return _done("Log Received")


async def query_request(request: Request) -> Response:
    session, body = _session(request), await _body(request)
    account, sql = session.account, str(body.get("sqlText", ""))
    request_id = request.query_params.get("requestId", "")
    known = next((query for query in account.queries.values() if query.request_id == request_id and query.session is session), None)
    await account.note("request", sql=sql, session=session.id, requestId=request_id, repeated=known is not None)
    fault = take(account.faults, "query", sql)
    if (ended := await before(fault, request)) is not None:
        return ended
    query = known or await _begin(session, sql, request_id, body)
    return after(fault, await _answer_when_done(query, request, "333334" if body.get("asyncExec") else "333333"))


async def _begin(session: Session, sql: str, request_id: str, body: dict[str, Any]) -> Query:
    parameters = {str(name).upper(): value for name, value in (body.get("parameters") or {}).items()}
    query = Query(new_query_id(), request_id, sql, session, body, time.time() * 1000, parameters)
    session.account.keep(query)
    query.task = asyncio.create_task(_run(query))
    kind = "describe" if body.get("describeOnly") else "statement"
    tag = query.setting("QUERY_TAG")
    await session.account.note(kind, sql=sql, tag=tag, role=session.role, warehouse=session.warehouse, user=session.user.name, session=session.id, queryId=query.id, parameters=parameters)
    return query


async def _run(query: Query) -> Result | None:
    """Runs a statement to its end, within its timeout; whether anybody waits for it does not matter."""
    limit = int(str(query.setting("STATEMENT_TIMEOUT_IN_SECONDS", 0)))
    try:
        async with asyncio.timeout(limit or None):
            query.result = await statements.answer(query)
        query.state = "SUCCESS"
    except asyncio.CancelledError:
        query.failure, query.state = cancelled(), "ABORTED"
    except TimeoutError:
        query.failure, query.state = timed_out(limit), "ABORTED"
    except Failure as failure:
        query.failure, query.state = failure, "FAILED_WITH_ERROR"
    except Exception as error:  # noqa: BLE001
        query.failure, query.state = Failure("300002", f"The double failed: {error!r}", "XX000"), "FAILED_WITH_INCIDENT"
    query.ended = time.time() * 1000
    await query.session.account.note("ended", queryId=query.id, sql=query.sql, state=query.state)
    return query.result


async def _answer_when_done(query: Query, request: Request, waiting_code: str) -> Response:
    """The result when it comes within the time that a request is held, else where to ask for it."""
    if query.task is not None and query.ended is None and not (waiting_code == "333334" and query.body.get("asyncExec") and request.method == "POST"):
        await asyncio.wait([query.task], timeout=query.session.account.settings.hold_seconds)
    if query.ended is None:
        data = {"queryId": query.id, "getResultUrl": f"/queries/{query.id}/result", "queryAbortsAfterSecs": 300, "progressDesc": None}
        return JSONResponse({"data": data, "code": waiting_code, "message": None, "success": True})
    if query.failure is not None:
        return refusal(query.failure, query.id)
    assert query.result is not None
    return _done(_result_answer(query, query.result, str(request.base_url)))


def _result_answer(query: Query, result: Result, base: str) -> dict[str, Any]:
    inline = result.inline()
    answer: dict[str, Any] = {
        "parameters": parameter_list({**query.session.parameters, **{name: query.parameters[name] for name in RESULT_PARAMETERS if name in query.parameters}}),
        "rowtype": result.rowtype,
        "rowset": inline,
        "total": result.total,
        "returned": result.total,
        "queryId": query.id,
        "databaseProvider": None,
        **_session_info(query.session, "final"),
        "numberOfBinds": len(query.body.get("bindings") or {}),
        "arrayBindSupported": False,
        "statementTypeId": result.statement_type,
        "version": 1,
        "sendResultTime": int(time.time() * 1000),
        "queryResultFormat": "json",
    }
    return answer | _chunk_answer(query, result, base)


def _chunk_answer(query: Query, result: Result, base: str) -> dict[str, Any]:
    account = query.session.account
    listed = [
        {"url": f"{base}chunks/{account.name}/{query.id}/{index}?X-Amz-Expires=21600&generation={account.url_generation}", "rowCount": chunk.rows, "uncompressedSize": chunk.uncompressed}
        | ({} if chunk.compressed is None else {"compressedSize": chunk.compressed})
        for index, chunk in enumerate(result.chunks())
    ]
    if not listed:
        return {}
    headers = {"x-amz-server-side-encryption-customer-algorithm": "AES256", "x-amz-server-side-encryption-customer-key": result.key}
    return {"chunks": listed, "chunkHeaders": headers, "qrmk": result.key}


def _query_of(request: Request) -> Query:
    """A query of the account, seen by any session of the user who ran it."""
    session = _session(request)
    query = session.account.queries.get(request.path_params["id"])
    if query is None or query.session.user.name != session.user.name:
        raise Failure("000709", f"Statement {request.path_params['id']} not found", "02000")
    return query


async def query_result(request: Request) -> Response:
    query = _query_of(request)
    await query.session.account.note("result", queryId=query.id)
    fault = take(query.session.account.faults, "result", query.sql)
    if (ended := await before(fault, request)) is not None:
        return ended
    return after(fault, await _answer_when_done(query, request, "333334"))


async def monitoring(request: Request) -> Response:
    query = _query_of(request)
    failure = query.failure
    entry = {"id": query.id, "status": query.state, "state": query.state, "sqlText": query.sql, "startTime": int(query.started), "endTime": int(query.ended or 0)}
    trouble = {} if failure is None else {"errorCode": failure.code, "errorMessage": failure.message}
    return _done({"queries": [entry | trouble]})


async def abort(request: Request) -> Response:
    session, body = _session(request), await _body(request)
    account, request_id = session.account, body.get("requestId")
    await account.note("abort", requestId=request_id, session=session.id)
    fault = take(account.faults, "abort")
    if (ended := await before(fault, request)) is not None:
        return ended
    found = next((query for query in account.queries.values() if query.request_id == request_id), None)
    return after(fault, _abort(found))


async def abort_by_id(request: Request) -> Response:
    query = _query_of(request)
    await query.session.account.note("abort", queryId=query.id, session=_session(request).id)
    fault = take(query.session.account.faults, "abort")
    return await before(fault, request) or after(fault, _abort(query))


def _abort(query: Query | None) -> Response:
    if query is None or query.ended is not None or query.task is None:
        raise Failure("000605", "Identified SQL statement is not currently executing.", "02000")
    query.task.cancel()
    return _done()


async def chunk(request: Request) -> Response:
    """A fragment from the store that stands for S3: it knows no session, only the key in the header and the address's age."""
    account = _double(request).accounts[request.path_params["account"]]
    query, index = account.queries.get(request.path_params["id"]), int(request.path_params["index"])
    await account.note("chunk", queryId=request.path_params["id"], index=index)
    fault = take(account.faults, "chunk", str(index))
    if fault is not None and fault.action == "expire":
        account.expire_urls()
    if (ended := await before(fault, request)) is not None:
        return ended
    if int(request.query_params.get("generation", "0")) < account.oldest_url_generation:
        return _storage_error(403, "AccessDenied", "Request has expired")
    if query is None or query.result is None:
        return _storage_error(404, "NoSuchKey", "The specified key does not exist.")
    if request.headers.get("x-amz-server-side-encryption-customer-key") != query.result.key:
        return _storage_error(400, "InvalidRequest", "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.")
    packed = await asyncio.to_thread(query.result.fragment, index)
    headers = {"content-encoding": "gzip"} if account.settings.chunk_content_encoding else {}
    return after(fault, Response(packed, headers=headers, media_type="application/octet-stream"))


def _storage_error(status: int, code: str, text: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{text}</Message></Error>'
    return Response(body, status, media_type="application/xml")


routes = [
    Route("/session/v1/login-request", endpoint(login), methods=["POST"]),
    Route("/session/token-request", endpoint(renew), methods=["POST"]),
    Route("/session/heartbeat", endpoint(heartbeat), methods=["POST"]),
    Route("/session", endpoint(session_end), methods=["POST"]),
    Route("/telemetry/send", endpoint(telemetry), methods=["POST"]),
    Route("/queries/v1/query-request", endpoint(query_request), methods=["POST"]),
    Route("/queries/v1/abort-request", endpoint(abort), methods=["POST"]),
    Route("/queries/{id}/abort-request", endpoint(abort_by_id), methods=["POST"]),
    Route("/queries/{id}/result", endpoint(query_result), methods=["GET"]),
    Route("/monitoring/queries/{id}", endpoint(monitoring), methods=["GET"]),
    Route("/chunks/{account}/{id}/{index:int}", endpoint(chunk), methods=["GET"]),
]
