"""Traces that pass through several topics: which came first, by the records' own times. Pure, and bounded.

A trace id is held as a 64-bit hash under a key that the caller draws for its process: nobody can look one up in what
is held here, and none is told. Two traces of 50,000 are taken for one with a probability of 1 in 10^10.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from flowaudit.facts import Channel, Provenance, TracesShared

LEAST_TRACES: Final = 3
"""A pair is told from here on."""
TELL_MS: Final = 30_000
"""And then when it grew, but not more often than this."""
_HASH_BYTES: Final = 8
_MOST_TOPICS: Final = 16
"""Of one trace: one that passes more of them is no record's way, but a long session's."""


@dataclass(frozen=True, slots=True)
class TraceLimits:
    """How much is remembered at once."""

    traces: int = 50_000
    age_ms: int = 900_000
    """A trace that nobody carried on for so long is forgotten; what was counted stays counted."""
    pairs: int = 20_000


@dataclass(slots=True)
class _Trace:
    touched_ms: int
    first_ms: dict[str, int]
    """By topic: time of the first record of the trace."""


@dataclass(slots=True)
class _Told:
    at_ms: int
    counts: tuple[int, int]


class TraceJoin:
    """Counts for each ordered pair of topics the traces that passed both. Equal times say nothing of the order.

    Kafka Streams gives its output the time of its input; such pairs come out as unordered, and are not told.
    """

    def __init__(self, key: bytes, limits: TraceLimits | None = None) -> None:
        self._key = key
        self._limits = limits or TraceLimits()
        self._traces: OrderedDict[bytes, _Trace] = OrderedDict()
        self._shared: Counter[tuple[str, str]] = Counter()
        self._sampled: Counter[str] = Counter()
        self._changed: set[tuple[str, str]] = set()
        self._told: dict[tuple[str, str], _Told] = {}

    def __len__(self) -> int:
        return len(self._traces)

    def see(self, topic: str, trace_id: bytes, timestamp_ms: int, now_ms: int) -> None:
        """Take in one record, in any order."""
        hashed = blake2b(trace_id, key=self._key, digest_size=_HASH_BYTES).digest()
        trace = self._traces.get(hashed)
        if trace is None:
            trace = self._traces[hashed] = _Trace(now_ms, {})
            self._shrink(now_ms)
        trace.touched_ms = now_ms
        self._traces.move_to_end(hashed)
        known_ms = trace.first_ms.get(topic)
        if known_ms is None:
            if len(trace.first_ms) < _MOST_TOPICS:
                self._sampled[topic] += 1
                self._place(trace, topic, timestamp_ms)
        elif timestamp_ms < known_ms:
            del trace.first_ms[topic]
            self._count(trace, topic, known_ms, -1)
            self._place(trace, topic, timestamp_ms)

    def forget_all_but(self, topics: set[str]) -> None:
        """Drop what was counted of topics that are gone."""
        for counts in (self._shared, self._told):
            for pair in [pair for pair in counts if not topics.issuperset(pair)]:
                del counts[pair]
        self._changed = {pair for pair in self._changed if topics.issuperset(pair)}
        self._sampled = Counter({topic: traces for topic, traces in self._sampled.items() if topic in topics})

    def facts(self, now_ms: int) -> Iterator[TracesShared]:
        """What is due: a pair for the first time, or one that grew and was told half a minute ago. More often first."""
        provenance = Provenance(Channel.HEADERS, now_ms, "trace ids in record headers")
        for pair in sorted(self._changed):
            upstream, downstream = pair
            forth, back = self._shared[upstream, downstream], self._shared[downstream, upstream]
            told = self._told.get(pair)
            if max(forth, back) < LEAST_TRACES or (told is not None and now_ms - told.at_ms < TELL_MS):
                continue
            self._changed.discard(pair)
            if told is not None and told.counts == (forth, back):
                continue
            self._told[pair] = _Told(now_ms, (forth, back))
            if back > forth:
                upstream, downstream, forth, back = downstream, upstream, back, forth
            yield TracesShared(provenance, upstream, downstream, forth, back, self._sampled[downstream])

    def _place(self, trace: _Trace, topic: str, timestamp_ms: int) -> None:
        self._count(trace, topic, timestamp_ms, 1)
        trace.first_ms[topic] = timestamp_ms

    def _count(self, trace: _Trace, topic: str, timestamp_ms: int, change: int) -> None:
        for other, other_ms in trace.first_ms.items():
            if other_ms != timestamp_ms:
                pair = (other, topic) if other_ms < timestamp_ms else (topic, other)
                if pair in self._shared or (change > 0 and len(self._shared) < self._limits.pairs):
                    self._shared[pair] += change
                    self._changed.add((min(pair), max(pair)))

    def _shrink(self, now_ms: int) -> None:
        oldest_ms = now_ms - self._limits.age_ms
        while len(self._traces) > self._limits.traces or next(iter(self._traces.values())).touched_ms < oldest_ms:
            self._traces.popitem(last=False)
