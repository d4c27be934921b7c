"""Large results made when they are asked for: eight columns, no engine, never held."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from functools import cache, lru_cache

from double.results import Chunk, new_key
from double.wire import Column, Row, column

COLUMNS: list[Column] = [
    column("ID", "fixed", nullable=False),
    column("AMOUNT", "fixed", precision=12, scale=2),
    column("NAME", "text"),
    column("DAY", "date"),
    column("AT", "timestamp_ntz"),
    column("FLAG", "boolean"),
    column("RATE", "real"),
    column("NOTE", "text"),
]


def row_template(place: int) -> str:
    """A row but for its ID, from its place in the chunk; NOTE is NULL in every seventh row."""
    amount = f"{place * 37 % 100_000}.{place % 100:02d}"
    note = "null" if place % 7 == 0 else f'"note {place % 13} – ✓"'
    stamp = f"{1_577_836_800 + place * 61}.{place * 1_001:09d}"
    flag = place % 2
    return f'["%d","{amount}","customer {place % 1_000}","{18_262 + place % 2_000}","{stamp}","{flag}","{place / 8:g}",{note}]'


@cache
def _template(rows: int) -> str:
    """The rows of a chunk with a place for each ID."""
    return ",".join(row_template(place) for place in range(rows))


@cache
def _frame(rows: int) -> int:
    """The bytes of those rows without their IDs."""
    return len(_template(rows).encode()) - len("%d") * rows


@lru_cache(maxsize=64)
def _fragment(start: int, end: int) -> bytes:
    """The rows from `start` to before `end`, gzipped. A few are kept for who reads them again."""
    text = _template(end - start) % tuple(range(start, end))
    return gzip.compress(text.encode(), 1)


@dataclass
class LargeResult:
    """`rows` rows in chunks of `chunk_rows`; IDs run from 0, so that a lost or doubled chunk shows."""

    rows: int
    chunk_rows: int
    statement_type: int = 0x1000
    rowtype: list[Column] = field(default_factory=lambda: COLUMNS)
    key: str = field(default_factory=new_key)

    @property
    def total(self) -> int:
        return self.rows

    def inline(self) -> list[Row]:
        """None: every row lies in a chunk."""
        return []

    def chunks(self) -> list[Chunk]:
        return [self._chunk(*self._bounds(index)) for index in range(-(-self.rows // self.chunk_rows))]

    def fragment(self, index: int) -> bytes:
        return _fragment(*self._bounds(index))

    def _bounds(self, index: int) -> tuple[int, int]:
        start = index * self.chunk_rows
        return start, min(self.rows, start + self.chunk_rows)

    def _chunk(self, start: int, end: int) -> Chunk:
        digits = _digits_below(end) - _digits_below(start)
        return Chunk(end - start, _frame(end - start) + digits, None)


def _digits_below(end: int) -> int:
    """How many digits the numbers 0 … end-1 have together."""
    total, low, width = 0, 0, 1
    while low < end:
        high = min(end, 10**width)
        total += (high - low) * width
        low, width = high, width + 1
    return total
