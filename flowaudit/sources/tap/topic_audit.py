"""The audit of one span of a partition: what can be read, which identifiers, what was learned. Pure, with a memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flowaudit.facts import FieldProfiled, Provenance
from flowaudit.linkage.canonical import canonical_column, canonical_key_column
from flowaudit.linkage.preimages import FUNCTIONS, OFTEN, text_of
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.aliases import AliasMaker
from flowaudit.sources.tap.decode import NOTHING, Decoded
from flowaudit.sources.tap.discovery import Discovery, FieldDecided, Record, Sampled
from flowaudit.sources.tap.fields import Decision
from flowaudit.sources.tap.formats.habits import Habits
from flowaudit.sources.tap.formats.schema_book import SchemaBook
from flowaudit.sources.tap.header_values import any_left_out, header_column, header_leaves
from flowaudit.sources.tap.limits import Limit
from flowaudit.sources.tap.parts import KEYS, VALUES, PartReader, are_plain_keys, named_schema
from flowaudit.sources.tap.paths import KEY, Path, Root, path_text
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.sightings import (
    Rows,
    SpelledColumn,
    rows_of_digests,
    rows_of_pending,
    sightings_of_column,
)

_OPAQUE_AFTER_RECORDS = 64
_OPAQUE_SHARE = 0.9
_LATELY_RECORDS = 128
"""Whether a topic can be read again is asked of about so many of its latest records."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a span teaches the next one: what it found out by itself, nothing that it was taught."""

    decisions: Mapping[Path, Decision]
    is_opaque: bool
    values: Habits = field(default_factory=Habits)
    keys: Habits = field(default_factory=Habits)


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
    digests: list[Rows] = field(default_factory=list)
    """All values of fields that hold digests, sampled or not."""
    aliases: list[bytes] = field(default_factory=list)
    """Entries of an `ALIAS` array."""
    decided: list[FieldDecided] = field(default_factory=list)
    value_bytes: int = 0
    tombstones: int = 0
    opaque_for: str = ""
    """Why nearly nothing can be read, when that was found in this run."""


