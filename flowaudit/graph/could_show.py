"""Which evidence channels could have shown a flow between two systems, had there been one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flowaudit.facts import Channel
from flowaudit.graph.client_facts import logs_cover
from flowaudit.graph.seen import within_time
from flowaudit.graph.snapshot import CheckedSource, Hidden
from flowaudit.graph.systems import Systems

_LISTINGS: Final = frozenset({Channel.GROUP_MEMBERSHIP, Channel.COMMITTED_OFFSETS})
"""What is asked of the groups that the cluster lists."""
_BLINDED: Final[Mapping[tuple[str, str, str], frozenset[Channel]]] = {
    ("cluster", "groups", "no-group-listed"): _LISTINGS,
    ("cluster", "groups", "no-describe-right"): _LISTINGS,
    ("cluster", "groups", "broker-too-old"): _LISTINGS,
    ("group", "*", "no-describe-right"): _LISTINGS,
    ("topic", "*", "no-describe-right"): _LISTINGS,
    ("cluster", "committed offsets", "no-describe-right"): frozenset({Channel.COMMITTED_OFFSETS}),
    ("topic", "__consumer_offsets", "no-read-right"): frozenset({Channel.OFFSETS_LOG}),
}
"""What a limit of the whole cluster makes blind: a reader who is not told of may be there all the same."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who was watching what. Writers' channels are not among them: a producer id alone names no system."""

    since_ms: Mapping[Channel, int]
    """The channels that watched and are blind in no part, with the beginning of it."""
    unlisted: frozenset[str] = frozenset()
    """Systems with a group that may not be looked at."""
    tapped: frozenset[str] = frozenset()
    """Systems with a topic whose records were read."""

    def could_show(self, upstream: str, downstream: str, systems: Systems) -> tuple[tuple[Channel, int], ...]:
        """The channels that would have shown data going from one system to the other, each with since when it watched.

        Readers give themselves away by their groups or in a broker's log, connectors by their workers, content by
        coming back in a topic of the other system. A system outside of Kafka is reached by connectors only.
        """
        able = self._able(upstream, downstream, systems)
        return tuple((channel, within_time(self.since_ms[channel])) for channel in able if channel in self.since_ms)

    def _able(self, upstream: str, downstream: str, systems: Systems) -> Iterator[Channel]:
        ends = (upstream, downstream)
        if not any(map(systems.is_external, ends)):
            if downstream not in self.unlisted:
                yield from sorted(_LISTINGS)
            yield from (Channel.OFFSETS_LOG, Channel.BROKER_LOG)
        if any(map(systems.has_connectors, ends)):
            yield Channel.CONNECT
        if self.tapped.issuperset(ends):
            yield Channel.LINKAGE


def watch_of(
    since_ms: Mapping[Channel, int],
    hidden: Collection[Hidden],
    sources: Iterable[CheckedSource],
    tapped: Iterable[str],
    systems: Systems,
) -> Watch:
    """Who was watching, by what coverage says. `tapped` are the topics whose records were read."""
    blind = set[Channel]().union(*(_BLINDED.get((one.subject, one.name, one.reason), ()) for one in hidden))
    if any(one.channel is Channel.CONNECT and one.subject in {"source", "group"} for one in hidden):
        blind.add(Channel.CONNECT)
    if not logs_cover(sources, hidden):
        blind.add(Channel.BROKER_LOG)
    # The members of such a group are not known, its offsets are.
    groups = (one.name for one in hidden if one.subject == "group" and one.reason != "undecodable-members")
    return Watch(
        {channel: since for channel, since in since_ms.items() if channel not in blind},
        frozenset(map(systems.of_group, groups)),
        frozenset(map(systems.of_topic, tapped)),
    )
