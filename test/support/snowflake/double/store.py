"""The store that stands for S3: fragments of results behind addresses that expire."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from double.endpoint import double_of
from double.faults import after, before, take


async def chunk(request: Request) -> Response:
    """A fragment from the store that stands for S3: it knows no session, only the key in the header and the address's age."""
    account = double_of(request).accounts[request.path_params["account"]]
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
        return _storage_error(
            400,
            "InvalidRequest",
            "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
        )
    packed = await asyncio.to_thread(query.result.fragment, index)
    headers = {"content-encoding": "gzip"} if account.settings.chunk_content_encoding else {}
    return after(fault, Response(packed, headers=headers, media_type="application/octet-stream"))


def _storage_error(status: int, code: str, text: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{text}</Message></Error>'
    return Response(body, status, media_type="application/xml")
