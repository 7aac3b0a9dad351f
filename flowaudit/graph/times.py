"""Times as documents write them: ISO 8601 in UTC with milliseconds, `2026-11-22T10:00:00.000Z`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from flowaudit.graph.seen import within_time

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@lru_cache(maxsize=8192)
def iso_time(ms: int) -> str:
    """Unix milliseconds as text; a time outside the years 1970-9999 is moved to the nearer end."""
    moment = _EPOCH + within_time(ms) * _MILLISECOND
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_time(text: str) -> int:
    """Unix milliseconds of an ISO 8601 time with a zone.

    Raises:
        ValueError: not such a time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        msg = "a time without a zone"
        raise ValueError(msg)
    return (moment - _EPOCH) // _MILLISECOND


def read_time(text: str) -> int:
    """Unix milliseconds of a time in a document.

    Raises:
        ValueError: not a time; the message shows its beginning.
    """
    try:
        return parse_time(text)
    except ValueError:
        msg = f"{text[:40]!r} is not an ISO 8601 time with a zone"
        raise ValueError(msg) from None
