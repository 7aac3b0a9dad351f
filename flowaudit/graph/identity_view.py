"""The identity-linkage view as values: which fields carry the same people, and what each join adds to what is known."""

from __future__ import annotations

from dataclasses import dataclass

from flowaudit.facts import FieldName
from flowaudit.linkage.derived import Sharing


@dataclass(frozen=True, slots=True)
class Sampling:
    """The shares (0-1) of all identifiers that linkage looked at: they fall when memory is short, and rise again."""

    lowest: float
    highest: float
    records: float = 1.0
    """Of a topic's records with such identifiers, the smallest share that was asked what it comes from."""
    digests: float = 1.0
    """Of such identifiers, the smallest share whose digests memory had room for."""


@dataclass(frozen=True, slots=True)
class PeopleField:
    """A field that names people."""

    field: FieldName
    people: int
    """Rounded down to a multiple of k; 0: fewer than k."""
    since_ms: int
    """Start of the bucket of event time in which the first of them was seen."""


@dataclass(frozen=True, slots=True)
class SharedPeople:
    """Two fields of two topics that name the same people, within a linkage window of each other."""

    fields: tuple[FieldName, FieldName]
    """In alphabetical order."""
    people: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class Addition:
    """What one more topic adds for whoever holds those before it."""

    topic: str
    through: tuple[FieldName, FieldName] | None
    """The field of the topic and the field before it that name the same people; None for the first topic."""
    people: int
    since_ms: int
    attributes: tuple[str, ...]
    """Paths of the fields that become known of these people; names of fields only."""


@dataclass(frozen=True, slots=True)
class IdentityCluster:
    """Fields that name the same people: a person's records in all of these topics can be put together."""

    fields: tuple[PeopleField, ...]
    """Sorted; of two topics at least."""
    people: int
    relative_error: float
    """Standard error of `people`, relative to it."""
    since_ms: int
    shared: tuple[SharedPeople, ...]
    """Of any two topics the fields that share most people, most people first."""
    additions: tuple[Addition, ...]
    """The topics in the order in which each adds most: fields that become known × people."""


@dataclass(frozen=True, slots=True)
class PeopleWithoutFlow:
    """Two topics that carry the same people although nothing flows between them."""

    topics: tuple[str, str]
    """In alphabetical order."""
    sharing: Sharing
    sightings: int
    people: int
    """Of the pair of fields that shares most."""
    first_seen_ms: int
    last_seen_ms: int
    fields: tuple[tuple[str, str], ...]
    """(path in the first topic, path in the second)."""
