"""Spellings can be undone, and so can whole records: programs read what others write."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.linkage.encode import Encoder, decode
from benchmarks.linkage.estate import EstateSpec, TopicSpec, kind_of
from benchmarks.linkage.kinds import EVENT_KINDS, PERSON_KINDS, PLACE_KINDS, Minter
from benchmarks.linkage.people import Population
from benchmarks.linkage.spelling import CONSTANTS, STYLES, digest, spell, unspell
from tests.unit.benchmarks.linkage_estates import spec_of


def plain(kind: str, people: Population, chance: random.Random) -> str:
    person = people.draw(chance)
    if kind in PERSON_KINDS:
        return people.identifier(kind, person)
    if kind in PLACE_KINDS:
        return people.place(kind, person, chance)
    if kind in (*EVENT_KINDS, "ticket", "surrogate"):
        return Minter(kind, chance).mint(1_790_000_000_000)
    if kind == "digest":
        return digest(chance.choice(("md5", "sha1", "sha256")), str(chance.random()))
    return "7" if kind == "zone" else "node-7"


PEOPLE = Population(spec_of(0))


@pytest.mark.parametrize("kind", sorted(STYLES))
@given(seed=st.integers(0, 10_000))
def test_every_spelling_can_be_undone(kind: str, seed: int) -> None:
    chance = random.Random(seed)
    value = plain(kind, PEOPLE, chance)
    for style in STYLES[kind]:
        assert unspell(kind, spell(kind, style, value)) == value, style
    for constant in CONSTANTS:
        assert unspell(kind, spell(kind, "plain", constant)) == constant


def test_records_can_be_read_back() -> None:
    formats = set()
    for spec in map(spec_of, range(8)):
        for topic in spec.topics:
            _round_trip(spec, topic)
            formats.add(topic.format)
    assert formats == {"json", "stringified", "delimited", "msgpack"}


def _round_trip(spec: EstateSpec, topic: TopicSpec) -> None:
    chance = random.Random(topic.name)
    encoder = Encoder(topic, spec.chance)
    for _ in range(5):
        fields = {slot: plain(kind_of(slot), PEOPLE, chance) for slot in topic.slots}
        assert decode(topic, encoder.encode(fields, 1_790_000_000_000)) == fields, topic


def test_the_same_topic_spells_the_same_way_twice() -> None:
    spec = spec_of(3)
    for topic in spec.topics[:10]:
        chance = random.Random(topic.name)
        fields = {slot: plain(kind_of(slot), PEOPLE, chance) for slot in topic.slots}
        one, other = (Encoder(topic, spec.chance).encode(fields, 5) for _ in range(2))
        assert one == other
