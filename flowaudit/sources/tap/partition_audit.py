"""The audit of one partition: span after span, each taught by the one before it alone. Pure, with a memory.

What is found out about fields must not depend on when the tap was started, nor on how partitions interleave. So a
partition is audited by itself, in spans of offsets, and a span knows nothing but its own records and what the span
before found out by itself. Whoever reads a partition from the beginning of the span before goes on as if he had
never been away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.event_time import EventClock
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.aliases import AliasMaker
from flowaudit.sources.tap.discovery import Record
from flowaudit.sources.tap.formats.schema_book import SchemaBook
from flowaudit.sources.tap.limits import Limit, Limits
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.topic_audit import FieldNumbers, Learned, RecordsAudited, TopicAudit

_TELLING_RECORDS: Final = 32
"""A span that was looked at so often speaks for itself."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where the audit of a partition goes on that was begun by an earlier run."""

    account_start: int
    """The first offset that was ever accounted for: the span that holds it is the first one."""
    link_from: int
    """Offsets below are read to learn the fields again; their sightings are told already, or not needed."""
    clock_ms: int
    """The partition's event time just before `link_from`."""

    def read_from(self, span_offsets: int) -> int:
        """The offset from which on the partition must be read: the beginning of the span before."""
        return max(self.account_start, (self.link_from // span_offsets - 1) * span_offsets)


class PartitionAudit:
    """Audits the records of one partition; without `resumed` its first span begins with the first record."""

    def __init__(
        self,
        settings: AuditSettings,
        pseudonymiser: Pseudonymiser,
        resumed: Resumed | None = None,
        book: SchemaBook | None = None,
        aliases: AliasMaker | None = None,
    ) -> None:
        self._settings = settings
        self._book = book or SchemaBook()
        self._pseudonymiser = pseudonymiser
        self._aliases = aliases or AliasMaker(pseudonymiser)
        self._numbers = FieldNumbers()
        self._first_span = None if resumed is None else resumed.account_start // settings.span_offsets
        self._link_from = 0 if resumed is None else resumed.link_from
        self._clock = EventClock() if resumed is None else EventClock(resumed.clock_ms)
        self._span = -1
        self._late: set[int] = set()
        """Offsets of the span's late records: they may wait for their field to be decided."""
        self._audit = self._new_span(Learned({}, is_opaque=False))
        self._limits_before: Limits = {}

    @property
    def clock_ms(self) -> int:
        """Event time after the last record; -1 while it is not settled, see `EventClock`."""
        return self._clock.now_ms if self._clock.is_settled else -1

    def audit(self, records: Sequence[Record], partition: int, now_ms: int) -> RecordsAudited:
        """Audit the next records. Rows of late ones, and of those below `link_from`, are left out."""
        audited = RecordsAudited()
        for span, piece in _cut(records, self._settings.span_offsets):
            if span != self._span:
                self._enter(span)
            self._tell_time(piece, now_ms)
            found, digested = len(audited.rows), len(audited.digests)
            self._audit.audit(piece, partition, audited)
            audited.rows[found:] = [self._linkable(rows) for rows in audited.rows[found:]]
            audited.digests[digested:] = [self._linkable(rows) for rows in audited.digests[digested:]]
        return audited

    def fields(self) -> tuple[tuple[str, ...], tuple[bool, ...]]:
        """What the numbers in `rows["field"]` stand for, as of now."""
        return self._numbers.fields()

    def limits(self) -> Limits:
        """What keeps identifiers of this partition from being seen, in this span or, at first, in the one before."""
        found: Limits = dict.fromkeys(self._audit.limits, 0)
        if self._late:
            found[Limit.LATE] = len(self._late)
        return self._limits_before | found if self._audit.sampled < _TELLING_RECORDS else found

    def _enter(self, span: int) -> None:
        if self._first_span is None:
            self._first_span = span
        self._limits_before = self.limits() if self._span == span - 1 else {}
        before = self._audit.learned() if self._span == span - 1 else Learned({}, is_opaque=False)
        is_first = span == self._first_span
        self._audit = self._new_span(None if is_first else before)
        self._span = span
        self._late = set()

    def _new_span(self, before: Learned | None) -> TopicAudit:
        return TopicAudit(self._settings, self._pseudonymiser, self._numbers, self._book, self._aliases, before)

    def _tell_time(self, records: Sequence[Record], now_ms: int) -> None:
        if records[0].offset < self._link_from:
            records = [record for record in records if record.offset >= self._link_from]
        times = np.array([record.timestamp for record in records], dtype=np.int64)
        for index in np.flatnonzero(self._clock.late(times, now_ms)).tolist():
            self._late.add(records[index].offset)

    def _linkable(self, rows: NDArray[np.void]) -> NDArray[np.void]:
        if self._late:
            rows = rows[~np.isin(rows["offset"], list(self._late))]
        return rows[rows["offset"] >= self._link_from] if self._link_from else rows


def _cut(records: Sequence[Record], span_offsets: int) -> Iterator[tuple[int, Sequence[Record]]]:
    """The records of each span, with its number."""
    start = 0
    while start < len(records):
        span = records[start].offset // span_offsets
        end = start
        if records[-1].offset // span_offsets == span:
            end = len(records)
        while end < len(records) and records[end].offset // span_offsets == span:
            end += 1
        yield span, records if end - start == len(records) else records[start:end]
        start = end
