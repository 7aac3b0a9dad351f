"""What a principal may do on a cluster, as the probe found it. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flowaudit.facts import AccessRule
from flowaudit.rights.access import Operation, Resource, Right

Operations = frozenset[Operation]


class Authorizer(StrEnum):
    """Does the cluster check anybody's rights?"""

    PRESENT = "present"
    ABSENT = "absent"
    """Everybody who can connect may do everything."""
    UNKNOWN = "unknown"
    """The broker was busy, or does not know the request."""


@dataclass(frozen=True, slots=True)
class AccessListing:
    """What a cluster says of its access rules."""

    authorizer: Authorizer
    rules: tuple[AccessRule, ...] | None = None
    """Sorted; None: this principal may not list them, or there is nobody to keep them."""


@dataclass(frozen=True, slots=True)
class Rights:
    """One look at a principal's rights. An operation that is not named was refused; None: the broker did not say."""

    principal: str
    """`User:auditor`; empty when only the broker knows it (a client certificate)."""
    access: AccessListing
    asked: Mapping[Resource, Operations | None]
    """By what was asked for. A prefix, or `*`, was asked with a name that does not exist, so the answer holds for
    what is yet to come."""
    topics: Mapping[str, Operations | None] = field(default_factory=dict)
    """Topics that this principal is shown."""
    groups: Mapping[str, Operations | None] = field(default_factory=dict)
    """Groups that this principal is shown; no operation at all: listed, and not to be described."""
    api_versions: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """Oldest and newest version by API key; empty: not known."""

    def may(self, right: Right) -> bool | None:
        """May the principal do this? None: nobody knows."""
        if self.access.authorizer is Authorizer.ABSENT:
            return True
        operations = self.asked.get(right.resource)
        return None if operations is None else right.operation in operations


@dataclass(frozen=True, slots=True)
class PlaceChecked:
    """A place outside of Kafka that a channel reads: a file, a REST address."""

    channel: str
    place: str
    problem: str = ""
    """Why it cannot be used, in words of ours; empty when it can."""
