"""The one place that asks what time it is. Everything below takes the time as an argument."""

from __future__ import annotations

import time


def now_ms() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000
