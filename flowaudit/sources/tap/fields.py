"""What is known of one field of a topic, and whether its values become tokens. Pure; holds hashes, never values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from flowaudit.facts import FieldClass
from flowaudit.sources.tap.clock_tally import ClockTally
from flowaudit.sources.tap.composites import DivisionTally
from flowaudit.sources.tap.multiplicity import Multiplicity
from flowaudit.sources.tap.paths import Path
from flowaudit.sources.tap.shapes import IDENTIFIERS, Shape
from flowaudit.sources.tap.variety import VarietyTally

MIN_VALUES: Final = 8
"""Nothing is decided on fewer values."""
REPEATS: Final = "repeats-another-field"
"""Why a field is not tokenised whose values are tokens of another field."""
_MIN_WEAK_VALUES: Final = 32
_DISTINCT_CAP: Final = 4_096
_ENOUGH_STRONG: Final = 24
_ENOUGH_WEAK: Final = 64
_RISING_SHARE: Final = 0.9
_COUNTER_DIGITS: Final = 12
"""Longer rising numbers are time-ordered identifiers (Snowflake, UUIDv7), not counters."""
_DIGEST_SHARE: Final = 0.6
"""One MD5 digest in eight could be a UUID by its version."""
NAMEABLE: Final = IDENTIFIERS | {Shape.CLOCK}
"""Shapes of values whose sightings wait for the decision; what looks like a clock may be a number of somebody."""
_ENOUGH_TOLD: Final = 16
_INSTANCE_DISTINCT_SHARE: Final = 0.95
_REPEATED_DISTINCT_SHARE: Final = 0.75
_REPEATED_OFTEN_SHARE: Final = 0.01
"""A client that delivers at least once repeats records, few of them more than once; people return again and again."""
_COUNTER_STEP: Final = 100
"""Numbers that rise by more, on average, are no mere count: chance digits stand behind it, or somebody else's time."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a field's values become tokens, and what they name."""

    field_class: FieldClass
    tokenised: bool
    reason: str
    holds_digests: bool = False
    """Do values look like digests of something? Then all of them are sighted, and resolved where linkage can."""


@dataclass(slots=True)
class FieldProfile:
    """Votes of sampled values. `observe` and `observe_tokens` feed it, `decide` asks it."""

    values: int = 0
    records: int = 0
    shapes: Counter[Shape] = field(default_factory=Counter)
    distinct: set[int] = field(default_factory=set, repr=False)
    multiplicity: Multiplicity = field(default_factory=Multiplicity, repr=False)
    clocks: ClockTally = field(default_factory=ClockTally)
    """Of its numbers that look like clocks."""
    divisions: DivisionTally = field(default_factory=DivisionTally)
    """Of its values that are composites."""
    variety: VarietyTally = field(default_factory=VarietyTally, repr=False)
    """Of its values that look like identifiers."""
    repeats: Counter[frozenset[Path]] = field(default_factory=Counter)
    """Values that other fields of the same record held too, by those fields."""
    _previous: dict[int, int] = field(default_factory=dict, repr=False)
    _steps: int = 0
    _rising: int = 0
    _climbed: int = 0

    def observe(self, shape: Shape, form_hash: int) -> None:
        """Take one value's vote; `form_hash` is a hash of its canonical form, where its shape is `NAMEABLE`."""
        self.values += 1
        self.shapes[shape] += 1
        if shape in NAMEABLE and len(self.distinct) < _DISTINCT_CAP:
            self.distinct.add(form_hash)

    def observe_number(self, partition: int, form: bytes) -> None:
        """Take note of a number's canonical form, to tell counters: they rise from record to record of a partition."""
        if len(form) > _COUNTER_DIGITS or not form.isdigit():
            return
        number = int(form)
        previous = self._previous.get(partition)
        self._previous[partition] = number
        if previous is not None:
            self._steps += 1
            self._rising += number > previous
            self._climbed += max(0, number - previous)

    def decide(self, tokenised: Collection[Path] = ()) -> Decision:
        """The decision as of now; the same observations in the same order give the same one.

        `tokenised`: other fields, which it need not repeat.
        """
        identifiers = self._votes(self._identifiers)
        if self.values < MIN_VALUES:
            return _code("too-few-values")
        if identifiers * 2 < self.values:
            return _code(str(self._commonest_other_shape()))
        if self._is_counter():
            return _code("counter")
        if too_small := self._why_too_small(identifiers):
            return _code(too_small)
        if self._repeated(tokenised) * 10 >= self.values * 9:
            return _code(REPEATS)
        holds_digests = self.shapes[Shape.DIGEST] >= _DIGEST_SHARE * identifiers
        return Decision(self._names_what(), tokenised=True, reason="", holds_digests=holds_digests)

    @property
    def is_large_enough(self) -> bool:
        """Whether the values may be tokenised when the user says that they are identifiers.

        A number near the time may be somebody's; a day or an hour that is written as people do is nobody's.
        """
        if self.variety.is_small:
            return False
        large = self._votes(IDENTIFIERS) + self.clocks.values
        return large * 2 >= max(self.values, MIN_VALUES) and len(self.distinct) >= min(_ENOUGH_TOLD, large // 2)

    def _repeated(self, tokenised: Collection[Path]) -> int:
        return sum(times for paths, times in self.repeats.items() if not paths.isdisjoint(tokenised))

    @property
    def _identifiers(self) -> frozenset[Shape]:
        return NAMEABLE if self.clocks.is_numbering else IDENTIFIERS

    def _votes(self, shapes: Iterable[Shape]) -> int:
        return sum(self.shapes[shape] for shape in shapes)

    def _is_counter(self) -> bool:
        if self._steps < MIN_VALUES - 1 or self._rising < _RISING_SHARE * self._steps:
            return False
        return self._climbed <= _COUNTER_STEP * self._rising

    def _commonest_other_shape(self) -> Shape:
        others = {shape: votes for shape, votes in self.shapes.items() if shape not in IDENTIFIERS}
        return max(others, key=lambda shape: (others[shape], shape))

    def _why_too_small(self, identifiers: int) -> str:
        if len(self.distinct) < self._enough_distinct(identifiers):
            return "few-distinct-values"
        return str(Shape.SHORT) if self.variety.is_small else ""

    def _enough_distinct(self, identifiers: int) -> int:
        if (identifiers - self.shapes[Shape.WEAK]) * 2 >= identifiers:
            return min(_ENOUGH_STRONG, max(4, identifiers * 2 // 5))
        if identifiers < _MIN_WEAK_VALUES:
            return identifiers + 1
        return min(_ENOUGH_WEAK, identifiers // 2)

    def _names_what(self) -> FieldClass:
        share = self.multiplicity.distinct_share
        if share is None:
            share = len(self.distinct) / max(1, self._votes(self._identifiers))
        if share >= _INSTANCE_DISTINCT_SHARE:
            return FieldClass.INSTANCE
        is_repeated = self.multiplicity.distinct_share is not None and share >= _REPEATED_DISTINCT_SHARE
        if is_repeated and self.multiplicity.often_share <= _REPEATED_OFTEN_SHARE:
            return FieldClass.INSTANCE
        return FieldClass.ENTITY


def _code(reason: str) -> Decision:
    return Decision(FieldClass.CODE, tokenised=False, reason=reason)
