"""Finding the fields of a topic that hold identifiers: a sample of records is decoded in full. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from flowaudit.facts import FieldClass
from flowaudit.linkage.canonical import Scalar, canonical, canonical_key
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.fields import MIN_VALUES, Decision, FieldProfile
from flowaudit.sources.tap.paths import KEY, Path, walk
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.shapes import IDENTIFIERS, Shape, shape_of, shape_of_key


class Record(Protocol):
    """What the audit asks of a record: aiokafka's C parser makes such objects, and so does its ConsumerRecord."""

    @property
    def offset(self) -> int:
        """Position in the partition."""

    @property
    def timestamp(self) -> int:
        """Unix milliseconds; -1 when the record has none."""

    @property
    def key(self) -> bytes | None:
        """The record's key."""

    @property
    def value(self) -> bytes | None:
        """The record's value; None is a tombstone."""


@dataclass(frozen=True, slots=True)
class PendingToken:
    """A sighting in a field that is not decided yet; it is handed out once the field is found to hold identifiers."""

    token: int
    offset: int
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class FieldDecided:
    """A decision that is new or has changed, and the sightings that waited for it."""

    path: Path
    decision: Decision
    sampled_records: int
    waiting: tuple[PendingToken, ...]


_NESTING: Final = frozenset({dict, list})
_MAX_PENDING: Final = 4_096
_SETTLED_VALUES: Final = 1_024
"""A field of which so many values were seen is not looked at any more, but for how often its tokens return."""
_MAX_STEP: Final = 16
_STEPS: Final = 64
"""Decisions cut runs into chunks, so they become rarer as the sample grows."""
_SETTLED_RECORDS: Final = 128
"""From so many sampled records on, a field that holds no identifiers is not waited for any more."""
_LATER_INTERVAL: Final = 32
_OUTWEIGHING_VALUES: Final = 256
"""On so many values a span's own decision stands against that of the span before."""
_TELLING_VALUES: Final = 64
"""That a field holds no identifiers is told to the next span when so many values say so."""


