"""An account of the double: users, warehouses, a fakesnow of its own, sessions, queries, faults and what arrived."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from fakesnow.conn import FakeSnowflakeConnection
from fakesnow.instance import FakeSnow

from double.auth import User
from double.failure import Failure
from double.faults import Fault
from double.results import Result

RESULTS_KEPT = 200


@dataclass
class Warehouse:
    """A warehouse; a suspended one takes `resume_seconds` to start when a statement needs it."""

    name: str
    state: str = "STARTED"
    resume_seconds: float = 0
    size: str = "X-Small"
    auto_suspend: int = 60


@dataclass
class Settings:
    """What a test sets of an account."""

    inline_rows: int = 1_000
    chunk_rows: int = 10_000
    hold_seconds: float = 45
    chunk_content_encoding: bool = True
    information_schema_limit: int | None = None
    needs_warehouse: bool = False


@dataclass
class Session:
    """A login's session."""

    id: int
    account: Account
    user: User
    connection: FakeSnowflakeConnection
    token: str
    master_token: str
    role: str | None
    warehouse: str | None
    secondary_roles: str = "ALL"
    parameters: dict[str, Any] = field(default_factory=dict)
    expired: bool = False
    master_expired: bool = False
    engine: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class Query:
    """A statement that arrived, until it ended and after."""

    id: str
    request_id: str
    sql: str
    session: Session
    body: dict[str, Any]
    started: float
    parameters: dict[str, Any]
    state: str = "RUNNING"
    ended: float | None = None
    task: asyncio.Task[None] | None = None
    result: Result | None = None
    failure: Failure | None = None

    def setting(self, name: str, default: object = None) -> object:
        """A parameter's value for this statement: its own, else the session's."""
        return self.parameters.get(name, self.session.parameters.get(name, default))


@dataclass
class OauthClient:
    """An integration of Snowflake's own OAuth; whoever comes by it is `user`. Without a secret it is a public client."""

    id: str
    user: str
    redirect_uri: str
    secret: str | None = None


@dataclass
class Denial:
    """Statements that a role has no privilege for; without a role it holds for every role."""

    match: str
    role: str | None = None


@dataclass
class Account:
    """One account. Accounts share nothing."""

    name: str
    engine: FakeSnow
    settings: Settings = field(default_factory=Settings)
    users: dict[str, User] = field(default_factory=dict)
    warehouses: dict[str, Warehouse] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    denials: list[Denial] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    large_results: list[dict[str, Any]] = field(default_factory=list)
    described: set[str] = field(default_factory=set)
    catalog: threading.Lock = field(default_factory=threading.Lock)
    oauth_clients: dict[str, OauthClient] = field(default_factory=dict)
    grants: dict[str, Any] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    url_generation: int = 0
    oldest_url_generation: int = 0
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def note(self, kind: str, **facts: Any) -> None:
        """Writes into the log what arrived, with its time in milliseconds since 1970."""
        self.log.append({"kind": kind, "at": time.time() * 1000, **facts})
        async with self.arrived:
            self.arrived.notify_all()

    def keep(self, query: Query) -> None:
        """Remembers a query; the oldest ended ones are let go."""
        self.queries[query.id] = query
        ended = [known for known in self.queries.values() if known.ended is not None]
        for known in ended[: max(0, len(ended) - RESULTS_KEPT)]:
            del self.queries[known.id]

    def expire_urls(self) -> None:
        """Makes every chunk address given out until now answer 403."""
        self.url_generation += 1
        self.oldest_url_generation = self.url_generation


def new_token(kind: str) -> str:
    return f"ver:1-{kind}-{secrets.token_urlsafe(32)}"


def new_query_id() -> str:
    """Snowflake's ids have the form of a UUID that begins with 01."""
    return f"01{str(uuid.uuid4())[2:]}"
