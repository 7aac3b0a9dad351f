"""What topics served, held against the readers that are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from flowaudit.facts import EgressEstimated
from flowaudit.graph.seen import Seen, exact
from flowaudit.graph.snapshot import Hidden
from flowaudit.graph.times import iso_time

_LARGEST_ERROR: Final = 0.25
"""An estimate that is vaguer than this share of what was served shows nothing either way."""


class _Estimate(NamedTuple):
    excess_bytes: int
    """Beyond the error: what readers that nobody knows must have had. The order of the fields says which is worst."""
    observed_ms: int
    window_ms: int
    served_bytes: int
    accounted_bytes: int
    error_bytes: int

    @property
    def is_accounted(self) -> bool:
        return self.excess_bytes <= 0 and self.error_bytes <= _LARGEST_ERROR * self.served_bytes

    def overlaps(self, seen: Seen) -> bool:
        return seen.last_ms >= self.observed_ms - self.window_ms and seen.first_ms <= self.observed_ms


class Egress:
    """Keeps each topic's latest and its worst estimate: a reader that came once has read."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[int, _Estimate]] = {}
        self._worst: dict[str, _Estimate] = {}
        self._begin_ms: dict[str, int] = {}

    def copy(self) -> Egress:
        """One that can go its own way."""
        twin = Egress()
        twin._latest, twin._worst = self._latest.copy(), self._worst.copy()
        twin._begin_ms = self._begin_ms.copy()
        return twin

    def add(self, fact: EgressEstimated) -> None:
        """Take in one estimate."""
        estimate = _Estimate(
            excess_bytes=fact.served_bytes - fact.accounted_bytes - fact.error_bytes,
            observed_ms=fact.provenance.observed_ms,
            window_ms=fact.window_ms,
            served_bytes=fact.served_bytes,
            accounted_bytes=fact.accounted_bytes,
            error_bytes=fact.error_bytes,
        )
        latest = (estimate.observed_ms, estimate)
        self._latest[fact.topic] = max(self._latest.get(fact.topic, latest), latest)
        self._worst[fact.topic] = max(self._worst.get(fact.topic, estimate), estimate)
        begin_ms = estimate.observed_ms - estimate.window_ms
        self._begin_ms[fact.topic] = min(self._begin_ms.get(fact.topic, begin_ms), begin_ms)

    def accounted(self) -> frozenset[str]:
        """Topics without an unexplained rest at any time, whose latest estimate is sharp enough to say so."""
        return frozenset(
            topic
            for topic, (_, latest) in self._latest.items()
            if latest.is_accounted and self._worst[topic].excess_bytes <= 0
        )

    def before_accounting(self, topics: Iterable[str]) -> Iterator[Hidden]:
        """What is not known of topics that are accounted for: the time before somebody counted."""
        for topic in sorted(topics):
            since = iso_time(self._begin_ms[topic])
            hides = f"readers without a group before {since}, when the brokers' counters were first looked at"
            yield Hidden("topic", topic, "before-the-counters", hides)

    def unidentified(self, readers: Mapping[str, Sequence[Seen]]) -> Iterator[Hidden]:
        """The worst rest of each topic, unless one of `readers`, who have no group, was there at that time."""
        for topic, worst in sorted(self._worst.items()):
            if worst.excess_bytes > 0 and not any(worst.overlaps(seen) for seen in readers.get(topic, ())):
                yield Hidden("topic", topic, "unidentified-reader", _says(worst))


def _says(estimate: _Estimate) -> str:
    rest = exact(estimate.served_bytes - estimate.accounted_bytes)
    return (
        f"an unidentified reader: about {rest} bytes (± {estimate.error_bytes}) of {estimate.served_bytes} served in "
        f"{round(estimate.window_ms / 1000)} s before {iso_time(estimate.observed_ms)} are not accounted for by known "
        "readers"
    )