class Discovery:
    """The profiles of the fields in one span of a partition, and when to look at them.

    Sampled are the first `discovery_records`, then every 8th, every 32nd and in the end every `discovery_interval`-th:
    a field that is empty at first and rare later must be found too. Decisions are made when 8, 16, 32, 48 … records
    have been sampled, then rarer. Both follow from the sequence of records alone, so that the batching in which they
    arrive changes nothing.

    Args:
        settings: how much is sampled.
        pseudonymiser: decides the sample of identifiers.
        before: what the span before decided, which holds until enough values say otherwise; every 32nd record is
            then enough to sample. None in the first span.
    """

    def __init__(
        self, settings: AuditSettings, pseudonymiser: Pseudonymiser, before: Mapping[Path, Decision] | None = None
    ) -> None:
        self._settings = settings
        self._pseudonymiser = pseudonymiser
        self._is_first = before is None
        self._before = dict(before or {})
        self._profiles: dict[Path, FieldProfile] = {}
        self._decisions: dict[Path, Decision] = dict(self._before)
        self._pending: dict[Path, list[PendingToken]] = {}
        self._settled: set[Path] = set()
        self._settled_members: set[str] = set()
        self._seen = 0
        self._sampled = 0
        self._decide_at = MIN_VALUES

    def next_sampled(self) -> int:
        """How many records from here the next sampled one is; 0: the very next."""
        return self._sampled_from(self._seen) - self._seen

    def _sampled_from(self, index: int) -> int:
        """The first record from `index` on that is sampled; records of the span are numbered from 0."""
        if not self._is_first:
            return index + -index % min(_LATER_INTERVAL, self._settings.discovery_interval)
        first = self._settings.discovery_records
        for until, interval in ((first, 1), (16 * first, 8), (128 * first, 32)):
            candidate = index + -index % interval
            if candidate < until:
                return candidate
            index = max(index, until)
        return index + -index % self._settings.discovery_interval

    def skip(self, records: int) -> None:
        """Pass over records that are not sampled."""
        self._seen += records

    def records_to_decision(self) -> int:
        """How many further records may be taken before `decide` must be called, at least 1."""
        taken = self._seen
        for _ in range(self._decide_at - self._sampled):
            taken = self._sampled_from(taken) + 1
        return taken - self._seen

    def observe(self, record: Record, partition: int, *, readable: bool) -> None:
        """Look at one sampled record in full. One that cannot be read counts and shows nothing."""
        self._seen += 1
        self._sampled += 1
        if not readable:
            return
        key_is_looked_at = record.key is not None and KEY not in self._settled
        document = _document(record.value)
        if not key_is_looked_at and self._shows_nothing_new(document):
            return
        seen_forms = self._observe_fields(record, document, partition, all_forms=key_is_looked_at)
        if key_is_looked_at and record.key is not None:
            self._observe_key(record, record.key, partition, seen_forms)

    def _observe_fields(
        self, record: Record, document: dict[str, object], partition: int, *, all_forms: bool
    ) -> set[bytes]:
        """Take the votes of a record's members; returns their canonical forms, to compare the record's key with."""
        seen_forms: set[bytes] = set()
        seen_paths: set[Path] = set()
        for path, value in walk(document):
            if path in self._settled:
                if all_forms:
                    seen_forms.add(canonical(value))
                continue
            form = canonical(value)
            profile = self._vote(path, shape_of(value, record.timestamp), form, record)
            if profile is None:
                continue
            profile.records += path not in seen_paths
            if _is_number(value):
                profile.observe_number(partition, form)
            seen_forms.add(form)
            seen_paths.add(path)
        return seen_forms

    def _shows_nothing_new(self, document: dict[str, object]) -> bool:
        """Whether it is flat and all its members were seen often enough: the case that must cost next to nothing."""
        return document.keys() <= self._settled_members and _NESTING.isdisjoint(map(type, document.values()))

    def _observe_key(self, record: Record, key: bytes, partition: int, seen_forms: set[bytes]) -> None:
        form = canonical_key(key)
        shape = shape_of_key(key, record.timestamp)
        profile = self._vote(KEY, shape, form, record)
        if profile is None:
            return
        profile.records += 1
        profile.repeats_other_field += form in seen_forms
        if key.isdigit():
            profile.observe_number(partition, form)

    def _vote(self, path: Path, shape: Shape, form: bytes, record: Record) -> FieldProfile | None:
        profile = self._profiles.get(path)
        if profile is None:
            if len(self._profiles) >= self._settings.max_fields:
                return None
            profile = self._profiles[path] = FieldProfile()
        profile.observe(shape, self._pseudonymiser.sampling_hash(form))
        if profile.values >= _SETTLED_VALUES:
            self._settled.add(path)
            if len(path) == 1 and path[0] is not None:
                self._settled_members.add(path[0])
        if shape in IDENTIFIERS and not self.is_tokenised(path) and self._pseudonymiser.keeps(form):
            self._keep_pending(path, form, record)
        return profile

    def _keep_pending(self, path: Path, form: bytes, record: Record) -> None:
        pending = self._pending.setdefault(path, [])
        if len(pending) < _MAX_PENDING:
            token = int.from_bytes(self._pseudonymiser.token(form), "little")
            pending.append(PendingToken(token, record.offset, record.timestamp))

    def observe_tokens(self, path: Path, tokens: NDArray[np.uint64]) -> None:
        """Take note of the tokens of a field that is tokenised: they show whether its values return."""
        self._profiles.setdefault(path, FieldProfile()).multiplicity.observe(tokens)

    def is_due(self) -> bool:
        """Whether enough records were sampled since the last decision."""
        return self._sampled >= self._decide_at

    def decide(self) -> list[FieldDecided]:
        """Decide on every field anew and return what is new or changed, in the order in which fields were found."""
        self._decide_at = self._sampled + max(min(self._sampled, _MAX_STEP), self._sampled // _STEPS)
        changed = [decided for path in self._profiles if (decided := self._decide(path)) is not None]
        if self._sampled >= _SETTLED_RECORDS:
            self._pending = {path: waiting for path, waiting in self._pending.items() if path not in self._decisions}
        return changed

    def _decide(self, path: Path) -> FieldDecided | None:
        profile = self._profiles[path]
        if profile.values < MIN_VALUES:
            return None
        decision, before = self._weighed(path, profile), self._decisions.get(path)
        self._decisions[path] = decision
        if decision == before:
            return None
        waiting = tuple(self._pending.pop(path, ())) if decision.tokenised else ()
        profile.multiplicity.observe(np.array([sighting.token for sighting in waiting], dtype=np.uint64))
        return FieldDecided(path, decision, profile.records, waiting)

    def _weighed(self, path: Path, profile: FieldProfile) -> Decision:
        """The span's own decision, once it has seen as much as the span before."""
        own, before = profile.decide(), self._before.get(path)
        if before is None or profile.values >= _OUTWEIGHING_VALUES:
            return own
        is_better_known = own.tokenised and before.tokenised and profile.multiplicity.distinct_share is not None
        return own if is_better_known else before

    def learned(self) -> dict[Path, Decision]:
        """What the next span is told: this span's own decisions, none that it was told itself."""
        own = {path: profile.decide() for path, profile in self._profiles.items() if profile.values >= MIN_VALUES}
        return {
            path: decision
            for path, decision in own.items()
            if decision.tokenised or self._profiles[path].values >= _TELLING_VALUES
        }

    def is_tokenised(self, path: Path) -> bool:
        """Whether the field's values become tokens, as of the last decision."""
        decision = self._decisions.get(path)
        return decision is not None and decision.tokenised

    def tokenised(self) -> list[Path]:
        """The fields whose values become tokens, in the order in which they were found."""
        return [path for path, decision in self._decisions.items() if decision.tokenised]

    def is_instance(self, path: Path) -> bool:
        """Whether each value of the field names one event."""
        return self._decisions[path].field_class is FieldClass.INSTANCE


def _is_number(value: Scalar) -> bool:
    return type(value) is int or (isinstance(value, str) and value.isascii() and value.isdigit())


def _document(value: bytes | None) -> dict[str, object]:
    """The value as a parsed object; empty for a tombstone and for what only the typed decoder can read."""
    if value is None:
        return {}
    try:
        document = orjson.loads(value)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
