"""Kafka's words for access: operations, kinds of resource, patterns. Pure.

Codes are those of `org.apache.kafka.common.acl.AclOperation` and `…resource.ResourceType`, as the protocol sends them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Operation(StrEnum):
    """What somebody may do."""

    ALL = "ALL"
    READ = "READ"
    WRITE = "WRITE"
    CREATE = "CREATE"
    DELETE = "DELETE"
    ALTER = "ALTER"
    DESCRIBE = "DESCRIBE"
    CLUSTER_ACTION = "CLUSTER_ACTION"
    DESCRIBE_CONFIGS = "DESCRIBE_CONFIGS"
    ALTER_CONFIGS = "ALTER_CONFIGS"
    IDEMPOTENT_WRITE = "IDEMPOTENT_WRITE"
    CREATE_TOKENS = "CREATE_TOKENS"
    DESCRIBE_TOKENS = "DESCRIBE_TOKENS"


class ResourceType(StrEnum):
    """With what."""

    TOPIC = "TOPIC"
    GROUP = "GROUP"
    CLUSTER = "CLUSTER"
    TRANSACTIONAL_ID = "TRANSACTIONAL_ID"


_OPERATIONS: Final = dict(enumerate(Operation, start=2))
_RESOURCE_TYPES: Final = {2: "TOPIC", 3: "GROUP", 4: "CLUSTER", 5: "TRANSACTIONAL_ID", 6: "DELEGATION_TOKEN", 7: "USER"}
EVERYTHING: Final = "*"
"""A literal name that stands for all resources of a type."""


def operation_name(code: int) -> str:
    """`READ`; an operation that this version does not know is `OPERATION-15`."""
    operation = _OPERATIONS.get(code)
    return f"OPERATION-{code}" if operation is None else operation.value


def resource_type_name(code: int) -> str:
    """`TOPIC`; a kind of resource that this version does not know is `RESOURCE-9`."""
    return _RESOURCE_TYPES.get(code, f"RESOURCE-{code}")


def operations_in(codes: Iterable[int]) -> frozenset[Operation]:
    """The operations of these codes (KIP-430); codes that this version does not know are left out."""
    return frozenset(_OPERATIONS[code] for code in codes if code in _OPERATIONS)


@dataclass(frozen=True, slots=True, order=True)
class Resource:
    """One resource, or all whose name begins alike."""

    type: ResourceType
    name: str
    prefixed: bool = False
    """False: the name is literal, and `*` stands for all names (KIP-290)."""

    def covers(self, other: Resource) -> bool:
        """Does a rule for this resource hold for all of `other`?"""
        if self.type is not other.type:
            return False
        if self.prefixed:
            return other.name.startswith(self.name) and other.name != EVERYTHING
        return self.name == EVERYTHING or self == other

    def matches(self, name: str) -> bool:
        """Does a rule for this resource hold for the resource of that name?"""
        return self.covers(Resource(self.type, name))


CLUSTER: Final = Resource(ResourceType.CLUSTER, "kafka-cluster")


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One operation on one resource."""

    operation: Operation
    resource: Resource

    def covers(self, other: Right) -> bool:
        """Is `other` granted by what grants this?"""
        return self.operation is other.operation and self.resource.covers(other.resource)

    @property
    def words(self) -> str:
        """`READ on every topic that begins with locks.`, as a person says it."""
        kind, name = self.resource.type.value.replace("_", " ").lower(), self.resource.name
        if self.resource.type is ResourceType.CLUSTER:
            return f"{self.operation} on the cluster"
        if self.resource.prefixed:
            return f"{self.operation} on every {kind} that begins with {name}"
        return f"{self.operation} on " + (f"every {kind}" if name == EVERYTHING else f"{kind} {name}")
