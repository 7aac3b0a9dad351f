"""How a topic writes what it says: format, members, spellings, key, header, and the noise around it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from benchmarks.linkage.chance import weighted
from benchmarks.linkage.draw.naming import member_paths
from benchmarks.linkage.estate import FieldSpec, Format, NoiseSpec, Spelled, TopicSpec, kind_of
from benchmarks.linkage.kinds import EVENT_KINDS, PERSON_KINDS
from benchmarks.linkage.spelling import JOINABLE, STYLES

_NOISE: Final = ("clock", "clock", "counter", "measure", "measure", "flag", "code", "code", "constant", "pin")
_COMPOSITE: Final = 0.15
_KEYED: Final = 0.9
_KEY_ONLY: Final = 0.08
_HEADER: Final = 0.04
_APPEND_TIME: Final = 0.3


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual in an estate."""

    formats: tuple[tuple[Format, float], ...]
    nested: float
    one_spelling: float
    """The share of fields that are spelled plainly."""


def draw_topic(chance: random.Random, name: str, slots: tuple[str, ...], mints: str, habits: Habits) -> TopicSpec:
    """A topic that says these slots."""
    format_: Format = weighted(chance, habits.formats)
    spelled = [_spelled(chance, slot, habits) for slot in slots]
    key = _key(chance, slots, habits) if chance.random() < _KEYED else None
    header = None
    quoted = [part for part in spelled if part.kind in EVENT_KINDS and part.slot != mints]
    if quoted and chance.random() < _HEADER:
        header = (chance.choice(("correlation-id", "x-ref", "trace")), quoted[0])
        spelled.remove(quoted[0])
    if key is not None and len(spelled) > 1 and chance.random() < _KEY_ONLY:
        spelled = [part for part in spelled if part.slot != key.slot]
    groups = _grouped(chance, spelled)
    noise = [chance.choice(_NOISE) for _ in range(chance.randrange(2, 7))]
    nested = format_ != "delimited" and chance.random() < habits.nested
    paths = member_paths(chance, len(groups) + len(noise), nested=nested)
    return TopicSpec(
        name=name,
        partitions=chance.choice((1, 1, 2, 3)),
        clock="append" if chance.random() < _APPEND_TIME else "create",
        format=format_,
        fields=tuple(
            FieldSpec(path, parts, chance.choice((":", "/", "_")) if len(parts) > 1 else "")
            for path, parts in zip(paths, groups, strict=False)
        ),
        noise=tuple(
            NoiseSpec(path, kind)  # type: ignore[arg-type]
            for path, kind in zip(paths[len(groups) :], noise, strict=True)
        ),
        key=key,
        mints=mints,
        header=header,
        envelope=chance.choice(("content", "message", "event")) if format_ == "stringified" else "",
        separators=chance.choice(("|", ";", "|;", "||;", ",")) if format_ == "delimited" else "|",
    )


def _spelled(chance: random.Random, slot: str, habits: Habits) -> Spelled:
    styles = tuple(STYLES[kind_of(slot)])
    return Spelled(slot, "plain" if chance.random() < habits.one_spelling else chance.choice(styles))


def _key(chance: random.Random, slots: tuple[str, ...], habits: Habits) -> Spelled:
    people = [slot for slot in slots if kind_of(slot) in PERSON_KINDS]
    slot = chance.choice(people) if people and chance.random() < 0.7 else chance.choice(slots)
    return _spelled(chance, slot, habits)


def _grouped(chance: random.Random, spelled: list[Spelled]) -> list[tuple[Spelled, ...]]:
    """Mostly each by itself; now and then two in one string."""
    joinable = [part for part in spelled if part.style in JOINABLE and part.kind not in ("email", "digest", "node")]
    if len(joinable) < 2 or chance.random() >= _COMPOSITE:
        return [(part,) for part in spelled]
    first, second = chance.sample(joinable, 2)
    rest = [(part,) for part in spelled if part not in (first, second)]
    return [(first, second), *rest]
