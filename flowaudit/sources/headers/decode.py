"""Records → what their headers and schema ids tell. Pure: remembers tallies, never a record."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Final, NamedTuple

from flowaudit.facts import Channel, DeadLettered, Fact, OriginNamed, Provenance, TracesShared
from flowaudit.sources.headers.dead_letters import dead_letter
from flowaudit.sources.headers.named import Headers, by_name
from flowaudit.sources.headers.origins import origins
from flowaudit.sources.headers.schema_ids import SchemaTally
from flowaudit.sources.headers.traces import TraceJoin, TraceLimits
from flowaudit.sources.headers.tracing import trace_id
from flowaudit.sources.kafka_log import LogRecord
from flowaudit.sources.schema_registry.framing import id_in_header, is_registrys_own

_MOST_NAMES: Final = 16
"""Of a topic: what names more origins of one convention is no name."""
_MOST_DEAD_LETTERS: Final = 1_000
"""Of a topic: a whole Connect cluster may share one queue, and each of its connectors fails with several topics."""


class Place(NamedTuple):
    """Which stretch of log records are from, and when it was read."""

    topic: str
    partition: int
    now_ms: int

    def provenance(self, record: LogRecord) -> Provenance:
        """A record's own time, unless it lies in the future or there is none."""
        own_ms = record.timestamp_ms
        observed_ms = min(own_ms, self.now_ms) if own_ms >= 0 else self.now_ms
        return Provenance(Channel.HEADERS, observed_ms, f"{self.topic}-{self.partition} @ {record.offset}")


class SchemaSeen(NamedTuple):
    """A schema id of a topic; `is_certain` is false for one that only a registry can confirm."""

    provenance: Provenance
    topic: str
    part: str
    schema_id: str
    is_certain: bool
    may_ask: bool
    """Is it an id of the registry that is configured? Apicurio's own numbers are not."""
    in_header: bool = False
    """A header with such a name says it: no registry has to confirm that it is one."""


class RecordScan:
    """Takes records of data topics in any order and gives what is worth telling of those taken since the last time."""

    def __init__(self, key: bytes, limits: TraceLimits | None = None) -> None:
        """`key`: up to 64 random bytes, drawn anew by each process, under which trace ids are hashed."""
        self._traces = TraceJoin(key, limits)
        self._named: dict[Hashable, DeadLettered | OriginNamed] = {}
        self._names: dict[tuple[str, str], set[str]] = {}
        self._tallies: dict[tuple[str, str], SchemaTally] = {}
        self._in_headers: dict[tuple[str, str], dict[str, SchemaSeen]] = {}
        self._latest: dict[tuple[str, str], Provenance] = {}

    def take(self, place: Place, records: Iterable[LogRecord]) -> None:
        """Take in some records of one partition."""
        for record in records:
            headers = by_name(record.headers) if record.headers else {}
            self._schemas(place, record, headers)
            if headers:
                self._trace(place, record, headers)
                self._dead_letter(place, record, headers)
                self._origins(place, record, headers)

    def named(self) -> Iterator[tuple[Hashable, Fact]]:
        """Dead letters and origins of the records since the last call, each beside what it speaks about."""
        told, self._named = self._named, {}
        yield from told.items()

    def traces(self, now_ms: int) -> Iterator[TracesShared]:
        """Pairs of topics that are due."""
        return self._traces.facts(now_ms)

    def schemas(self) -> Iterator[SchemaSeen]:
        """Schema ids of the topics with records since the last call."""
        told, self._in_headers = self._in_headers, {}
        for _, found in sorted(told.items()):
            for _, seen in sorted(found.items()):
                yield seen
        latest, self._latest = self._latest, {}
        for (topic, part), provenance in sorted(latest.items()):
            tally = self._tallies[topic, part]
            certain = tally.certain()
            for schema_id in sorted(certain | tally.possible()):
                is_certain = schema_id in certain
                yield SchemaSeen(provenance, topic, part, schema_id, is_certain=is_certain, may_ask=True)

    def keep_only(self, topics: Iterable[str]) -> None:
        """Drop what is remembered of all other topics."""
        kept = set(topics)
        self._traces.forget_all_but(kept)
        self._names = {key: names for key, names in self._names.items() if key[0] in kept}
        self._tallies = {key: tally for key, tally in self._tallies.items() if key[0] in kept}
        self._latest = {key: latest for key, latest in self._latest.items() if key[0] in kept}

    def _trace(self, place: Place, record: LogRecord, headers: Headers) -> None:
        found = trace_id(headers)
        if found is not None and record.timestamp_ms >= 0:
            self._traces.see(place.topic, found, record.timestamp_ms, place.now_ms)

    def _dead_letter(self, place: Place, record: LogRecord, headers: Headers) -> None:
        found = dead_letter(headers, place.topic)
        if found is not None and self._has_room(place.topic, "dead-letter", "\n".join(found), _MOST_DEAD_LETTERS):
            key = (place.topic, found)
            if self._is_newest(key, record):
                self._named[key] = DeadLettered(
                    place.provenance(record), found.topic, place.topic, found.carrier, found.name
                )

    def _origins(self, place: Place, record: LogRecord, headers: Headers) -> None:
        for origin in origins(headers):
            key = (place.topic, origin)
            if self._has_room(place.topic, origin.scheme, origin.name) and self._is_newest(key, record):
                self._named[key] = OriginNamed(place.provenance(record), place.topic, origin.scheme, origin.name)

    def _schemas(self, place: Place, record: LogRecord, headers: Headers) -> None:
        for part, payload in (("key", record.key), ("value", record.value)):
            at = (place.topic, part)
            in_header = id_in_header(headers, part) if headers else ""
            if in_header:
                if self._has_room(place.topic, f"{part}-schema", in_header):
                    own = is_registrys_own(headers, part)
                    seen = SchemaSeen(place.provenance(record), *at, in_header, True, own, in_header=True)
                    self._in_headers.setdefault(at, {})[in_header] = seen
            elif payload:
                tally = self._tallies.get(at)
                if tally is None:
                    tally = self._tallies[at] = SchemaTally()
                if tally.add(payload):
                    self._latest[at] = place.provenance(record)

    def _is_newest(self, key: Hashable, record: LogRecord) -> bool:
        known = self._named.get(key)
        return known is None or known.provenance.observed_ms <= record.timestamp_ms

    def _has_room(self, topic: str, kind: str, name: str, most: int = _MOST_NAMES) -> bool:
        names = self._names.setdefault((topic, kind), set())
        if name not in names and len(names) < most:
            names.add(name)
        return name in names
