"""DescribeAcls answers → access rules → facts. Pure.

Integers of the protocol that this version does not know stay integers (`OPERATION-15`): the library's own call fails
as a whole on a cluster that has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flowaudit.facts import AccessListed, AccessRule, Channel, NotVisible, Provenance
from flowaudit.rights import AccessListing, Authorizer, operation_name, resource_type_name

_CLUSTER_AUTHORIZATION_FAILED: Final = 31
_SECURITY_DISABLED: Final = 54
_ALLOW: Final = 3
_PREFIXED: Final = 4


def decode_listing(error: int, resources: Iterable[Mapping[str, Any]]) -> AccessListing:
    """Translate one answer: its error code, and its resources with their ACLs."""
    if not error:
        return AccessListing(Authorizer.PRESENT, _rules(resources))
    if error == _CLUSTER_AUTHORIZATION_FAILED:
        return AccessListing(Authorizer.PRESENT)
    return AccessListing(Authorizer.ABSENT if error == _SECURITY_DISABLED else Authorizer.UNKNOWN)


def listing_fact(listing: AccessListing, now_ms: int) -> AccessListed | NotVisible | None:
    """The fact that a listing makes; None when the cluster could not say."""
    provenance = Provenance(Channel.ACL, now_ms, "DescribeAcls")
    if listing.rules is not None:
        return AccessListed(provenance, listing.rules)
    match listing.authorizer:
        case Authorizer.PRESENT:
            hides = "who may read and write, and who does so without a rule that lets them"
            return NotVisible(provenance, "cluster", "access rules", "no-describe-right", hides)
        case Authorizer.ABSENT:
            hides = "who ought to read and write: this cluster checks nobody's rights, whoever can connect may do all"
            return NotVisible(provenance, "cluster", "access rules", "no-authorizer", hides)
        case Authorizer.UNKNOWN:
            return None


def _rules(resources: Iterable[Mapping[str, Any]]) -> tuple[AccessRule, ...]:
    """Sorted: the same rules are the same listing."""
    rules = {
        AccessRule(
            principal=str(acl["principal"]),
            host=str(acl["host"]),
            operation=operation_name(int(acl["operation"])),
            allows=int(acl["permission_type"]) == _ALLOW,
            resource_type=resource_type_name(int(resource["resource_type"])),
            resource=str(resource["resource_name"]),
            prefixed=int(resource["pattern_type"]) == _PREFIXED,
        )
        for resource in resources
        for acl in resource["acls"]
    }
    return tuple(sorted(rules))
