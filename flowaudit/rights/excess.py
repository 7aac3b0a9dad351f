"""Rights that an auditor must not have: whoever holds its credentials holds them too. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flowaudit.facts import AccessRule
from flowaudit.rights.access import CLUSTER, EVERYTHING, Operation, Resource, ResourceType
from flowaudit.rights.authorizer import EVERYBODY
from flowaudit.rights.held import Authorizer, Operations, Rights

_HARMLESS: Final = {
    ResourceType.TOPIC: {Operation.READ, Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS},
    ResourceType.GROUP: {Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS},
    ResourceType.CLUSTER: {Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS, Operation.DESCRIBE_TOKENS},
    ResourceType.TRANSACTIONAL_ID: {Operation.DESCRIBE},
}
LETS: Final = {
    (ResourceType.TOPIC, Operation.WRITE): "write records into what it audits",
    (ResourceType.TOPIC, Operation.CREATE): "create topics, which client libraries do by accident",
    (ResourceType.TOPIC, Operation.DELETE): "delete topics and their records",
    (ResourceType.TOPIC, Operation.ALTER): "add partitions",
    (ResourceType.TOPIC, Operation.ALTER_CONFIGS): "change how long records are kept",
    (ResourceType.GROUP, Operation.READ): "join groups, take their partitions and commit offsets for them",
    (ResourceType.GROUP, Operation.DELETE): "delete groups and their offsets",
    (ResourceType.GROUP, Operation.ALTER_CONFIGS): "change how groups behave",
    (ResourceType.CLUSTER, Operation.CREATE): "create any topic, which client libraries do by accident",
    (ResourceType.CLUSTER, Operation.ALTER): "change access rules, and so grant itself anything",
    (ResourceType.CLUSTER, Operation.ALTER_CONFIGS): "change the brokers' settings",
    (ResourceType.CLUSTER, Operation.CLUSTER_ACTION): "act as a broker",
    (ResourceType.CLUSTER, Operation.IDEMPOTENT_WRITE): "ask for producer ids, as only writers do",
    (ResourceType.TRANSACTIONAL_ID, Operation.WRITE): "begin and end transactions, and fence their owner",
}
_SHOWN_NAMES: Final = 5


@dataclass(frozen=True, slots=True)
class Excess:
    """One operation too many."""

    operation: str
    resource_type: ResourceType
    names: tuple[str, ...]
    """Some of the resources; `*`: also of those yet to come."""
    count: int
    """How many there are."""
    lets: str
    """What somebody with it can do."""
    rules: tuple[AccessRule, ...] = ()
    """The access rules of this principal that grant it, where they may be listed."""


def excess_of(rights: Rights) -> tuple[Excess, ...]:
    """The rights that go beyond reading and describing; none where nobody's rights are checked."""
    if rights.access.authorizer is Authorizer.ABSENT:
        return ()
    found: dict[tuple[ResourceType, Operation], set[str]] = {}
    for kind, name, operations in _seen(rights):
        for operation in (operations or frozenset()) - _HARMLESS[kind]:
            found.setdefault((kind, operation), set()).add(name)
    rules = tuple(_own_rules(rights))
    for rule in rules:
        kind, operation = ResourceType(rule.resource_type), Operation(rule.operation)
        shown = f"{rule.resource}*" if rule.prefixed else rule.resource
        if operation is not Operation.ALL and not found.get((kind, operation)):
            found.setdefault((kind, operation), set()).add(shown)
    return tuple(_excess(kind, operation, names, rules) for (kind, operation), names in sorted(found.items()))


def _seen(rights: Rights) -> Iterator[tuple[ResourceType, str, Operations | None]]:
    for resource, operations in rights.asked.items():
        yield resource.type, _shown(resource), operations
    listed: tuple[tuple[ResourceType, Mapping[str, Operations | None]], ...] = (
        (ResourceType.TOPIC, rights.topics),
        (ResourceType.GROUP, rights.groups),
    )
    for kind, things in listed:
        for name, operations in things.items():
            yield kind, name, operations


def _shown(resource: Resource) -> str:
    return f"{resource.name}*" if resource.prefixed else resource.name


def _own_rules(rights: Rights) -> Iterator[AccessRule]:
    """Rules that allow this very principal, or everybody, more than an auditor needs."""
    for rule in rights.access.rules or ():
        if not rule.allows or not rights.principal or rule.principal not in {rights.principal, EVERYBODY}:
            continue
        if rule.resource_type in set(ResourceType) and rule.operation in set(Operation):
            kind, operation = ResourceType(rule.resource_type), Operation(rule.operation)
            if operation not in _HARMLESS[kind]:
                yield rule


def _excess(kind: ResourceType, operation: Operation, names: set[str], rules: Iterable[AccessRule]) -> Excess:
    granting = {operation.value, Operation.ALL.value}
    return Excess(
        operation=operation.value,
        resource_type=kind,
        names=(EVERYTHING,) if EVERYTHING in names else tuple(sorted(names))[:_SHOWN_NAMES],
        count=len(names - {EVERYTHING}) if kind is not CLUSTER.type else 1,
        lets=LETS.get((kind, operation), f"{operation.value.lower().replace('_', ' ')} it"),
        rules=tuple(rule for rule in rules if rule.resource_type == kind and rule.operation in granting),
    )
