"""The health source: how the other sources fare, as facts, so that coverage can say it long afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Protocol

from flowaudit.facts import Channel, Fact, Provenance, SourceChecked

_AGAIN_MS: Final = 15_000


class Health(Protocol):
    """What is known of a source's last attempt."""

    @property
    def name(self) -> str:
        """The source."""

    @property
    def last_success_ms(self) -> int:
        """0: never yet."""

    @property
    def duration_ms(self) -> int:
        """Of the last attempt that succeeded."""

    @property
    def attempts(self) -> int:
        """0: not asked yet."""

    @property
    def last_error(self) -> str:
        """The kind of error; empty after a success."""


class HealthSource:
    """Tells of a source when it fails, when it recovers, and now and then."""

    name = "health"

    def __init__(self, sources: Callable[[], Iterable[Health]]) -> None:
        self._sources = sources
        self._told: dict[str, SourceChecked] = {}

    def poll(self, now_ms: int) -> list[Fact]:
        """Look at every source once."""
        provenance = Provenance(Channel.METADATA, now_ms, "the source's own account")
        facts = [
            SourceChecked(provenance, source.name, source.last_success_ms, source.duration_ms, source.last_error)
            for source in self._sources()
            if source.attempts and source.name != self.name
        ]
        told = [fact for fact in facts if self._is_news(fact)]
        self._told |= {fact.source: fact for fact in told}
        return list(told)

    def _is_news(self, fact: SourceChecked) -> bool:
        told = self._told.get(fact.source)
        if told is None or told.failure != fact.failure:
            return True
        return fact.provenance.observed_ms - told.provenance.observed_ms >= _AGAIN_MS
