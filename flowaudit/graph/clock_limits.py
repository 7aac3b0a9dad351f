"""Timestamps that are not the time of writing, as a limit: by them a topic's records come too early or too late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from flowaudit.facts import Channel
from flowaudit.graph.snapshot import Hidden
from flowaudit.linkage.clocks import TopicClocks

WRONG_CLOCK = "wrong-clock"
_TAKEN_OFF = "linkage takes that off, the timestamps stay as they are"


def wrong_clocks(clocks: TopicClocks, omitted: Collection[str]) -> Iterable[Hidden]:
    """Topics whose timestamps are not the time at which their records were written."""
    for topic, why in _why(clocks):
        if topic not in omitted:
            yield Hidden("topic", topic, WRONG_CLOCK, f"when its records were written: {why}", Channel.LINKAGE)


def _why(clocks: TopicClocks) -> Iterator[tuple[str, str]]:
    for topic, ahead_ms in clocks.ahead_ms().items():
        found = f"{_s(ahead_ms)} ahead of their reading, by a producer's clock"
        if ahead_ms < 0:
            found = f"{_s(-ahead_ms)} behind their reading: a producer's clock is slow, or they tell of the past"
        yield topic, f"its timestamps are {found}; {_TAKEN_OFF}"
    for topic, ahead_ms in clocks.partly_ahead_ms().items():
        why = f"a part of its timestamps is up to {_s(ahead_ms)} ahead of their reading, by some producer's clock"
        yield topic, f"{why}; linkage takes them as they are"


def _s(duration_ms: int) -> str:
    return f"{duration_ms / 1000:.1f} s"
