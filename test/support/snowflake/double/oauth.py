"""Snowflake's own OAuth: authorization code with PKCE, refresh tokens that work once."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from double.account import Account, OauthClient
from double.endpoint import double_of
from double.failure import Failure
from double.faults import after, before, take

ACCESS_SECONDS = 600
REFRESH_SECONDS = 7_776_000


@dataclass(frozen=True)
class Grant:
    """What a code or a refresh token may be exchanged for, once."""

    client: OauthClient
    scope: str
    challenge: str | None = None
    redirect_uri: str | None = None


def _client_of(request: Request, client_id: str) -> tuple[Account, OauthClient]:
    for account in double_of(request).accounts.values():
        if client_id in account.oauth_clients:
            return account, account.oauth_clients[client_id]
    raise Failure("390302", "OAuth Authorization Server Error", "08001")


async def authorize(request: Request) -> Response:
    """Sends the browser back with a code, as though the user of the client had agreed."""
    asked = request.query_params
    account, client = _client_of(request, asked.get("client_id", ""))
    await account.note("authorize", user=client.user, scope=asked.get("scope"))
    fault = take(account.faults, "authorize")
    if (ended := await before(fault, request)) is not None:
        return ended
    if asked.get("redirect_uri") != client.redirect_uri or asked.get("code_challenge_method") != "S256":
        raise Failure("390302", "OAuth Authorization Server Error: the redirect URI or the challenge method is wrong.", "08001")
    code = secrets.token_urlsafe(24)
    account.grants[code] = Grant(client, asked.get("scope", ""), asked.get("code_challenge"), client.redirect_uri)
    back = {"code": code, "state": asked.get("state", "")}
    return after(fault, RedirectResponse(f"{client.redirect_uri}?{urlencode(back)}", 302))


async def token(request: Request) -> Response:
    """Exchanges a code or a refresh token."""
    form = dict(parse_qsl((await request.body()).decode()))
    client_id, secret = _credentials(request, form)
    account, client = _client_of(request, client_id)
    await account.note("token", user=client.user, grant=form.get("grant_type"))
    fault = take(account.faults, "token")
    if (ended := await before(fault, request)) is not None:
        return ended
    if client.secret is not None and secret != client.secret:
        return _refused(401, "invalid_client", "This is an invalid client.")
    grant = account.grants.pop(form.get("code") or form.get("refresh_token") or "", None)
    if grant is None or grant.client is not client or not _fits(grant, form):
        return _refused(400, "invalid_grant", "This is an invalid grant.")
    return after(fault, JSONResponse(_tokens(account, grant)))


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str | None]:
    """The client's id and secret, from the header or the body."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret")
    name, _, secret = base64.b64decode(value).decode().partition(":")
    return unquote(name), unquote(secret)


def _fits(grant: Grant, form: dict[str, str]) -> bool:
    if grant.challenge is None:
        return form.get("grant_type") == "refresh_token"
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    is_code = form.get("grant_type") == "authorization_code"
    return is_code and shown == grant.challenge and form.get("redirect_uri") == grant.redirect_uri


def _tokens(account: Account, grant: Grant) -> dict[str, object]:
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    account.users[grant.client.user.upper()].oauth_tokens.append(access)
    account.grants[refresh] = Grant(grant.client, grant.scope)
    lives = {"expires_in": ACCESS_SECONDS, "refresh_token_expires_in": REFRESH_SECONDS}
    names = {"token_type": "Bearer", "username": grant.client.user, "scope": grant.scope}
    return {"access_token": access, "refresh_token": refresh, **lives, **names}


def _refused(status: int, error: str, message: str) -> Response:
    return JSONResponse({"data": None, "message": message, "code": None, "success": False, "error": error}, status)
