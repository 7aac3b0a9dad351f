"""Finding the fields of a topic that hold identifiers: a sample of records is decoded in full. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import FieldClass
from flowaudit.linkage.canonical import Scalar, canonical
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.composites import division_of, parts_of
from flowaudit.sources.tap.fields import MIN_VALUES, NAMEABLE, REPEATS, Decision, FieldProfile
from flowaudit.sources.tap.hints import FieldHints
from flowaudit.sources.tap.limits import Limit, LimitsMet
from flowaudit.sources.tap.member_names import MemberNames
from flowaudit.sources.tap.paths import KEY, Part, Path, Root, walk
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.shapes import IDENTIFIERS, Shape, shape_of


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

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]:
        """The record's headers, in their order."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sampled record's parts as documents; None: there is nothing to see in it."""

    value: object = None
    key: object = None
    key_is_opaque: bool = False
    """Is there a key that cannot be read?"""
    headers: tuple[tuple[Path, Scalar], ...] = ()
    """Headers that may hold identifiers, and the leaves of those that are documents."""
    headers_left_out: bool = False


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
        self._hints = FieldHints(settings.hints)
        self._names = MemberNames()
        self._profiles: dict[Path, FieldProfile] = {}
        self._decisions: dict[Path, Decision] = dict(self._before)
        self._pending: dict[Path, list[PendingToken]] = {}
        self._waiting: dict[Path, list[tuple[bytes, int, int]]] = {}
        """Form, offset and time of what was met since the last decision: hashed when asked for, and few ever are."""
        self._settled: set[Path] = set()
        self._settled_members: set[str | int] = set()
        self._seen = 0
        self._sampled = 0
        self._decide_at = MIN_VALUES
        self.limits = LimitsMet()

    @property
    def sampled(self) -> int:
        """Records of the span that were looked at in full."""
        return self._sampled

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

    def observe(self, record: Record, partition: int, sampled: Sampled) -> None:
        """Look at one sampled record in full. What cannot be read of it counts and shows nothing."""
        self._seen += 1
        self._sampled += 1
        if sampled.headers_left_out:
            self.limits.met.add(Limit.HEADERS)
        if sampled.key is not None or sampled.key_is_opaque:
            self.limits.observe_key(is_opaque=sampled.key_is_opaque)
        key_is_looked_at = (sampled.key is not None or sampled.key_is_opaque) and KEY not in self._settled
        if not key_is_looked_at and not sampled.headers and self._shows_nothing_new(sampled.value):
            return
        seen_forms: dict[bytes, set[Path]] = {}
        self._observe_leaves(
            record, walk(sampled.value, (), self.limits.met), partition, seen_forms, all_forms=key_is_looked_at
        )
        self._observe_leaves(record, sampled.headers, partition, seen_forms, all_forms=key_is_looked_at)
        if sampled.key_is_opaque:
            self._vote(KEY, Shape.OPAQUE, b"", record)
        elif key_is_looked_at:
            self._observe_key(record, sampled.key, partition, seen_forms)

    def _observe_leaves(
        self,
        record: Record,
        leaves: Iterable[tuple[Path, Scalar]],
        partition: int,
        seen_forms: dict[bytes, set[Path]],
        *,
        all_forms: bool,
    ) -> None:
        """Take the votes of leaves; adds their canonical forms to those that the record's key is compared with."""
        seen_paths: set[Path] = set()
        for path, value in self._fields(leaves, record):
            if path in self._settled:
                if all_forms:
                    seen_forms.setdefault(canonical(value, self.region_of(path)), set()).add(path)
                continue
            found = self._observe_leaf(path, value, record, partition, seen_paths)
            if all_forms:
                for place, form in found:
                    seen_forms.setdefault(form, set()).add(place)

    def _observe_leaf(
        self, path: Path, value: Scalar, record: Record, partition: int, seen_paths: set[Path]
    ) -> Sequence[tuple[Path, bytes]]:
        """Take the vote of a leaf, and of the parts that would be identifiers alone; gives their canonical forms."""
        form = canonical(value, self.region_of(path))
        shape = shape_of(value, record.timestamp, form)
        profile = self._vote(path, shape, form, record)
        if profile is None:
            return ()
        profile.records += path not in seen_paths
        seen_paths.add(path)
        _observe_digits(profile, value, shape, form, record, partition)
        found = [(path, form)]
        if shape is not Shape.STRONG or not isinstance(value, str) or (path and isinstance(path[-1], Part)):
            return found
        if not profile.divisions.is_worth_asking(profile.values):
            return found
        if division := division_of(value, record.timestamp):
            profile.divisions.observe(division)
            for number in division.named:
                part = Part(division.joint, number)
                piece = parts_of([value], part)[0]
                found += self._observe_leaf((*path, part), piece, record, partition, seen_paths)
        return found

    def _fields(self, leaves: Iterable[tuple[Path, Scalar]], record: Record) -> Iterable[tuple[Path, Scalar]]:
        """The leaves whose paths are made of the schema's names alone; of others, only their place is told."""
        found = list(leaves)
        paths = [path for path, _ in found]
        self._names.observe(found, record.timestamp)
        return found if self._names.are_usual(paths) else self._named_by_schema(found, record)

    def _named_by_schema(self, found: Iterable[tuple[Path, Scalar]], record: Record) -> Iterator[tuple[Path, Scalar]]:
        for path, value in found:
            place = self._names.keyed_by_data(path)
            if place is None:
                yield path, value
            else:
                self._vote(place, Shape.KEYED_BY_DATA, b"", record)

    def _shows_nothing_new(self, document: object) -> bool:
        """Whether it is flat and all its members were seen often enough: the case that must cost next to nothing."""
        if not isinstance(document, dict):
            return document is None
        return document.keys() <= self._settled_members and _NESTING.isdisjoint(map(type, document.values()))

    def _observe_key(self, record: Record, key: object, partition: int, seen_forms: dict[bytes, set[Path]]) -> None:
        seen_paths: set[Path] = set()
        for path, value in self._fields(walk(key, (Root.KEY,), self.limits.met), record):
            if path in self._settled:
                continue
            for place, form in self._observe_leaf(path, value, record, partition, seen_paths):
                if form in seen_forms:
                    self._profiles[place].repeats[frozenset(seen_forms[form])] += 1

    def _vote(self, path: Path, shape: Shape, form: bytes, record: Record) -> FieldProfile | None:
        profile = self._profiles.get(path)
        if profile is None:
            if len(self._profiles) >= self._settings.max_fields:
                self.limits.met.add(Limit.FIELDS)
                return None
            profile = self._profiles[path] = FieldProfile()
        is_nameable = shape in NAMEABLE
        profile.observe(shape, hash(form) if is_nameable else 0)
        if profile.values >= _SETTLED_VALUES:
            self._settled.add(path)
            if len(path) == 1 and isinstance(path[0], str | int):
                self._settled_members.add(path[0])
        if is_nameable and not self.is_tokenised(path):
            self._waiting.setdefault(path, []).append((form, record.offset, record.timestamp))
        return profile

    def _keep_pending(self, paths: Collection[Path]) -> None:
        """Make tokens of the sampled forms among those that wait in these fields."""
        for path in paths:
            pending = self._pending.setdefault(path, [])
            for form, offset, timestamp_ms in self._waiting.pop(path, ()):
                if len(pending) < _MAX_PENDING and self._pseudonymiser.keeps(form):
                    token = int.from_bytes(self._pseudonymiser.token(form), "little")
                    pending.append(PendingToken(token, offset, timestamp_ms))

    def observe_tokens(self, path: Path, tokens: NDArray[np.uint64]) -> None:
        """Take note of the tokens of a field that is tokenised: they show whether its values return."""
        self._profiles.setdefault(path, FieldProfile()).multiplicity.observe(tokens)

    def is_due(self) -> bool:
        """Whether enough records were sampled since the last decision."""
        return self._sampled >= self._decide_at

    def decide(self) -> list[FieldDecided]:
        """Decide on every field anew and return what is new or changed, in the order in which fields were found."""
        self._decide_at = self._sampled + max(min(self._sampled, _MAX_STEP), self._sampled // _STEPS)
        self._forget_names_that_are_data()
        changed = [decided for path in self._profiles if (decided := self._decide(path)) is not None]
        if self._sampled >= _SETTLED_RECORDS:
            self._pending = {path: waiting for path, waiting in self._pending.items() if path not in self._decisions}
            self._waiting = {path: waiting for path, waiting in self._waiting.items() if path not in self._decisions}
        self._keep_pending(tuple(self._waiting))
        return changed

    def _forget_names_that_are_data(self) -> None:
        """Their names may have shown what they are only after values were looked at."""
        for path in [path for path in self._profiles if self._names.keyed_by_data(path) not in {None, path}]:
            for known in (self._profiles, self._decisions, self._before, self._pending, self._waiting):
                known.pop(path, None)

    def _decide(self, path: Path) -> FieldDecided | None:
        profile = self._profiles[path]
        if profile.values < MIN_VALUES or self._names.may_be_data(path):
            return None
        decision, before = self._weighed(path, profile), self._decisions.get(path)
        self._decisions[path] = decision
        if decision == before:
            return None
        waiting: tuple[PendingToken, ...] = ()
        if decision.tokenised:
            self._keep_pending((path,))
            waiting = tuple(self._pending.pop(path))
        profile.multiplicity.observe(np.array([sighting.token for sighting in waiting], dtype=np.uint64))
        return FieldDecided(path, decision, profile.records, waiting)

    def _weighed(self, path: Path, profile: FieldProfile) -> Decision:
        """The span's own decision, once it has seen as much as the span before."""
        own, before = self._own(path, profile), self._before.get(path)
        if before is None or self._hints.of(path) is not None or profile.values >= _OUTWEIGHING_VALUES:
            return own
        is_better_known = own.tokenised and before.tokenised and profile.multiplicity.distinct_share is not None
        return own if is_better_known else before

    def _own(self, path: Path, profile: FieldProfile) -> Decision:
        """What the profile says, and the user, and whether the field is a composite or a part of one."""
        own = self._hints.decide(path, profile, self.tokenised())
        if not own.tokenised:
            return own
        if path and isinstance(path[-1], Part):
            return own if path[-1] in self._parts(path[:-1]) else _not_tokenised("undivided")
        parts = [self._profiles.get((*path, part)) for part in self._parts(path)]
        if parts and all(part is not None and self._is_sighted(part) for part in parts):
            return _not_tokenised("composite")
        return own

    def _is_sighted(self, part: FieldProfile) -> bool:
        """Do its values become tokens, here or as another field's?"""
        decision = part.decide(self.tokenised())
        return decision.tokenised or decision.reason == REPEATS

    def _parts(self, path: Path) -> tuple[Part, ...]:
        """The parts of a composite field; none of one of which the user says what it names."""
        profile = self._profiles.get(path)
        return () if profile is None or self._hints.of(path) else profile.divisions.of(profile.values)

    def learned(self) -> dict[Path, Decision]:
        """What the next span is told: this span's own decisions, none that it was told itself."""
        own = {
            path: self._own(path, profile) for path, profile in self._profiles.items() if profile.values >= MIN_VALUES
        }
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

    def region_of(self, path: Path) -> str | None:
        """Where the field's telephone numbers are dialled, if the user says that it holds any."""
        return self._hints.region_of(path)

    def holds_digests(self, path: Path) -> bool:
        """Whether the field's values look like digests."""
        return self._decisions[path].holds_digests


def _not_tokenised(reason: str) -> Decision:
    return Decision(FieldClass.CODE, tokenised=False, reason=reason)


def _observe_digits(
    profile: FieldProfile, value: Scalar, shape: Shape, form: bytes, record: Record, partition: int
) -> None:
    if shape in IDENTIFIERS:
        profile.variety.observe(str(value), form)
    if _is_number(value):
        profile.observe_number(partition, form)
        if shape is Shape.CLOCK:
            profile.clocks.observe(int(value), record.timestamp)  # type: ignore[arg-type]  # digits


def _is_number(value: Scalar) -> bool:
    return type(value) is int or (isinstance(value, str) and value.isascii() and value.isdigit())