class TopicAudit:
    """Audits the records of one span of a partition; `before` is what the span before learned, None for the first."""

    def __init__(
        self,
        settings: AuditSettings,
        pseudonymiser: Pseudonymiser,
        numbers: FieldNumbers,
        book: SchemaBook,
        aliases: AliasMaker,
        before: Learned | None,
    ) -> None:
        self._pseudonymiser = pseudonymiser
        self._numbers = numbers
        self._aliases = aliases
        self._discovery = Discovery(settings, pseudonymiser, None if before is None else before.decisions)
        self._was_opaque = before is not None and before.is_opaque
        self._values = PartReader(VALUES, settings.max_value_bytes, book, None if before is None else before.values)
        self._keys = PartReader(KEYS, settings.max_value_bytes, book, None if before is None else before.keys)
        self._wanted = self._discovery.tokenised()
        self._want()
        self._records = 0
        self._unreadable = 0
        self._lately = (0.0, 0.0)
        """Records and unreadable ones of late: older ones count for less."""
        self._reasons: Counter[str] = Counter()

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
        plain = [NOTHING if value is None else value for value in values] if tombstones else values
        decoded = self._values.decode(plain, records)  # type: ignore[arg-type]  # no None is left
        audited.tombstones += tombstones
        audited.value_bytes += decoded.value_bytes - tombstones * len(NOTHING)
        self._count_unreadable(records, decoded.unreadable, audited)
        self._observe_sample(records, partition)
        self._tokenise(records, decoded, audited)

    def _count_unreadable(
        self, records: Sequence[Record], unreadable: Mapping[int, str], audited: RecordsAudited
    ) -> None:
        before = self._records
        for index in sorted(unreadable):
            record = records[index]
            self._records = before + index + 1
            self._unreadable += 1
            self._reasons[unreadable[index]] += 1
            told = (record.offset, unreadable[index], len(record.value or b""))
            audited.unreadable.append(told)
            if not self.is_opaque:
                audited.told_unreadable.append(told)
            elif self._records >= _OPAQUE_AFTER_RECORDS and not audited.opaque_for:
                audited.opaque_for = self._commonest_reason()
        self._records = before + len(records)
        lately, unread = self._lately
        while lately >= _LATELY_RECORDS:
            lately, unread = lately / 2, unread / 2
        self._lately = (lately + len(records), unread + len(unreadable))

    def _observe_sample(self, records: Sequence[Record], partition: int) -> None:
        position = 0
        while position < len(records):
            ahead = self._discovery.next_sampled()
            if position + ahead >= len(records):
                self._discovery.skip(len(records) - position)
                return
            self._discovery.skip(ahead)
            position += ahead
            self._discovery.observe(records[position], partition, self._sampled(records[position]))
            position += 1

    def _sampled(self, record: Record) -> Sampled:
        headers = record.headers
        value = None if record.value is None else self._values.sampled(record.value, named_schema(headers, VALUES))
        key = None if record.key is None else self._keys.sampled(record.key, named_schema(headers, KEYS))
        is_opaque = record.key is not None and key is None
        if not headers:
            return Sampled(value, key, is_opaque)
        return Sampled(value, key, is_opaque, tuple(header_leaves(headers)), any_left_out(headers))

    def _tokenise(self, records: Sequence[Record], decoded: Decoded, audited: RecordsAudited) -> None:
        keys = self._decoded_keys(records)
        for path in self._wanted:
            column = self._column(path, records, decoded, keys)
            found = sightings_of_column(self._pseudonymiser, column, records, self._number(path))
            if len(found.rows):
                self._discovery.observe_tokens(path, found.rows["token"])
                audited.rows.append(found.rows)
                audited.aliases += self._aliases.of_previous_key(found)
            if self._discovery.holds_digests(path):
                audited.digests.append(rows_of_digests(self._pseudonymiser, column, records, self._number(path)))
            elif len(found.rows):
                functions = OFTEN if self._discovery.is_instance(path) else FUNCTIONS
                audited.aliases += self._aliases.of(found, column, (self._numbers, path), functions=functions)

    def _decoded_keys(self, records: Sequence[Record]) -> Decoded | None:
        """The keys' columns; None when keys are not wanted, or are all plain text and wanted whole."""
        if not self._keys.wanted:
            return None
        keys = [record.key or NOTHING for record in records]
        if self._keys.wanted == (KEY,) and self._keys.are_undivided and are_plain_keys(keys):
            return None
        return self._keys.decode(keys, records)

    def _column(self, path: Path, records: Sequence[Record], values: Decoded, keys: Decoded | None) -> SpelledColumn:
        """A wanted field of these records."""
        if path == KEY and keys is None:
            plain = [record.key for record in records]
            region = self._discovery.region_of(path)
            if region is None:
                return SpelledColumn(canonical_key_column(plain), None, plain)
            texts = [None if key is None else text_of(key) for key in plain]
            return SpelledColumn(canonical_column(texts, region), None, texts)
        if path[:1] == (Root.HEADERS,):
            column = header_column(records, path)
        else:
            decoded = keys if path[:1] == KEY and keys is not None else values
            column = decoded.columns[path]
        forms = canonical_column(column.values, self._discovery.region_of(path))
        return SpelledColumn(forms, column.rows, column.values)

    def _decide(self, audited: RecordsAudited) -> None:
        for decided in self._discovery.decide():
            audited.decided.append(decided)
            if decided.waiting:
                audited.rows.append(rows_of_pending(decided.waiting, self._number(decided.path)))
        self._values.settle()
        self._keys.settle()
        wanted = self._discovery.tokenised()
        if wanted != self._wanted:
            self._wanted = wanted
            self._want()

    def _want(self) -> None:
        self._keys.want([path for path in self._wanted if path[:1] == KEY])
        self._values.want([path for path in self._wanted if not path or not isinstance(path[0], Root)])

    def _number(self, path: Path) -> int:
        return self._numbers.of(path, is_instance=self._discovery.is_instance(path))

    @property
    def is_opaque(self) -> bool:
        """Whether nearly nothing can be read here: encrypted, of an unknown schema, or opaque for another reason."""
        if self._records < _OPAQUE_AFTER_RECORDS:
            return self._was_opaque
        return self._unreadable >= _OPAQUE_SHARE * self._records

    @property
    def sampled(self) -> int:
        """Records of the span that were looked at in full."""
        return self._discovery.sampled

    @property
    def limits(self) -> set[Limit]:
        """What keeps identifiers of these records from being seen, as of now."""
        opaque = self.is_opaque
        if opaque and self._records >= _OPAQUE_AFTER_RECORDS:
            opaque = self._lately[1] >= _OPAQUE_SHARE * self._lately[0]
        found = self._discovery.limits.now()
        return found | {Limit.UNDECODABLE} if opaque else found

    def learned(self) -> Learned:
        """What the next span is taught."""
        is_opaque = self._records >= _OPAQUE_AFTER_RECORDS and self.is_opaque
        return Learned(self._discovery.learned(), is_opaque, self._values.learned, self._keys.learned)

    def _commonest_reason(self) -> str:
        return max(self._reasons, key=lambda reason: (self._reasons[reason], reason))


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
            each.decision.holds_digests,
        )
        for each in decided
    )
