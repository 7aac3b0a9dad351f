"""Facts of access rules (ACLs): who may."""

from __future__ import annotations

import msgspec

from flowaudit.facts.provenance import Provenance


class AccessRule(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One ACL binding, in Kafka's words."""

    principal: str
    """`User:billing`, `User:*`"""
    host: str
    operation: str
    """`READ`, `WRITE`, `DESCRIBE`, `ALL` …; an operation that this version does not know is `OPERATION-15`."""
    allows: bool
    """False: the rule denies."""
    resource_type: str
    """`TOPIC`, `GROUP`, `CLUSTER`, `TRANSACTIONAL_ID` …"""
    resource: str
    prefixed: bool
    """False: the name is literal (`*` stands for all names)."""


class AccessListed(msgspec.Struct, frozen=True, tag="access-listed", omit_defaults=True):
    """All access rules of the cluster at one moment; the latest listing stands."""

    provenance: Provenance
    rules: tuple[AccessRule, ...]
