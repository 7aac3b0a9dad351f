"""The time that a log line begins with. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from flowaudit.sources.client_log import LineUndecodable

_TIME: Final = re.compile(
    rb"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d(?::?\d\d)?)?(?![\d:])", re.ASCII
)
_WITHIN_BYTES: Final = 64


def line_time_ms(line: bytes, zone: tzinfo = UTC) -> int:
    """Unix milliseconds of the first date and time in the line's head: log4j's layouts, and ISO 8601.

    Brokers write local time without naming its zone: `zone` is then believed, UTC unless the caller knows better.

    Raises:
        LineUndecodable: the line's head holds no date and time.
    """
    found = _TIME.search(line[:_WITHIN_BYTES])
    if found is None:
        msg = "a line does not begin with a date and a time"
        raise LineUndecodable(msg)
    day, time, fraction, offset = (part.decode() if part else "" for part in found.groups())
    micros = f"{fraction:0<6}"[:6]
    try:
        moment = datetime.fromisoformat(f"{day}T{time}.{micros}{offset}")
        return int((moment if offset else moment.replace(tzinfo=zone)).timestamp() * 1000 + 0.5)
    except (ValueError, OverflowError):
        msg = "a line begins with a date that no calendar has"
        raise LineUndecodable(msg) from None
