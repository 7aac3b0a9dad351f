"""Since when each evidence channel has been watching, whatever it saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flowaudit.facts import Channel, SourceChecked

_CHANNELS: Final[Mapping[str, tuple[Channel, ...]]] = {
    "groups": (Channel.GROUP_MEMBERSHIP, Channel.COMMITTED_OFFSETS),
    "offsets-log": (Channel.OFFSETS_LOG,),
    "connect": (Channel.CONNECT,),
    "broker-logs": (Channel.BROKER_LOG,),
}
"""What a source that answered has looked at, even when there was nothing to see."""


class WatchFacts:
    """The earliest sign of each channel: a fact of it, or a success of its source. Merges in any order."""

    def __init__(self) -> None:
        self._since_ms: dict[Channel, int] = {}

    def copy(self) -> WatchFacts:
        """An accumulator that can go its own way."""
        twin = WatchFacts()
        twin._since_ms = self._since_ms.copy()
        return twin

    def add(self, fact: Any) -> None:  # noqa: ANN401 - any fact with a provenance
        """Take in a sign of the fact's channel."""
        self._note(fact.provenance.channel, fact.provenance.observed_ms)

    def add_check(self, fact: SourceChecked) -> None:
        """Take in a look at a source."""
        if fact.last_success_ms > 0:
            for channel in _CHANNELS.get(fact.source, ()):
                self._note(channel, fact.last_success_ms)

    def since_ms(self) -> Mapping[Channel, int]:
        """The channels that watched at all, with the beginning of it."""
        return dict(self._since_ms)

    def _note(self, channel: Channel, at_ms: int) -> None:
        self._since_ms[channel] = min(self._since_ms.get(channel, at_ms), at_ms)
