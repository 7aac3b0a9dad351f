"""How many people fields hold, and how many they share: registers that merge by maximum. They hold no token."""

from __future__ import annotations

import msgspec

from flowaudit.facts.provenance import Provenance


class FieldName(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A field of a topic."""

    topic: str
    path: str


class PeopleSet(msgspec.Struct, frozen=True, array_like=True):
    """The people whom two fields share; those of one field, when both are the same.

    `one` and `other` are indexes into `PeopleCounted.fields`.
    """

    one: int
    other: int
    registers: bytes
    """HyperLogLog registers as `flowaudit.linkage.registers.packed` writes them."""


class PeopleCounted(msgspec.Struct, frozen=True, tag="people-counted", omit_defaults=True):
    """Distinct people in fields, and in pairs of fields within one linkage window of each other.

    A person is a token that returns (`IdentifierKind.ENTITY`): it may name a place or a thing as well. Registers of
    the same two fields, key and theta are merged by maximum: any order, any repetition and any sharding of the tokens
    gives the same, and what an earlier fact told need not be told again. Registers of different keys never compare.
    """

    provenance: Provenance
    bucket_ms: int
    """Start of the bucket of event time in which the people were seen."""
    shard: int
    key_id: int
    """Which pseudonymisation key made the tokens."""
    theta: float
    """The share (0-1) of all identifiers that was looked at."""
    fields: tuple[FieldName, ...] = ()
    sets: tuple[PeopleSet, ...] = ()
    """Empty when the bucket held nobody who was not told of before; the sampling rate is told all the same."""
