"""The service's clock, which a test may set apart from the machine's."""

from __future__ import annotations

import os
import time
from email.utils import formatdate

_AHEAD_SECONDS = float(os.environ.get("DOUBLE_CLOCK_AHEAD_SECONDS", "0"))


def now() -> float:
    """Seconds since 1970 as the service sees them."""
    return time.time() + _AHEAD_SECONDS


def date_header() -> tuple[bytes, bytes]:
    return b"date", formatdate(now(), usegmt=True).encode()
