"""The sum of many lines: who read and who wrote which topic, since when, how much. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from flowaudit.facts import Channel, ClientAction, ClientSeen, Provenance
from flowaudit.sources.client_log.words import ANONYMOUS
from flowaudit.sources.news import REFRESH_MS

_FORGET_MS: Final = 3_600_000
"""Clients whose ids change with each start must not fill the memory."""


class Access(NamedTuple):
    """Who did what with which topic."""

    client_id: str
    principal: str
    topic: str
    """Empty when only its id is known."""
    action: ClientAction
    reference: str
    topic_id: str = ""
    software: str = ""
    group: str = ""
    transactional_id: str = ""
    host: str = ""
    """Tells apart clients that bear one name; it is never told."""


@dataclass(slots=True)
class _Sum:
    first_ms: int
    last_ms: int
    added_ms: int
    served_bytes: int = 0
    told_ms: int | None = None
    told: ClientSeen | None = None


class Accesses:
    """Adds up lines and tells what is new: an access at once, its later times and bytes once a minute."""

    def __init__(self, settle_ms: int = 0) -> None:
        """A read without a group is told when it is so old: which group its client commits for may be known by then."""
        self._settle_ms = settle_ms
        self._sums: dict[Access, _Sum] = {}
        self._latest_ms = 0

    def add(self, access: Access, at_ms: int, served_bytes: int, now_ms: int) -> None:
        """Take in one line. A time after `now_ms` is a clock or a time zone that is off: it counts as now."""
        at_ms = min(at_ms, now_ms)
        self._latest_ms = max(self._latest_ms, at_ms)
        known = self._sums.get(access)
        if known is None:
            self._sums[access] = _Sum(at_ms, at_ms, now_ms, served_bytes)
            return
        known.first_ms = min(known.first_ms, at_ms)
        known.last_ms = max(known.last_ms, at_ms)
        known.served_bytes += served_bytes

    def facts(
        self, now_ms: int, resolve: Callable[[Access], Access | None] = lambda access: access
    ) -> list[ClientSeen]:
        """What is worth telling now. `resolve` fills in a topic's name and a group; None: the topic is unknown yet."""
        facts = list(self._news(now_ms, resolve))
        self._forget(now_ms)
        return facts

    def waiting(self) -> Iterator[Access]:
        """Accesses that were never told: their topic is not known, or they are too young."""
        return (access for access, summed in self._sums.items() if summed.told is None)

    def _news(self, now_ms: int, resolve: Callable[[Access], Access | None]) -> Iterator[ClientSeen]:
        for access, summed in self._sums.items():
            if summed.told is not None and not self._is_due(summed, now_ms):
                continue
            resolved = resolve(access)
            if resolved is None or (not resolved.group and self._is_young(access, summed, now_ms)):
                continue
            fact = _fact(resolved, summed)
            if fact != summed.told:
                summed.told, summed.told_ms = fact, now_ms
                yield fact

    def _is_due(self, summed: _Sum, now_ms: int) -> bool:
        assert summed.told is not None  # noqa: S101 (asked of what was told only)
        first_bytes = summed.served_bytes > 0 and not summed.told.served_bytes
        return first_bytes or now_ms - (summed.told_ms or 0) >= REFRESH_MS

    def _is_young(self, access: Access, summed: _Sum, now_ms: int) -> bool:
        if access.action is not ClientAction.READS:
            return False
        return max(now_ms - summed.added_ms, self._latest_ms - summed.first_ms) < self._settle_ms

    def _forget(self, now_ms: int) -> None:
        old = [
            a for a, s in self._sums.items() if now_ms - (s.added_ms if s.told_ms is None else s.told_ms) >= _FORGET_MS
        ]
        for access in old:
            del self._sums[access]


def _fact(access: Access, summed: _Sum) -> ClientSeen:
    return ClientSeen(
        provenance=Provenance(Channel.BROKER_LOG, summed.last_ms, access.reference),
        topic=access.topic,
        action=access.action,
        client_id=access.client_id,
        principal="" if access.principal == ANONYMOUS else access.principal,
        software=access.software,
        group=access.group,
        transactional_id=access.transactional_id,
        first_ms=summed.first_ms,
        served_bytes=summed.served_bytes,
    )
