"""What `flowaudit check` is asked: a policy file, and the day for which suppressions are held."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flowaudit.engine.clock import now_ms
from flowaudit.errors import UsageError
from flowaudit.policy.load import PolicyInvalid, parse_policy
from flowaudit.policy.model import Policy
from flowaudit.topology.written_file import read_written


class DayInvalid(UsageError):
    """What should name a day does not."""


def read_policy(path: Path) -> Policy:
    """The policy that a file holds.

    Raises:
        PolicyInvalid: the file cannot be read, or something in it is wrong.
    """
    return parse_policy(read_written(path, "an existing policy file", PolicyInvalid), source=str(path))


def read_day(text: str) -> dt.date:
    """The day that an argument names; today (UTC) when it names none.

    Raises:
        DayInvalid: the text is no date.
    """
    if not text:
        return dt.datetime.fromtimestamp(now_ms() / 1_000, dt.UTC).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        msg = f"--today {text[:40]!r} is no date; write it as 2026-12-31"
        raise DayInvalid(msg) from None
