"""Statements as they arrive, run, are waited for, read again and cancelled."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from double import statements
from double.account import Query, Session, new_query_id
from double.endpoint import body_of, done, session_of
from double.failure import Failure, cancelled, timed_out
from double.faults import after, before, refusal, take
from double.results import Result
from double.sign_in import session_info
from double.wire import RESULT_PARAMETERS, parameter_list


async def query_request(request: Request) -> Response:
    session, body = session_of(request), await body_of(request)
    account, sql = session.account, str(body.get("sqlText", ""))
    request_id = request.query_params.get("requestId", "")
    known = next((query for query in account.queries.values() if query.request_id == request_id and query.session is session), None)
    retries = request.query_params.get("retryCount")
    await account.note("request", sql=sql, session=session.id, requestId=request_id, repeated=known is not None, retryCount=retries)
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
    await session.account.note(
        kind,
        sql=sql,
        tag=tag,
        role=session.role,
        warehouse=session.warehouse,
        user=session.user.name,
        session=session.id,
        queryId=query.id,
        parameters=parameters,
    )
    return query


async def _run(query: Query) -> None:
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
    except Exception as error:
        query.failure, query.state = Failure("300002", f"The double failed: {error!r}", "XX000"), "FAILED_WITH_INCIDENT"
    query.ended = time.time() * 1000
    await query.session.account.note("ended", queryId=query.id, sql=query.sql, state=query.state)


async def _answer_when_done(query: Query, request: Request, waiting_code: str) -> Response:
    """The result when it comes within the time that a request is held, else where to ask for it."""
    if (
        query.task is not None
        and query.ended is None
        and not (waiting_code == "333334" and query.body.get("asyncExec") and request.method == "POST")
    ):
        await asyncio.wait([query.task], timeout=query.session.account.settings.hold_seconds)
    if query.ended is None:
        data = {"queryId": query.id, "getResultUrl": f"/queries/{query.id}/result", "queryAbortsAfterSecs": 300, "progressDesc": None}
        return JSONResponse({"data": data, "code": waiting_code, "message": None, "success": True})
    if query.failure is not None:
        return refusal(query.failure, query.id)
    assert query.result is not None
    return done(_result_answer(query, query.result, str(request.base_url)))


def _result_answer(query: Query, result: Result, base: str) -> dict[str, Any]:
    inline = result.inline()
    answer: dict[str, Any] = {
        "parameters": parameter_list(
            {**query.session.parameters, **{name: query.parameters[name] for name in RESULT_PARAMETERS if name in query.parameters}}
        ),
        "rowtype": result.rowtype,
        "rowset": inline,
        "total": result.total,
        "returned": result.total,
        "queryId": query.id,
        "databaseProvider": None,
        **session_info(query.session, "final"),
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
        {
            "url": f"{base}chunks/{account.name}/{query.id}/{index}?X-Amz-Expires=21600&generation={account.url_generation}",
            "rowCount": chunk.rows,
            "uncompressedSize": chunk.uncompressed,
        }
        | ({} if chunk.compressed is None else {"compressedSize": chunk.compressed})
        for index, chunk in enumerate(result.chunks())
    ]
    if not listed:
        return {}
    headers = {"x-amz-server-side-encryption-customer-algorithm": "AES256", "x-amz-server-side-encryption-customer-key": result.key}
    return {"chunks": listed, "chunkHeaders": headers, "qrmk": result.key}


def _query_of(request: Request) -> Query:
    """A query of the account, seen by any session of the user who ran it."""
    session = session_of(request)
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
    await query.session.account.note("monitoring", queryId=query.id, sql=query.sql)
    fault = take(query.session.account.faults, "monitoring", query.sql)
    if (ended := await before(fault, request)) is not None:
        return ended
    failure = query.failure
    entry = {
        "id": query.id,
        "status": query.state,
        "state": query.state,
        "sqlText": query.sql,
        "startTime": int(query.started),
        "endTime": int(query.ended or 0),
    }
    trouble = {} if failure is None else {"errorCode": failure.code, "errorMessage": failure.message}
    return after(fault, done({"queries": [entry | trouble]}))


async def abort(request: Request) -> Response:
    session, body = session_of(request), await body_of(request)
    account, request_id = session.account, body.get("requestId")
    await account.note("abort", requestId=request_id, session=session.id)
    fault = take(account.faults, "abort")
    if (ended := await before(fault, request)) is not None:
        return ended
    found = next((query for query in account.queries.values() if query.request_id == request_id), None)
    return after(fault, _abort(found))


async def abort_by_id(request: Request) -> Response:
    query = _query_of(request)
    await query.session.account.note("abort", queryId=query.id, session=session_of(request).id)
    fault = take(query.session.account.faults, "abort")
    return await before(fault, request) or after(fault, _abort(query))


def _abort(query: Query | None) -> Response:
    if query is None or query.ended is not None or query.task is None:
        raise Failure("000605", "Identified SQL statement is not currently executing.", "02000")
    query.task.cancel()
    return done()
