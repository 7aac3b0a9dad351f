"""The declared topology: frozen, pure, and the same for every room that reads it."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated, Final

import msgspec

SCHEMA: Final = "flowaudit.topology/v1"
Days = Annotated[int, msgspec.Meta(ge=0)]


class Match(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a system's parts are recognised by name: shell-style patterns (`*`, `?`, `[…]`), case-sensitive."""

    topics: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    transactional_ids: tuple[str, ...] = ()
    producers: tuple[str, ...] = ()
    """Client ids and principals of programs that read or write without a consumer group."""
    connectors: tuple[str, ...] = ()
    externals: tuple[str, ...] = ()
    """What lies outside of Kafka: its name, its address (`jdbc://host/db`), or both as `address/name`."""


class System(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people call a thing ("citizen score"), and the names of its parts.

    `categories` are the kinds of personal data that the system handles ("biometric", "movement").
    """

    name: str
    title: str
    match: Match = Match()
    categories: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    """What the system may do with data: names of the topology's purposes."""
    residency: str = ""
    """Where its data is kept ("CN", "EU"), in the words of the owner; empty: not said."""
    retention_days: Days | None = None
    """How long it keeps data; None: not said."""


class Purpose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What data is used for. `compatible_with` names other purposes whose data may be used for this one, too."""

    name: str
    title: str
    compatible_with: tuple[str, ...] = ()


class People(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A category of people whom data is about ("tenants", "visitors")."""

    name: str
    title: str


class DataRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the data of some topics is: of all their records, or of the named fields only.

    Several rules may speak of one topic; what they say adds up.
    """

    topics: tuple[str, ...]
    """Patterns of names, as in `Match`."""
    fields: tuple[str, ...] = ()
    """Patterns of paths (`$.face.template`, `$.face.*`); empty: whole records."""
    categories: tuple[str, ...] = ()
    """Kinds of personal data: keys of the Fides data taxonomy where they fit (`user.biometric`), else words."""
    people: tuple[str, ...] = ()
    """Whom it is about: names of the topology's people."""
    purposes: tuple[str, ...] = ()
    """For what it was collected: names of the topology's purposes."""
    retention_days: Days | None = None
    """How long it may be kept; None: not said."""


class DeclaredFlow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A flow that the owner admits, from one system to another, with what it is for and on which legal basis.

    Where the topology lists purposes, `purpose` is the name of one of them; elsewhere it is free text.
    """

    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    purpose: str
    legal_basis: str
    topics: tuple[str, ...] = ()
    """Patterns of the topics by which the data may go; empty: by any."""
    categories: tuple[str, ...] = ()
    """Kinds of personal data that may go; empty: any."""


class Topology(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One estate as its owner declares it. Systems and flows keep the order of the file.

    A name that several systems match belongs to the first of them in the file.
    """

    schema: str
    name: str
    title: str
    systems: tuple[System, ...]
    flows: tuple[DeclaredFlow, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    people: tuple[People, ...] = ()
    data: tuple[DataRule, ...] = ()

    def system_of_topic(self, topic: str) -> str | None:
        """The name of the system that owns this topic name, or None."""
        return _first_match(((system.name, system.match.topics) for system in self.systems), topic)

    def system_of_group(self, group: str) -> str | None:
        """The name of the system that owns this consumer group, or None."""
        return _first_match(((system.name, system.match.groups) for system in self.systems), group)

    def system_of_transactional_id(self, transactional_id: str) -> str | None:
        """The name of the system that owns this transactional id, or None."""
        rules = ((system.name, system.match.transactional_ids) for system in self.systems)
        return _first_match(rules, transactional_id)

    def data_of_topic(self, topic: str) -> tuple[DataRule, ...]:
        """All rules that speak of this topic, in the order of the file."""
        return tuple(rule for rule in self.data if any(fnmatchcase(topic, pattern) for pattern in rule.topics))

    def allowed_uses(self, collected_for: str) -> frozenset[str]:
        """The purposes that data collected for this purpose may serve: itself, and those that are compatible with it.

        Compatibility is not passed on: what is compatible with a compatible purpose is not allowed by that.
        """
        compatible = (purpose.name for purpose in self.purposes if collected_for in purpose.compatible_with)
        return frozenset({collected_for, *compatible})

    def declares(self, source_system: str, target_system: str) -> bool:
        """Whether the owner admits a flow from one system to the other, in this direction."""
        return any(flow.source == source_system and flow.target == target_system for flow in self.flows)


def _first_match(rules: Iterable[tuple[str, tuple[str, ...]]], name: str) -> str | None:
    for system, patterns in rules:
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            return system
    return None
