"""Asks the registry for schemas that a run's records name, before the run is audited.

The audit does no I/O, so whoever runs it calls `prepare` first. A schema is asked for once. What the registry does not
know is asked for again after a minute, and a registry that is down is left alone for ten seconds, then for longer; the
tap goes on meanwhile, and what cannot be read says why.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from flowaudit.facts import Channel, NotVisible, Provenance
from flowaudit.sources.schema_registry import RegistryUnreachable, SchemaRegistry
from flowaudit.sources.schema_registry.framing import id_in_front
from flowaudit.sources.tap.audit import TappedRun
from flowaudit.sources.tap.discovery import Record
from flowaudit.sources.tap.formats.port import Reason
from flowaudit.sources.tap.formats.schema_book import SchemaBook
from flowaudit.sources.tap.parts import KEYS, VALUES, named_schema

_UNKNOWN_AGAIN_S: Final = 60.0
_FIRST_REST_S: Final = 10.0
_LONGEST_REST_S: Final = 120.0
_QUESTIONS_A_RUN: Final = 64
_QUESTIONS_A_MINUTE: Final = 600
_A_RUN_WAITS_S: Final = 5.0
_MOST_UNKNOWN: Final = 4_096
_FRAMES: Final = (b"\0", b"\1")
_REFERENCE: Final = "GET /schemas/ids/{id}"


class SchemaFetch:
    """Fills a book from a registry; without one it does nothing. For one caller at a time."""

    def __init__(
        self,
        registry: SchemaRegistry | None,
        clock_ms: Callable[[], int],
        told_by: str,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        """`told_by` is the source whose success ends what is not told again; `tick` gives seconds that only rise."""
        self._told_by = told_by
        self._registry = registry
        self._clock_ms = clock_ms
        self._tick = tick
        self.book = SchemaBook(has_registry=registry is not None)
        self._unknown_until: OrderedDict[str, float] = OrderedDict()
        self._rests_until = 0.0
        self._rest_s = _FIRST_REST_S
        self._minute_from = 0.0
        self._asked_this_minute = 0

    async def prepare(self, run: TappedRun) -> tuple[NotVisible, ...]:
        """Ask for what the run needs and the book does not have; says when the registry cannot be asked."""
        needed = self._needed(run)
        if not needed:
            return ()
        asking = asyncio.ensure_future(asyncio.to_thread(self._ask, needed))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            # Whoever is cancelled may still audit the run, and asks again then: not while this is under way.
            await asking
            raise

    def prepare_now(self, run: TappedRun) -> tuple[NotVisible, ...]:
        """The same, in this thread."""
        needed = self._needed(run)
        return self._ask(needed) if needed else ()

    def _needed(self, run: TappedRun) -> list[str]:
        if self._registry is None or not run.records or self._tick() < self._rests_until:
            return []
        return [schema_id for schema_id in schemas_named(run.records) if self._is_worth_asking(schema_id)][
            :_QUESTIONS_A_RUN
        ]

    def _is_worth_asking(self, schema_id: str) -> bool:
        return not self.book.has(schema_id) and self._unknown_until.get(schema_id, 0.0) <= self._tick()

    def _ask(self, schema_ids: Sequence[str]) -> tuple[NotVisible, ...]:
        until = self._tick() + _A_RUN_WAITS_S
        for schema_id in schema_ids:
            if self._tick() >= until or not self._may_ask():
                break
            try:
                self._ask_one(schema_id)
            except RegistryUnreachable:
                self._rests_until = self._tick() + self._rest_s
                self._rest_s = min(_LONGEST_REST_S, 2 * self._rest_s)
                self.book.otherwise(Reason.REGISTRY_UNREACHABLE)
                return (_unreachable(self._clock_ms(), self._told_by),)
            self._rest_s = _FIRST_REST_S
            self.book.otherwise(Reason.SCHEMA_UNKNOWN)
        return ()

    def _may_ask(self) -> bool:
        """Records that are no records of the registry's may name a new schema each."""
        now = self._tick()
        if now - self._minute_from >= 60:
            self._minute_from, self._asked_this_minute = now, 0
        self._asked_this_minute += 1
        return self._asked_this_minute <= _QUESTIONS_A_MINUTE

    def _ask_one(self, schema_id: str) -> None:
        schema = self._registry.schema(schema_id) if self._registry is not None else None
        if schema is not None:
            self._unknown_until.pop(schema_id, None)
            self.book.learn(schema_id, schema)
            return
        self._unknown_until[schema_id] = self._tick() + _UNKNOWN_AGAIN_S
        if len(self._unknown_until) > _MOST_UNKNOWN:
            self._unknown_until.popitem(last=False)


def schemas_named(records: Sequence[Record]) -> list[str]:
    """The schemas that keys, values and headers name, in the order in which they are met."""
    found: dict[str, None] = {}
    for data in ([r.value for r in records], [r.key for r in records]):
        _collect_framed(data, found)
    for record in records:
        if record.headers:
            for part in (VALUES, KEYS):
                schema_id = named_schema(record.headers, part)
                if schema_id:
                    found[schema_id] = None
    return list(found)


def _collect_framed(data: Iterable[bytes | None], found: dict[str, None]) -> None:
    there = [each for each in data if each]
    # The least of them begins with a frame's first byte if any does: one pass in C for topics without frames.
    if there and min(there)[:1] in _FRAMES:
        for each in there:
            if each[0] < 2:
                schema_id = id_in_front(each)
                if schema_id:
                    found[schema_id] = None


def _unreachable(now_ms: int, told_by: str) -> NotVisible:
    hides = "identifiers in records whose schema was not known yet: the schema registry does not answer"
    provenance = Provenance(Channel.LINKAGE, now_ms, _REFERENCE)
    return NotVisible(provenance, "source", "schema-registry", "registry-unreachable-for-values", hides, told_by)
