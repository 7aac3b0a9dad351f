"""PeopleCounted: how many people each field holds, and how many each pair of fields shares.

Counts of people cannot be added up over buckets: the same ones come again. So the registers of a HyperLogLog are told,
and only those that the bucket raised: what is stored of an endless stream grows with the logarithm of its people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import FieldName, PeopleCounted, PeopleSet
from flowaudit.linkage.pairs import Stamp
from flowaudit.linkage.registers import REGISTERS, Registers, no_one, packed, places, unpacked
from flowaudit.linkage.slice import Bools, Ints, Slice

_MOST_PAIRS = 4
"""Pairs of fields told for two topics …"""
_PAIR_SHARE = 0.25
"""… those that share at least this part of what the best pair shares."""

FieldPlaces = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Columns:
    """People by field: each (field, person) once, sorted by field. Fields are numbered as in `names`."""

    names: tuple[FieldName, ...]
    sightings: Ints
    """Places in the slice."""
    sighted_in: Ints
    """Field of each of `sightings`."""
    field: Ints
    person: Ints
    in_bucket: Bools
    """Was the person seen there in the bucket itself, or only within a window of it?"""
    place: Ints
    rank: Registers
    """Of each person."""

    def starts(self, field: Ints) -> Ints:
        return np.searchsorted(field, np.arange(len(self.names) + 1))


def people_facts(data: Slice, bucket: tuple[int, int], window_ms: int, stamp: Stamp) -> list[PeopleCounted]:
    """One fact for each key of tokens that were seen in the bucket, with full registers.

    Counted are people seen in the bucket; shared are those seen in one field in the bucket and in the other one in it
    or within a window of it, of any two topics the pairs of fields that share most.
    """
    in_bucket = (data.time >= bucket[0]) & (data.time < bucket[1])
    near = (data.time >= bucket[0] - window_ms) & (data.time < bucket[1] + window_ms)
    return [_fact(data, near & (data.key == key), in_bucket, int(key), stamp) for key in np.unique(data.key[in_bucket])]


def _fact(data: Slice, near: Bools, in_bucket: Bools, key: int, stamp: Stamp) -> PeopleCounted:
    columns = _columns(data, np.flatnonzero(near & ~data.instance), in_bucket)
    found = [*_own(data, columns, in_bucket), *_shared(columns)]
    used = sorted({number for one, other, _ in found for number in (one, other)})
    new = {number: place for place, number in enumerate(used)}
    return PeopleCounted(
        provenance=stamp.provenance,
        bucket_ms=stamp.bucket_ms,
        shard=stamp.shard,
        key_id=key,
        theta=stamp.theta,
        fields=tuple(columns.names[number] for number in used),
        sets=tuple(PeopleSet(new[one], new[other], packed(registers)) for one, other, registers in found),
    )


def _columns(data: Slice, sightings: Ints, in_bucket: Bools) -> _Columns:
    size = max(len(data.fields), 1)
    names, field = np.unique(data.topic[sightings] * size + data.field[sightings], return_inverse=True)
    first, person = np.unique(data.token[sightings], return_index=True, return_inverse=True)[1:]
    entry, inverse = np.unique(field * max(len(first), 1) + person, return_inverse=True)
    seen = np.zeros(len(entry), dtype=bool)
    seen[inverse[in_bucket[sightings]]] = True
    place, rank = places(data.bits[sightings][first])
    return _Columns(
        names=tuple(FieldName(data.topics[name // size], data.fields[name % size]) for name in names.tolist()),
        sightings=sightings,
        sighted_in=field,
        field=entry // max(len(first), 1),
        person=entry % max(len(first), 1),
        in_bucket=seen,
        place=place,
        rank=rank,
    )


def _own(data: Slice, columns: _Columns, in_bucket: Bools) -> Iterator[tuple[int, int, Registers]]:
    """By the tokens themselves: whether a mapping table passed by must not change who is counted."""
    chosen = in_bucket[columns.sightings]
    place, rank = places(data.own_bits[columns.sightings[chosen]])
    registers = np.zeros((len(columns.names), REGISTERS), dtype=np.uint8)
    np.maximum.at(registers, (columns.sighted_in[chosen], place), rank)
    yield from ((number, number, mine) for number, mine in enumerate(registers) if mine.any())


def _shared(columns: _Columns) -> Iterator[tuple[int, int, Registers]]:
    field, person = columns.field[columns.in_bucket], columns.person[columns.in_bucket]
    starts, all_starts = columns.starts(field), columns.starts(columns.field)
    near = np.zeros(len(columns.place), dtype=bool)
    counts = np.zeros((len(columns.names), len(columns.names)), dtype=np.int64)
    for number in range(len(columns.names)):
        mine = columns.person[all_starts[number] : all_starts[number + 1]]
        near[mine] = True
        counts[number] = np.bincount(field[near[person]], minlength=len(columns.names))
        near[mine] = False
    registers: dict[FieldPlaces, Registers] = {}
    for one, other in _chosen(columns.names, np.maximum(counts, counts.T)):
        registers[one, other] = no_one()
        for here, there in ((one, other), (other, one)):
            mine = columns.person[all_starts[here] : all_starts[here + 1]]
            theirs = person[starts[there] : starts[there + 1]]
            near[mine] = True
            both = theirs[near[theirs]]
            near[mine] = False
            np.maximum.at(registers[one, other], columns.place[both], columns.rank[both])
    yield from ((one, other, found) for (one, other), found in registers.items())


def _chosen(names: tuple[FieldName, ...], shared: NDArray[np.int64]) -> list[FieldPlaces]:
    """Of any two topics the pairs of fields that share most, ascending. Fields are sorted by topic."""
    by_topics: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for one, other in np.argwhere(np.triu(shared, 1)).tolist():
        topics = names[one].topic, names[other].topic
        if topics[0] != topics[1]:
            by_topics.setdefault(topics, []).append((-int(shared[one, other]), one, other))
    return sorted(
        (one, other)
        for pairs in by_topics.values()
        for count, one, other in sorted(pairs)[:_MOST_PAIRS]
        if count <= min(pairs)[0] * _PAIR_SHARE
    )


class PeopleThinning:
    """Remembers which registers were told, and leaves them out of what is told next."""

    def __init__(self) -> None:
        self._told: dict[tuple[int, float, FieldName, FieldName], Registers] = {}

    def thin(self, fact: PeopleCounted) -> PeopleCounted:
        """The fact with the registers that it raises above all earlier ones of the same key and theta."""
        sets = [
            msgspec.structs.replace(told, registers=risen) for told in fact.sets if (risen := self._risen(fact, told))
        ]
        used = sorted({number for told in sets for number in (told.one, told.other)})
        new = {number: place for place, number in enumerate(used)}
        return msgspec.structs.replace(
            fact,
            fields=tuple(fact.fields[number] for number in used),
            sets=tuple(PeopleSet(new[told.one], new[told.other], told.registers) for told in sets),
        )

    def _risen(self, fact: PeopleCounted, told: PeopleSet) -> bytes:
        key = fact.key_id, fact.theta, fact.fields[told.one], fact.fields[told.other]
        registers, before = unpacked(told.registers), self._told.get(key, no_one())
        self._told[key] = np.maximum(registers, before)
        return packed(np.where(registers > before, registers, 0).astype(np.uint8))
