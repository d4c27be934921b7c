"""Who may sign in: key pairs, programmatic access tokens, OAuth and workload tokens that a test registered."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from double.clock import now
from double.failure import Failure

_MILLISECONDS_FROM = 10**11
"""The Node driver writes a JWT's times in milliseconds, others in seconds; larger numbers than this are milliseconds."""


@dataclass
class User:
    """A user of an account, with what it may sign in with."""

    name: str
    public_keys: list[str] = field(default_factory=list)
    pats: list[str] = field(default_factory=list)
    oauth_tokens: list[str] = field(default_factory=list)
    expired_oauth_tokens: list[str] = field(default_factory=list)
    workload_tokens: list[str] = field(default_factory=list)
    password: str | None = None
    roles: list[str] | None = None
    default_role: str | None = None
    default_warehouse: str | None = None
    context: dict[str, str | None] = field(default_factory=dict)
    restricted: bool = False
    """Its sessions keep to their role, as those of a token with ROLE_RESTRICTION and of an integration that uses no secondary roles."""


def invalid_jwt() -> Failure:
    return Failure("390144", "JWT token is invalid.", "08001")


def sign_in(account: str, users: dict[str, User], data: dict[str, Any]) -> User:
    """The user that a login request is for; a wrong credential is refused with Snowflake's code for its kind."""
    method = str(data.get("AUTHENTICATOR") or "SNOWFLAKE").upper()
    token = str(data.get("TOKEN") or "")
    named = users.get(str(data.get("LOGIN_NAME") or "").upper())
    if method == "SNOWFLAKE_JWT":
        return _by_key_pair(account, named, token)
    if method == "PROGRAMMATIC_ACCESS_TOKEN":
        return _by_pat(users, named, token)
    if method == "OAUTH":
        return _by_oauth(users, named, token)
    if method == "WORKLOAD_IDENTITY":
        return _by_workload(users, token)
    return _by_password(named, data)


def _by_key_pair(account: str, user: User | None, token: str) -> User:
    if user is None or not any(_is_signed_by(token, key, account, user.name) for key in user.public_keys):
        raise invalid_jwt()
    return user


def _by_pat(users: dict[str, User], named: User | None, token: str) -> User:
    holder = next((user for user in users.values() if token in user.pats), None)
    if holder is None or (named is not None and named is not holder):
        raise Failure("394400", "Programmatic access token is invalid.", "08001")
    return holder


def _by_oauth(users: dict[str, User], named: User | None, token: str) -> User:
    for user in users.values():
        if token in user.expired_oauth_tokens:
            raise Failure("390318", "OAuth access token expired.", "08001")
        if token in user.oauth_tokens:
            if named is not None and named is not user:
                raise Failure(
                    "390309", "The user you were trying to authenticate as differs from the user tied to the access token.", "08001"
                )
            return user
    raise Failure("390303", "Invalid OAuth access token.", "08001")


def _by_workload(users: dict[str, User], token: str) -> User:
    for user in users.values():
        if token in user.workload_tokens:
            return user
    raise Failure("394507", "Workload identity could not be verified.", "08001")


def _by_password(user: User | None, data: dict[str, Any]) -> User:
    if user is None or user.password is None or data.get("PASSWORD") != user.password:
        raise Failure("390100", "Incorrect username or password was specified.", "08001")
    return user


def _is_signed_by(token: str, pem: str, account: str, user: str) -> bool:
    key = serialization.load_pem_public_key(pem.encode())
    parts = token.split(".")
    if len(parts) != 3 or not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(_decoded(parts[2]), f"{parts[0]}.{parts[1]}".encode(), padding.PKCS1v15(), SHA256())
        claims = json.loads(_decoded(parts[1]))
    except (InvalidSignature, ValueError):
        return False
    subject = f"{account.upper()}.{user.upper()}"
    return claims.get("sub") == subject and claims.get("iss") == f"{subject}.{fingerprint(key)}" and _is_current(claims)


def _is_current(claims: dict[str, Any]) -> bool:
    """Signed within the last minute or so and not expired: Snowflake refuses a token issued in the future or long ago."""
    issued, expires = (_in_seconds(claims.get(name)) for name in ("iat", "exp"))
    at = now()
    return issued is not None and expires is not None and at - 3600 <= issued <= at + 60 and expires > at


def _in_seconds(value: object) -> float | None:
    if not isinstance(value, int | float):
        return None
    return value / 1000 if value > _MILLISECONDS_FROM else value


def fingerprint(key: rsa.RSAPublicKey) -> str:
    """A public key's name as Snowflake shows it in RSA_PUBLIC_KEY_FP."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
