"""Large results made when they are asked for: eight columns, no engine, never held."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from functools import cached_property

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
    return f'["%d","{amount}","customer {place % 1_000}","{18_262 + place % 2_000}","{stamp}","{flag}","{place / 8}",{note}]'


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

    @cached_property
    def _template(self) -> str:
        return ",".join(row_template(place) for place in range(self.chunk_rows))

    def _text(self, start: int, end: int) -> bytes:
        full = end - start == self.chunk_rows
        template = self._template if full else ",".join(row_template(place) for place in range(end - start))
        return (template % tuple(range(start, end))).encode()

    def _bounds(self, index: int) -> tuple[int, int]:
        start = index * self.chunk_rows
        return start, min(self.rows, start + self.chunk_rows)

    def inline(self) -> list[Row]:
        """None: every row lies in a chunk."""
        return []

    def chunks(self) -> list[Chunk]:
        count = -(-self.rows // self.chunk_rows)
        return [self._chunk(*self._bounds(index)) for index in range(count)]

    def _chunk(self, start: int, end: int) -> Chunk:
        digits = sum(_digits_below(edge) * sign for edge, sign in ((end, 1), (start, -1)))
        full = end - start == self.chunk_rows
        frame = self._frame if full else len(",".join(row_template(place) for place in range(end - start)).encode()) - 2 * (end - start)
        return Chunk(end - start, frame + digits, None)

    @cached_property
    def _frame(self) -> int:
        return len(self._template.encode()) - 2 * self.chunk_rows

    def fragment(self, index: int) -> bytes:
        return gzip.compress(self._text(*self._bounds(index)), 1)


def _digits_below(end: int) -> int:
    """How many digits the numbers 0 … end-1 have together."""
    total, low, width = 0, 0, 1
    while low < end:
        high = min(end, 10**width)
        total += (high - low) * width
        low, width = high, width + 1
    return total
