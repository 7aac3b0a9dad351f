"""What `flowaudit check` is asked: a policy file, and the day for which suppressions are held."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flowaudit.engine.clock import now_ms
from flowaudit.errors import UsageError
from flowaudit.policy.load import PolicyInvalid, parse_policy
from flowaudit.policy.model import Policy


class DayInvalid(UsageError):
    """What should name a day does not."""


def read_policy(path: Path) -> Policy:
    """The policy that a file holds.

    Raises:
        PolicyInvalid: the file cannot be read, or something in it is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8"
        raise PolicyInvalid(msg) from None
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); name an existing policy file"
        raise PolicyInvalid(msg) from None
    return parse_policy(text, source=str(path))


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
