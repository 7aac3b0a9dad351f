"""Rights → the commands and the Kubernetes resource that grant them. Pure.

`kafka-acls` is Apache Kafka's own tool (`bin/kafka-acls.sh`); `KafkaUser` is Strimzi's resource, API version `v1`
(Strimzi 0.49 and newer; before that `v1beta2`, the rest reads the same).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from flowaudit.facts import AccessRule
from flowaudit.rights.access import Operation, Resource, ResourceType, Right

ADMIN_PROPERTIES: Final = "admin.properties"
"""Placeholder: the file by which the tool connects as somebody who may alter access rules."""
SOMEBODY: Final = "User:auditor"
"""Stands for the principal where only the brokers know it."""
_FLAGS: Final = {
    ResourceType.TOPIC: "--topic",
    ResourceType.GROUP: "--group",
    ResourceType.TRANSACTIONAL_ID: "--transactional-id",
}
_STRIMZI_TYPES: Final = {
    ResourceType.TOPIC: "topic",
    ResourceType.GROUP: "group",
    ResourceType.CLUSTER: "cluster",
    ResourceType.TRANSACTIONAL_ID: "transactionalId",
}


def grant_commands(rights: Iterable[Right], principal: str, bootstrap_server: str) -> tuple[str, ...]:
    """A `kafka-acls` command line a resource, ready for a POSIX shell."""
    return tuple(
        _command(
            bootstrap_server,
            ["--add", "--allow-principal", principal or SOMEBODY],
            *((argument) for operation in operations for argument in ("--operation", _word(operation))),
            *_resource(resource.type, resource.name, prefixed=resource.prefixed),
        )
        for resource, operations in _by_resource(rights)
    )


def revoke_command(rule: AccessRule, bootstrap_server: str) -> str:
    """The `kafka-acls` command line that removes one access rule, and no other; it does not ask back."""
    return _command(
        bootstrap_server,
        ["--remove", "--force", "--allow-principal", rule.principal, "--allow-host", rule.host],
        "--operation",
        _word(rule.operation),
        *_resource(ResourceType(rule.resource_type), rule.resource, prefixed=rule.prefixed),
    )


def kafka_user(rights: Iterable[Right], principal: str, *, cluster: str = "my-cluster") -> str:
    """A Strimzi `KafkaUser` (YAML) that may do just this. A certificate's subject is no user that Strimzi makes."""
    user = principal.removeprefix("User:")
    name = user if user.replace("-", "").isalnum() and user == user.lower() and user.isascii() else "auditor"
    lines = [
        "apiVersion: kafka.strimzi.io/v1",
        "kind: KafkaUser",
        "metadata:",
        f"  name: {name}",
        "  labels:",
        f"    strimzi.io/cluster: {cluster}",
        "spec:",
        "  authentication:",
        "    type: scram-sha-512",
        "  authorization:",
        "    type: simple",
        "    acls:",
    ]
    for resource, operations in _by_resource(rights):
        lines += _strimzi_rule(resource, operations)
    return "\n".join(lines) + "\n"


def _strimzi_rule(resource: Resource, operations: Iterable[Operation]) -> Iterator[str]:
    yield "      - resource:"
    yield f"          type: {_STRIMZI_TYPES[resource.type]}"
    if resource.type is not ResourceType.CLUSTER:
        quoted = resource.name.replace("\\", "\\\\").replace('"', '\\"')
        yield f'          name: "{quoted}"'
        yield f"          patternType: {'prefix' if resource.prefixed else 'literal'}"
    yield f"        operations: [{', '.join(_word(operation) for operation in operations)}]"


def _by_resource(rights: Iterable[Right]) -> Iterator[tuple[Resource, list[Operation]]]:
    ordered = sorted(set(rights), key=lambda right: (right.resource, right.operation))
    for resource, group in groupby(ordered, key=lambda right: right.resource):
        yield resource, [right.operation for right in group]


def _command(bootstrap_server: str, action: list[str], *what: str) -> str:
    connection = ["--bootstrap-server", bootstrap_server, "--command-config", ADMIN_PROPERTIES]
    return shlex.join(["kafka-acls", *connection, *action, *what])


def _resource(kind: ResourceType, name: str, *, prefixed: bool) -> Iterator[str]:
    if kind is ResourceType.CLUSTER:
        yield "--cluster"
        return
    yield from (_FLAGS[kind], name)
    if prefixed:
        yield from ("--resource-pattern-type", "prefixed")


def _word(operation: str) -> str:
    """`DESCRIBE_CONFIGS` → `DescribeConfigs`, as both tools write it."""
    return "".join(part.capitalize() for part in operation.split("_"))
