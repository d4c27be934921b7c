"""Results as the wire carries them: some rows inline, the rest in gzipped fragments behind URLs."""

from __future__ import annotations

import gzip
import json
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Protocol

from double.wire import Column, Row


@dataclass(frozen=True)
class Chunk:
    """What an answer says of one fragment. Sizes are bytes; `compressed` is None where the fragment is not made yet."""

    rows: int
    uncompressed: int
    compressed: int | None


class Result(Protocol):
    """A finished result."""

    rowtype: list[Column]
    statement_type: int
    key: str

    @property
    def total(self) -> int: ...

    def inline(self) -> list[Row]: ...

    def chunks(self) -> list[Chunk]: ...

    def fragment(self, index: int) -> bytes:
        """The rows of a chunk joined by commas, without outer brackets, gzipped."""
        ...


def new_key() -> str:
    """The customer key that a chunk's request must show."""
    return b64encode(secrets.token_bytes(32)).decode()


@dataclass
class HeldResult:
    """A result of the engine, held encoded."""

    rowtype: list[Column]
    first: list[Row]
    total: int
    statement_type: int
    parts: list[tuple[Chunk, bytes]] = field(default_factory=list)
    key: str = field(default_factory=new_key)

    def inline(self) -> list[Row]:
        return self.first

    def chunks(self) -> list[Chunk]:
        return [chunk for chunk, _ in self.parts]

    def fragment(self, index: int) -> bytes:
        return self.parts[index][1]


def hold(rowtype: list[Column], rows: list[Row], statement_type: int, inline_rows: int, chunk_rows: int) -> HeldResult:
    """A result held: all inline when it is small, else the first rows inline and the others in chunks."""
    first = rows if len(rows) <= inline_rows else rows[:inline_rows]
    starts = range(len(first), len(rows), chunk_rows)
    parts = [_part(rows[start : start + chunk_rows]) for start in starts]
    return HeldResult(rowtype, first, len(rows), statement_type, parts)


def _part(rows: list[Row]) -> tuple[Chunk, bytes]:
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))[1:-1].encode()
    packed = gzip.compress(text, 1)
    return Chunk(len(rows), len(text), len(packed)), packed
