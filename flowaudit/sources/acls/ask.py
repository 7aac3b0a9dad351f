"""The question for all access rules."""

from __future__ import annotations

from typing import Final

from kafka.protocol.admin import DescribeAclsRequest

from flowaudit.errors import SourceUnreachable
from flowaudit.rights import AccessListing, Authorizer
from flowaudit.sources.acls.decode import decode_listing
from flowaudit.sources.kafka_admin import AdminSession

_ANY: Final = 1
_FIRST_WITH_PREFIXES: Final = 1


def list_access_rules(session: AdminSession) -> AccessListing:
    """Ask one broker for every access rule. Brokers that do not know the request leave everything unknown.

    Raises:
        SourceUnreachable: the cluster does not answer.
    """
    brokers = session.brokers()
    if not brokers or not _is_offered(session):
        return AccessListing(Authorizer.UNKNOWN)
    answer = session.send(_every_rule(), brokers[0])
    return decode_listing(int(answer.error_code), [one.to_dict(json=False) for one in answer.resources or ()])


def _is_offered(session: AdminSession) -> bool:
    try:
        return session.version_of(DescribeAclsRequest) >= _FIRST_WITH_PREFIXES
    except SourceUnreachable:  # the library's word for a request that the brokers do not know; nothing was sent
        return False


def _every_rule() -> object:
    return DescribeAclsRequest(
        resource_type_filter=_ANY,
        resource_name_filter=None,
        pattern_type_filter=_ANY,
        principal_filter=None,
        host_filter=None,
        operation=_ANY,
        permission_type=_ANY,
    )
