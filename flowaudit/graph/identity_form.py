"""The identity-linkage part of the graph document as types: field for field what the JSON holds."""

from __future__ import annotations

from typing import Annotated

import msgspec

from flowaudit.graph.evidence import Tier
from flowaudit.linkage.derived import Sharing

Time = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
"""ISO 8601 in UTC with milliseconds: `2026-11-22T10:00:00.000Z`."""
Count = Annotated[int, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
FieldForm = tuple[str, str]
"""(topic, path)"""


class IdentifierForm(msgspec.Struct, frozen=True):
    """A field through which identifiers pass."""

    topic: str
    path: str
    field_class: str


class JoinForm(msgspec.Struct, frozen=True):
    """The same identifiers in two fields; `sightings` 0 means fewer than k."""

    upstream_topic: str
    upstream_path: str
    downstream_topic: str
    downstream_path: str
    sightings: Count
    tier: Tier
    first_seen: Time


class PeopleFieldForm(msgspec.Struct, frozen=True):
    """A field that names people. `people` is rounded down to a multiple of k, 0 means fewer than k."""

    topic: str
    path: str
    people: Count
    since: Time


class SharedPeopleForm(msgspec.Struct, frozen=True):
    """Two fields that name the same people; `people` is rounded down to a multiple of k."""

    fields: tuple[FieldForm, FieldForm]
    people: Count
    since: Time


class AdditionForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """What joining one more topic adds: `attributes` become known of `people`.

    `through` are the topic's own field and the field before it that name the same people; the first topic has neither
    it nor `since`.
    """

    topic: str
    people: Count
    attributes: list[str]
    through: tuple[FieldForm, FieldForm] | None = None
    since: Time | None = None


class IdentityClusterForm(msgspec.Struct, frozen=True):
    """Fields that name the same people; `relative_error` is the standard error of `people`, relative to it."""

    people: Count
    relative_error: Annotated[float, msgspec.Meta(ge=0)]
    since: Time
    fields: list[PeopleFieldForm]
    shared: list[SharedPeopleForm]
    additions: list[AdditionForm]


class PeopleWithoutFlowForm(msgspec.Struct, frozen=True):
    """The same people in two topics, and no flow; `fields` are pairs of paths, of the first and the second topic."""

    topics: tuple[str, str]
    sharing: Sharing
    sightings: Count
    people: Count
    first_seen: Time
    last_seen: Time
    fields: list[tuple[str, str]]


class SamplingForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """The shares of all identifiers that linkage looked at.

    `records` and `digests` stand where memory was short: the smallest share of a topic's records (of one bucket of
    event time and one kind) that were asked what they come from, and of identifiers whose digests were known.
    """

    lowest: Share
    highest: Share
    records: Share | None = None
    digests: Share | None = None


class LinkageForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """The identity-linkage part. No `sampling`: linkage looked at nothing."""

    identifiers: list[IdentifierForm]
    joins: list[JoinForm]
    clusters: list[IdentityClusterForm] = []
    same_people: list[PeopleWithoutFlowForm] = []
    sampling: SamplingForm | None = None


class InferenceForm(msgspec.Struct, frozen=True):
    """What linkage says of an edge beyond its tier.

    `records_alone` is the tier without anything that the cluster tells about programs; null: there would be no edge.
    """

    confidence: Share
    records_alone: Tier | None
    settled_by: list[str]
    through: list[str]
