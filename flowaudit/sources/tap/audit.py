"""The audit of a run: records in, facts and keyed tokens out. No I/O, no clock.

Nothing that it returns or raises holds a value, a key or an identifier. This is the tap's hot path: whole runs are
worked on column by column, so that hardly any Python runs per record; see `benchmarks/tap`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from flowaudit.sources.tap.partition_audit import PartitionAudit, Resumed
from flowaudit.sources.tap.plan import TapPartition
from flowaudit.sources.tap.segments import segments_of
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.sightings import alias_bytes, in_offset_order
from flowaudit.sources.tap.topic_audit import RecordsAudited, profiled

REFERENCE = "Fetch, read_committed, without a group"


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
    """Said once of a topic whose records cannot be read at all."""

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
    ) -> None:
        """`book`: the schemas that are known, which others may add to between two runs."""
        self._settings = settings
        self._book = book or SchemaBook()
        self._pseudonymiser = _pseudonymiser(settings)
        self._aliases = AliasMaker(self._pseudonymiser)
        self._resumed = dict(resumed or {})
        self._partitions: dict[TapPartition, PartitionAudit] = {}
        self._said_opaque: set[tuple[str, str]] = set()

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
            not_visible=self._newly_opaque(run, provenance, audited.opaque_for) if audited.opaque_for else (),
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

    def _newly_opaque(self, run: TappedRun, provenance: Provenance, reason: str) -> tuple[NotVisible, ...]:
        """The fact that the topic cannot be read, the first time that it is so."""
        if (run.topic, run.topic_id) in self._said_opaque:
            return ()
        self._said_opaque.add((run.topic, run.topic_id))
        hides = f"identifiers in its values ({reason}); the records themselves are counted"
        return (NotVisible(provenance, "topic", run.topic, "undecodable", hides),)

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
