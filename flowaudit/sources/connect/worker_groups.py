"""Which Kafka group the workers of a Connect cluster form: the REST API does not say, the group's members do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from kafka.protocol.admin import DescribeGroupsRequest, ListGroupsRequest

from flowaudit.errors import FlowAuditError
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_admin.coordinators import find_coordinators
from flowaudit.sources.member_bytes import MemberUndecodable, member_url

_PROTOCOL: Final = "connect"

WorkerGroups = Callable[[], Mapping[str, str]]
"""`host:port` of workers → the group that they form, as far as it can be known."""


class WorkerUndecodable(FlowAuditError):
    """Bytes that are no subscription of a Connect worker."""


def worker_groups(session: AdminSession) -> Mapping[str, str]:
    """Ask the cluster. Groups that may not be described are left out; where no Connect group is listed none is asked.

    Raises:
        SourceUnreachable: the cluster does not answer.
    """
    answers = [session.send(ListGroupsRequest(), broker) for broker in session.brokers()]
    names = {group.group_id for answer in answers for group in answer.groups if group.protocol_type == _PROTOCOL}
    workers: dict[str, str] = {}
    for broker, some in find_coordinators(session, sorted(names)).groups.items():
        for group in session.send(DescribeGroupsRequest(groups=list(some)), broker).groups:
            for member in group.members if not group.error_code else ():
                try:
                    workers[worker_address(bytes(member.member_metadata or b""))] = str(group.group_id)
                except WorkerUndecodable:
                    continue
    return workers


def worker_address(metadata: bytes) -> str:
    """`host:port` of a worker's REST listener, from its subscription, as its connectors' status names the worker.

    Raises:
        WorkerUndecodable: the bytes end too soon, or hold no address with a port.
    """
    try:
        parts = urlsplit(member_url(_PROTOCOL, "", metadata))
    except MemberUndecodable as error:
        raise WorkerUndecodable(str(error)) from None
    if parts.port is None:
        msg = f"no address of a Connect worker in {len(metadata)} bytes"
        raise WorkerUndecodable(msg)
    return f"{parts.hostname}:{parts.port}"
