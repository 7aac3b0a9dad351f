"""The audit of a run: records in, facts and keyed tokens out. No I/O, no clock.

Nothing that it returns or raises holds a value, a key or an identifier. This is the tap's hot path: whole runs are
worked on column by column, so that hardly any Python runs per record; see `benchmarks/tap`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

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
from flowaudit.sources.tap.discovery import Record
from flowaudit.sources.tap.segments import segments_of
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.sightings import in_offset_order
from flowaudit.sources.tap.topic_audit import TopicAudit

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
    """Audits runs of any number of topics, and learns their fields on the way.

    The same records of a topic in the same order give the same classes of offsets, the same sightings and the same
    decisions on fields, however they are cut into runs.
    """

    def __init__(self, settings: AuditSettings) -> None:
        self._settings = settings
        self._pseudonymiser = Pseudonymiser(settings.key, settings.key_id, settings.theta)
        self._topics: dict[tuple[str, str], TopicAudit] = {}

    def audit(self, run: TappedRun, now_ms: int) -> AuditedRun:
        """Audit one run; `now_ms` goes into the facts' provenance.

        Raises:
            ValueError: the run covers no offset.
        """
        if run.next_offset <= run.from_offset:
            msg = f"{run!r} covers no offset"
            raise ValueError(msg)
        topic = self._topic(run.topic, run.topic_id)
        audited = topic.audit(run.records, run.partition)
        provenance = Provenance(Channel.LINKAGE, now_ms, REFERENCE)
        return AuditedRun(
            fact=self._account(run, provenance, audited.unreadable, audited.value_bytes, audited.tombstones),
            quarantined=(
                *(self._quarantined(run, provenance, low, "damaged-batch", 0) for low, _ in run.damaged),
                *(
                    self._quarantined(run, provenance, offset, reason, size)
                    for offset, reason, size in audited.unreadable
                    if not topic.is_opaque
                ),
            ),
            sightings=self._sightings(run, topic, audited.rows),
            profiled=topic.profiled(audited.decided, run.topic, provenance),
            not_visible=topic.newly_opaque(run.topic, provenance),
        )

    def forget(self, topic: str) -> None:
        """Drop what was learned of a topic that is gone."""
        self._topics = {key: audit for key, audit in self._topics.items() if key[0] != topic}

    def _topic(self, topic: str, topic_id: str) -> TopicAudit:
        known = self._topics.get((topic, topic_id))
        if known is None:
            self.forget(topic)
            known = self._topics[topic, topic_id] = TopicAudit(self._settings, self._pseudonymiser)
        return known

    @staticmethod
    def _account(
        run: TappedRun,
        provenance: Provenance,
        unreadable: Sequence[tuple[int, str, int]],
        value_bytes: int,
        tombstones: int,
    ) -> RunAudited:
        bad = [*run.damaged, *((offset, offset + 1) for offset, _, _ in unreadable)]
        return RunAudited(
            provenance=provenance,
            topic=run.topic,
            topic_id=run.topic_id,
            partition=run.partition,
            segments=segments_of(range(run.from_offset, run.next_offset), run.records, bad, run.holes),
            first_timestamp_ms=run.records[0].timestamp if run.records else -1,
            last_timestamp_ms=run.records[-1].timestamp if run.records else -1,
            value_bytes=value_bytes,
            tombstones=tombstones,
        )

    @staticmethod
    def _quarantined(run: TappedRun, provenance: Provenance, offset: int, reason: str, size: int) -> RecordQuarantined:
        return RecordQuarantined(provenance, run.topic, run.topic_id, run.partition, offset, reason, size)

    def _sightings(self, run: TappedRun, topic: TopicAudit, rows: list[Any]) -> SightingRun | None:
        if not run.records:
            return None
        fields, instance = topic.fields()
        return SightingRun(
            topic=run.topic,
            partition=run.partition,
            fields=fields,
            field_is_instance=instance,
            key_id=self._settings.key_id,
            theta=self._settings.theta,
            records=len(run.records),
            rows=in_offset_order(rows),
        )
