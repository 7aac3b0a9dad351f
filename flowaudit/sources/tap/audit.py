"""The audit of a run: records in, facts and keyed tokens out. No I/O, no clock.

Nothing that it returns or raises holds a value, a key or an identifier. This is the tap's hot path: whole runs are
worked on column by column, so that hardly any Python runs per record; see `benchmarks/tap`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from flowaudit.facts import (
    Channel,
    FieldProfiled,
    NotVisible,
    OffsetClass,
    Provenance,
    RecordQuarantined,
    RunAudited,
    SightingRun,
)
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.aliases import AliasMaker
from flowaudit.sources.tap.discovery import Record
from flowaudit.sources.tap.formats.schema_book import SchemaBook
from flowaudit.sources.tap.hints import hints_for
from flowaudit.sources.tap.limits import Limit, Limits, blind_spot
from flowaudit.sources.tap.partition_audit import PartitionAudit, Resumed
from flowaudit.sources.tap.plan import Owns, TapPartition, owns_all
from flowaudit.sources.tap.segments import segments_of
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.sightings import alias_bytes, in_offset_order
from flowaudit.sources.tap.topic_audit import RecordsAudited, profiled

REFERENCE = "Fetch, read_committed, without a group"
_TOLD_LATER: Final = frozenset({Limit.LATE, Limit.UNDECODABLE})


@dataclass(frozen=True, slots=True)
class TappedRun:
    """A stretch of one partition as a Reader delivers it.

    `records` are in offset order within `[from_offset, next_offset)`; offsets without a record are holes. `damaged`
    are offset ranges of batches that failed their checksum or cannot be decompressed.
    """

    topic: str
    topic_id: str
    partition: int
    from_offset: int
    next_offset: int
    records: Sequence[Record] = field(repr=False)
    damaged: tuple[tuple[int, int], ...] = ()
    holes: OffsetClass = OffsetClass.INVISIBLE
    """What offsets without a record are: invisible, or truncated when the log begins after the position."""
    is_append_time: bool = False
    """Is the last record's timestamp the broker's (`LogAppendTime`)?"""
    is_transactional: bool = False
    """Was the last record written in a transaction?"""


@dataclass(frozen=True, slots=True)
class AuditedRun:
    """What a run gave."""

    fact: RunAudited
    quarantined: tuple[RecordQuarantined, ...] = ()
    sightings: SightingRun | None = None
    """None when the run held no records."""
    profiled: tuple[FieldProfiled, ...] = ()
    """Fields on which something was decided in this run."""
    not_visible: tuple[NotVisible, ...] = ()
    """Said once of each limit that keeps identifiers of the topic from being seen; then by `blind_spots`."""

    @property
    def facts(self) -> tuple[RunAudited | RecordQuarantined | FieldProfiled | NotVisible, ...]:
        """All facts of the run, the account first."""
        return (self.fact, *self.quarantined, *self.profiled, *self.not_visible)


class TapAudit:
    """Audits runs of any number of partitions, and learns their fields on the way.

    The records of a partition give the same classes of offsets, the same sightings and the same decisions on fields,
    however they are cut into runs, whatever is read of other partitions meanwhile, and wherever the audit was
    interrupted, provided that `resumed` says where it goes on.
    """

    def __init__(
        self,
        settings: AuditSettings,
        resumed: Mapping[TapPartition, Resumed] | None = None,
        book: SchemaBook | None = None,
        told_by: str = "",
    ) -> None:
        """`book`: the schemas that are known, which others may add to between two runs.

        `told_by`: the source that asks for `blind_spots` every minute, and whose success ends what is not told again.
        """
        self._told_by = told_by
        self._settings = settings
        self._book = book or SchemaBook()
        self._pseudonymiser = _pseudonymiser(settings)
        self._aliases = AliasMaker(self._pseudonymiser)
        self._resumed = dict(resumed or {})
        self._partitions: dict[TapPartition, PartitionAudit] = {}
        self._said: set[tuple[str, str, Limit]] = set()
        self._opaque_for: dict[str, str] = {}
        """By topic: why most of its records could not be read."""

    def audit(self, run: TappedRun, now_ms: int) -> AuditedRun:
        """Audit one run; `now_ms` goes into the facts' provenance.

        Raises:
            ValueError: the run covers no offset.
        """
        if run.next_offset <= run.from_offset:
            msg = f"{run!r} covers no offset"
            raise ValueError(msg)
        partition = self._partition(TapPartition(run.topic, run.topic_id, run.partition))
        audited = partition.audit(run.records, run.partition, now_ms)
        provenance = Provenance(Channel.LINKAGE, now_ms, REFERENCE)
        return AuditedRun(
            fact=self._account(run, provenance, audited, partition.clock_ms),
            quarantined=(
                *(self._quarantined(run, provenance, low, "damaged-batch", 0) for low, _ in run.damaged),
                *(self._quarantined(run, provenance, *told) for told in audited.told_unreadable),
            ),
            sightings=self._sightings(run, partition, audited),
            profiled=profiled(audited.decided, run.topic, provenance),
            not_visible=self._newly_limited(run, provenance, partition.limits(), audited.opaque_for),
        )

    def blind_spots(self, now_ms: int, owns: Owns = owns_all) -> tuple[NotVisible, ...]:
        """What keeps identifiers from being seen now, of the partitions that this reader owns: once for each topic."""
        found: dict[tuple[str, Limit], int] = {}
        for which, partition in self._partitions.items():
            if owns(which.topic, which.partition):
                for limit, records in partition.limits().items():
                    found[which.topic, limit] = found.get((which.topic, limit), 0) + records
        provenance = Provenance(Channel.LINKAGE, now_ms, REFERENCE)
        return tuple(
            blind_spot(topic, limit, self._detail(topic, limit, records), provenance, self._told_by)
            for (topic, limit), records in sorted(found.items())
        )

    def forget(self, topic: str) -> None:
        """Drop what was learned of a topic that is gone."""
        self._partitions = {key: audit for key, audit in self._partitions.items() if key.topic != topic}

    def _partition(self, which: TapPartition) -> PartitionAudit:
        known = self._partitions.get(which)
        if known is None:
            if any(key.topic == which.topic and key.topic_id != which.topic_id for key in self._partitions):
                self.forget(which.topic)
            resumed = self._resumed.pop(which, None)
            settings = replace(self._settings, hints=hints_for(which.topic, self._settings.hints))
            known = self._partitions[which] = PartitionAudit(
                settings, self._pseudonymiser, resumed, self._book, self._aliases
            )
        return known

    def _newly_limited(
        self, run: TappedRun, provenance: Provenance, limits: Limits, opaque_for: str
    ) -> tuple[NotVisible, ...]:
        """Limits that bite for the first time."""
        # What is counted, or may have been so in the span before alone, is left to `blind_spots`.
        limits = {limit: 0 for limit in limits if limit not in _TOLD_LATER}
        if opaque_for:
            self._opaque_for[run.topic] = opaque_for
            limits[Limit.UNDECODABLE] = 0
        new = sorted(limit for limit in limits if (run.topic, run.topic_id, limit) not in self._said)
        self._said |= {(run.topic, run.topic_id, limit) for limit in new}
        return tuple(
            blind_spot(run.topic, limit, self._detail(run.topic, limit, limits[limit]), provenance, self._told_by)
            for limit in new
        )

    def _detail(self, topic: str, limit: Limit, records: int) -> object:
        return self._opaque_for.get(topic, "unreadable") if limit is Limit.UNDECODABLE else records

    @staticmethod
    def _account(run: TappedRun, provenance: Provenance, audited: RecordsAudited, clock_ms: int) -> RunAudited:
        bad = [*run.damaged, *((offset, offset + 1) for offset, _, _ in audited.unreadable)]
        return RunAudited(
            provenance=provenance,
            topic=run.topic,
            topic_id=run.topic_id,
            partition=run.partition,
            segments=segments_of(range(run.from_offset, run.next_offset), run.records, bad, run.holes),
            first_timestamp_ms=run.records[0].timestamp if run.records else -1,
            last_timestamp_ms=run.records[-1].timestamp if run.records else -1,
            value_bytes=audited.value_bytes,
            tombstones=audited.tombstones,
            clock_ms=clock_ms,
            is_append_time=run.is_append_time,
            is_transactional=run.is_transactional,
        )

    @staticmethod
    def _quarantined(run: TappedRun, provenance: Provenance, offset: int, reason: str, size: int) -> RecordQuarantined:
        return RecordQuarantined(provenance, run.topic, run.topic_id, run.partition, offset, reason, size)

    def _sightings(self, run: TappedRun, partition: PartitionAudit, audited: RecordsAudited) -> SightingRun | None:
        if not run.records:
            return None
        fields, instance = partition.fields()
        return SightingRun(
            topic=run.topic,
            partition=run.partition,
            fields=fields,
            field_is_instance=instance,
            key_id=self._settings.key_id,
            theta=self._settings.theta,
            records=len(run.records),
            rows=in_offset_order(audited.rows),
            digests=in_offset_order(audited.digests),
            aliases=alias_bytes(audited.aliases),
        )


def _pseudonymiser(settings: AuditSettings) -> Pseudonymiser:
    before = settings.previous_key
    previous = None if before is None else Pseudonymiser(before, settings.previous_key_id, settings.theta)
    return Pseudonymiser(settings.key, settings.key_id, settings.theta, previous)
