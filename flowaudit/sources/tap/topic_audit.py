"""The audit of one topic's records: readable or not, which identifiers, and what was learned. Pure, with a memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flowaudit.facts import FieldProfiled, NotVisible, Provenance
from flowaudit.linkage.canonical import canonical_column, canonical_key_column
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.decode import TOMBSTONE, Decoded, TypedDecoder
from flowaudit.sources.tap.discovery import Discovery, FieldDecided, Record
from flowaudit.sources.tap.paths import KEY, Path, path_text
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.sightings import Rows, rows_of_column, rows_of_pending

_OPAQUE_AFTER_RECORDS = 64
_OPAQUE_SHARE = 0.9


@dataclass(slots=True)
class RecordsAudited:
    """What the records of one run gave."""

    unreadable: list[tuple[int, str, int]] = field(default_factory=list)
    """Offset, reason, size in bytes."""
    rows: list[Rows] = field(default_factory=list)
    decided: list[FieldDecided] = field(default_factory=list)
    value_bytes: int = 0
    tombstones: int = 0


class TopicAudit:
    """Audits records of one topic, of all its partitions in turn."""

    def __init__(self, settings: AuditSettings, pseudonymiser: Pseudonymiser) -> None:
        self._settings = settings
        self._pseudonymiser = pseudonymiser
        self._discovery = Discovery(settings, pseudonymiser)
        self._fields: list[Path] = []
        """Every field that was ever tokenised; `SightingRun.fields` lists them in this order."""
        self._wanted: list[Path] = []
        self._decoder = TypedDecoder((), settings.max_value_bytes)
        self._records = 0
        self._unreadable = 0
        self._said_opaque = False

    def audit(self, records: Sequence[Record], partition: int) -> RecordsAudited:
        """Audit records in the order in which they stand. Decisions take effect with the record after them."""
        audited = RecordsAudited()
        start = 0
        while start < len(records):
            end = min(len(records), start + self._discovery.records_to_decision())
            self._audit_chunk(records if end - start == len(records) else records[start:end], partition, audited)
            if self._discovery.is_due():
                self._decide(audited)
            start = end
        return audited

    def _audit_chunk(self, records: Sequence[Record], partition: int, audited: RecordsAudited) -> None:
        values = [record.value for record in records]
        tombstones = values.count(None)
        plain = [TOMBSTONE if value is None else value for value in values] if tombstones else values
        decoded = self._decoder.decode(plain)  # type: ignore[arg-type]  # no None is left
        audited.tombstones += tombstones
        audited.value_bytes += decoded.value_bytes - tombstones * len(TOMBSTONE)
        audited.unreadable += [
            (records[index].offset, reason, len(values[index] or b"")) for index, reason in decoded.unreadable.items()
        ]
        self._records += len(records)
        self._unreadable += len(decoded.unreadable)
        self._observe_sample(records, partition, decoded.unreadable)
        self._tokenise(records, decoded, audited)

    def _observe_sample(self, records: Sequence[Record], partition: int, unreadable: dict[int, str]) -> None:
        position = 0
        while position < len(records):
            ahead = self._discovery.next_sampled()
            if position + ahead >= len(records):
                self._discovery.skip(len(records) - position)
                return
            self._discovery.skip(ahead)
            position += ahead
            self._discovery.observe(records[position], partition, readable=position not in unreadable)
            position += 1

    def _tokenise(self, records: Sequence[Record], decoded: Decoded, audited: RecordsAudited) -> None:
        for path in self._wanted:
            if path == KEY:
                forms, owners = canonical_key_column(_readable_keys(records, decoded.unreadable)), None
            else:
                column = decoded.columns[path]
                forms, owners = canonical_column(column.values), column.rows
            rows = rows_of_column(self._pseudonymiser, forms, owners, records, self._fields.index(path))
            if len(rows):
                self._discovery.observe_tokens(path, rows["token"])
                audited.rows.append(rows)

    def _decide(self, audited: RecordsAudited) -> None:
        for decided in self._discovery.decide():
            audited.decided.append(decided)
            if decided.decision.tokenised and decided.path not in self._fields:
                self._fields.append(decided.path)
            if decided.waiting:
                audited.rows.append(rows_of_pending(decided.waiting, self._fields.index(decided.path)))
        wanted = self._discovery.tokenised()
        if wanted != self._wanted:
            self._wanted = wanted
            self._decoder = TypedDecoder((path for path in wanted if path != KEY), self._settings.max_value_bytes)

    def fields(self) -> tuple[tuple[str, ...], tuple[bool, ...]]:
        """The paths that rows point into, and whether each names instances, as of now."""
        return (
            tuple(map(path_text, self._fields)),
            tuple(map(self._discovery.is_instance, self._fields)),
        )

    @property
    def is_opaque(self) -> bool:
        """Whether nearly nothing of the topic can be read: encrypted, Avro, or no JSON for another reason."""
        return self._records >= _OPAQUE_AFTER_RECORDS and self._unreadable >= _OPAQUE_SHARE * self._records

    def newly_opaque(self, topic: str, provenance: Provenance) -> tuple[NotVisible, ...]:
        """The fact that the topic cannot be read, the first time that it is so."""
        if self._said_opaque or not self.is_opaque:
            return ()
        self._said_opaque = True
        hides = "identifiers in its records; the records themselves are counted"
        return (NotVisible(provenance, "topic", topic, "undecodable", hides),)

    def profiled(
        self, decided: Iterable[FieldDecided], topic: str, provenance: Provenance
    ) -> tuple[FieldProfiled, ...]:
        """Decisions as facts."""
        return tuple(
            FieldProfiled(
                provenance,
                topic,
                path_text(each.path),
                each.decision.field_class,
                each.sampled_records,
                each.decision.tokenised,
                each.decision.reason,
            )
            for each in decided
        )


def _readable_keys(records: Sequence[Record], unreadable: dict[int, str]) -> list[bytes | None]:
    keys = [record.key for record in records]
    for index in unreadable:
        keys[index] = None
    return keys
