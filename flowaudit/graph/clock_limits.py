"""Clocks that are wrong, as a limit: by the topic's own timestamps its records come too early or too late."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flowaudit.facts import Channel
from flowaudit.graph.snapshot import Hidden
from flowaudit.linkage.clocks import TopicClocks

WRONG_CLOCK = "wrong-clock"


def wrong_clocks(clocks: TopicClocks, omitted: Collection[str]) -> Iterable[Hidden]:
    """Topics whose timestamps are certainly not the time at which their records were written."""
    for topic, ahead_ms in clocks.ahead_ms().items():
        if topic not in omitted:
            side = "ahead" if ahead_ms > 0 else "behind"
            hides = (
                f"when its records were written: its producer's clock is {abs(ahead_ms) / 1000:.1f} s {side};"
                " linkage takes that into account, its own timestamps do not"
            )
            yield Hidden("topic", topic, WRONG_CLOCK, hides, Channel.LINKAGE)
