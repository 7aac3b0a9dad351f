"""The audit of one span of a partition: what can be read, which identifiers, what was learned. Pure, with a memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flowaudit.facts import FieldProfiled, Provenance
from flowaudit.linkage.canonical import canonical_column, canonical_key_column
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.decode import TOMBSTONE, Decoded, TypedDecoder
from flowaudit.sources.tap.discovery import Discovery, FieldDecided, Record
from flowaudit.sources.tap.fields import Decision
from flowaudit.sources.tap.paths import KEY, Path, path_text
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.sightings import Rows, rows_of_column, rows_of_pending

_OPAQUE_AFTER_RECORDS = 64
_OPAQUE_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Learned:
    """What a span teaches the next one: what it found out by itself, nothing that it was taught."""

    decisions: Mapping[Path, Decision]
    is_opaque: bool


class FieldNumbers:
    """The numbers by which rows name a field and what its values name, for as long as a partition is tapped."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Path, bool], int] = {}

    def of(self, path: Path, *, is_instance: bool) -> int:
        """The number of a field while its values name instances, or while they do not."""
        return self._numbers.setdefault((path, is_instance), len(self._numbers))

    def fields(self) -> tuple[tuple[str, ...], tuple[bool, ...]]:
        """Paths and whether they name instances, by number. A path whose values were taken for both is in it twice."""
        return tuple(path_text(path) for path, _ in self._numbers), tuple(instance for _, instance in self._numbers)


@dataclass(slots=True)
class RecordsAudited:
    """What the records of one run gave."""

    unreadable: list[tuple[int, str, int]] = field(default_factory=list)
    """Offset, reason, size in bytes."""
    told_unreadable: list[tuple[int, str, int]] = field(default_factory=list)
    """Those of them that were met while the partition could still be read, for the most part."""
    rows: list[Rows] = field(default_factory=list)
    decided: list[FieldDecided] = field(default_factory=list)
    value_bytes: int = 0
    tombstones: int = 0
    is_opaque: bool = False
    """Was it found, in this run, that nearly nothing can be read?"""


class TopicAudit:
    """Audits the records of one span of a partition; `before` is what the span before learned, None for the first."""

    def __init__(
        self, settings: AuditSettings, pseudonymiser: Pseudonymiser, numbers: FieldNumbers, before: Learned | None
    ) -> None:
        self._settings = settings
        self._pseudonymiser = pseudonymiser
        self._numbers = numbers
        self._discovery = Discovery(settings, pseudonymiser, None if before is None else before.decisions)
        self._was_opaque = before is not None and before.is_opaque
        self._wanted = self._discovery.tokenised()
        self._decoder = self._new_decoder()
        self._records = 0
        self._unreadable = 0

    def audit(self, records: Sequence[Record], partition: int, audited: RecordsAudited) -> None:
        """Audit records in the order in which they stand. Decisions take effect with the record after them."""
        start = 0
        while start < len(records):
            end = min(len(records), start + self._discovery.records_to_decision())
            self._audit_chunk(records if end - start == len(records) else records[start:end], partition, audited)
            if self._discovery.is_due():
                self._decide(audited)
            start = end

    def _audit_chunk(self, records: Sequence[Record], partition: int, audited: RecordsAudited) -> None:
        values = [record.value for record in records]
        tombstones = values.count(None)
        plain = [TOMBSTONE if value is None else value for value in values] if tombstones else values
        decoded = self._decoder.decode(plain)  # type: ignore[arg-type]  # no None is left
        audited.tombstones += tombstones
        audited.value_bytes += decoded.value_bytes - tombstones * len(TOMBSTONE)
        self._count_unreadable(records, decoded.unreadable, audited)
        self._observe_sample(records, partition, decoded.unreadable)
        self._tokenise(records, decoded, audited)

    def _count_unreadable(
        self, records: Sequence[Record], unreadable: Mapping[int, str], audited: RecordsAudited
    ) -> None:
        before = self._records
        for index in sorted(unreadable):
            record = records[index]
            self._records = before + index + 1
            self._unreadable += 1
            told = (record.offset, unreadable[index], len(record.value or b""))
            audited.unreadable.append(told)
            if not self.is_opaque:
                audited.told_unreadable.append(told)
            elif self._records >= _OPAQUE_AFTER_RECORDS:
                audited.is_opaque = True
        self._records = before + len(records)

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
            rows = rows_of_column(self._pseudonymiser, forms, owners, records, self._number(path))
            if len(rows):
                self._discovery.observe_tokens(path, rows["token"])
                audited.rows.append(rows)

    def _decide(self, audited: RecordsAudited) -> None:
        for decided in self._discovery.decide():
            audited.decided.append(decided)
            if decided.waiting:
                audited.rows.append(rows_of_pending(decided.waiting, self._number(decided.path)))
        wanted = self._discovery.tokenised()
        if wanted != self._wanted:
            self._wanted = wanted
            self._decoder = self._new_decoder()

    def _new_decoder(self) -> TypedDecoder:
        return TypedDecoder((path for path in self._wanted if path != KEY), self._settings.max_value_bytes)

    def _number(self, path: Path) -> int:
        return self._numbers.of(path, is_instance=self._discovery.is_instance(path))

    @property
    def is_opaque(self) -> bool:
        """Whether nearly nothing can be read here: encrypted, Avro, or no JSON for another reason."""
        if self._records < _OPAQUE_AFTER_RECORDS:
            return self._was_opaque
        return self._unreadable >= _OPAQUE_SHARE * self._records

    def learned(self) -> Learned:
        """What the next span is taught."""
        is_opaque = self._records >= _OPAQUE_AFTER_RECORDS and self.is_opaque
        return Learned(self._discovery.learned(), is_opaque)


def profiled(decided: Iterable[FieldDecided], topic: str, provenance: Provenance) -> tuple[FieldProfiled, ...]:
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
