"""How the sources of evidence fared."""

from __future__ import annotations

from flowaudit.facts import SourceChecked
from flowaudit.graph.seen import exact, within_time
from flowaudit.graph.snapshot import CheckedSource

_Look = tuple[int, int, int, str]
"""(observed, last success, duration, failure): the order breaks ties of time."""


class HealthFacts:
    """Merges `SourceChecked`: the latest look at a source stands."""

    def __init__(self) -> None:
        self._looks: dict[str, _Look] = {}

    def copy(self) -> HealthFacts:
        """An accumulator that can go its own way."""
        twin = HealthFacts()
        twin._looks = self._looks.copy()
        return twin

    def add(self, fact: SourceChecked) -> None:
        """Take in one look."""
        look = (fact.provenance.observed_ms, fact.last_success_ms, fact.duration_ms, fact.failure)
        self._looks[fact.source] = max(self._looks.get(fact.source, look), look)

    def sources(self) -> tuple[CheckedSource, ...]:
        """Every source that was looked at, by name."""
        return tuple(
            CheckedSource(name, within_time(success_ms), max(exact(duration_ms), 0), failure)
            for name, (_, success_ms, duration_ms, failure) in sorted(self._looks.items())
        )
