"""Granting ACLs on an embedded broker, for tests of what a principal with few rights can see and do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kafka import KafkaAdminClient
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType

from flowaudit.embedded.errors import EmbeddedKafkaUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flowaudit.embedded.broker import EmbeddedKafka


@dataclass(frozen=True, slots=True)
class AclRule:
    """Allow (or, with `allow` False, deny) `user` some operations on a resource.

    Attributes:
        user: the name of a `SaslUser`.
        operations: Kafka's names: READ, WRITE, CREATE, DESCRIBE, DESCRIBE_CONFIGS, …
        resource_type: TOPIC, GROUP, CLUSTER or TRANSACTIONAL_ID.
        resource_name: the resource; ``*`` = all of that type, ``kafka-cluster`` = the cluster.
        prefixed: `resource_name` is a prefix (KIP-290).
        allow: False = deny.
    """

    user: str
    operations: tuple[str, ...]
    resource_type: str
    resource_name: str
    prefixed: bool = False
    allow: bool = True


def grant(kafka: EmbeddedKafka, rules: Iterable[AclRule]) -> None:
    """Create ACLs as the super user; they hold when this returns.

    Raises:
        KeyError: an operation or a resource type has no such name.
        EmbeddedKafkaUnavailable: the broker refused an ACL.
    """
    acls = [acl for rule in rules for acl in _acls(rule)]
    admin = KafkaAdminClient(**kafka.client().kafka_python())
    try:
        failed = admin.create_acls(acls)["failed"]
    finally:
        admin.close()
    if failed:
        msg = f"the embedded Kafka refused {len(failed)} of {len(acls)} ACLs: {failed[0].__name__}"
        raise EmbeddedKafkaUnavailable(msg)


def _acls(rule: AclRule) -> list[ACL]:
    pattern_type = ACLResourcePatternType.PREFIXED if rule.prefixed else ACLResourcePatternType.LITERAL
    pattern = ResourcePattern(ResourceType[rule.resource_type], rule.resource_name, pattern_type)
    permission = ACLPermissionType.ALLOW if rule.allow else ACLPermissionType.DENY
    operations = (ACLOperation[name] for name in rule.operations)
    return [ACL(f"User:{rule.user}", "*", operation, permission, pattern) for operation in operations]
