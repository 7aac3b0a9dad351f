"""Asks what this principal may do, with requests that change nothing and create nothing.

Most answers are authorized operations (KIP-430), which brokers tell of topics that do not exist as well. Groups and
transactional ids are asked with a made-up name, at a broker and not through FindCoordinator: that is what would make
a fresh cluster create its internal topics. Only DESCRIBE and READ are ever tried, never another operation.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from kafka.protocol.admin import (
    DescribeClusterRequest,
    DescribeGroupsRequest,
    DescribeTransactionsRequest,
    ListGroupsRequest,
)
from kafka.protocol.consumer import FetchRequest
from kafka.protocol.metadata import ApiVersionsRequest, MetadataRequest

from flowaudit.errors import SourceUnreachable
from flowaudit.rights import (
    CLUSTER,
    EVERYTHING,
    AccessListing,
    Operation,
    Resource,
    ResourceType,
    Rights,
)
from flowaudit.rights.held import Operations
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_admin.coordinators import find_coordinators
from flowaudit.sources.rights.decode import (
    decode_api_versions,
    decode_groups,
    decode_operations,
    decode_topics,
    decode_transactional_ids,
)

_TOPIC_AUTHORIZATION_FAILED: Final = 29
_OPERATIONS_SINCE: Final = {MetadataRequest: 8, DescribeGroupsRequest: 3}
"""KIP-430, Kafka 2.3."""
_NEWEST_FETCH_BY_NAME: Final = 12
_MOST_GROUPS: Final = 500
_DESCRIBE_CLUSTER: Final = 60
_DESCRIBE_TRANSACTIONS: Final = 65


class RightsProbe:
    """Asks one cluster about one principal. Every method raises `SourceUnreachable` when it does not answer."""

    def __init__(self, session: AdminSession) -> None:
        self._session = session
        self._broker = _some_broker(session)
        self._versions = self._api_versions()

    def topics(self) -> dict[str, Operations | None]:
        """What the principal may do with each topic that it is shown."""
        return self._topics(None)

    def rights(
        self,
        principal: str,
        resources: Iterable[Resource],
        access: AccessListing,
        *,
        topics: Mapping[str, Operations | None],
        groups: Mapping[str, Operations | None],
    ) -> Rights:
        """What the principal may do with `resources`, beside what was found out about single topics and groups."""
        wanted = set(resources)
        asked: dict[Resource, Operations | None] = {}
        asked |= self._asked_topics([one for one in wanted if one.type is ResourceType.TOPIC])
        asked |= self._asked_groups([one for one in wanted if one.type is ResourceType.GROUP])
        asked |= self._asked_transactional_ids([one for one in wanted if one.type is ResourceType.TRANSACTIONAL_ID])
        if CLUSTER in wanted:
            asked[CLUSTER] = self._cluster()
        return Rights(principal, access, asked, topics, groups, self._versions)

    def groups(self) -> dict[str, Operations | None]:
        """What the principal may do with each group that it is shown; of many, with the first 500 by name."""
        brokers = self._session.brokers()
        answers = [self._session.send(ListGroupsRequest(), broker) for broker in brokers]
        names = sorted({str(group.group_id) for answer in answers for group in answer.groups})[:_MOST_GROUPS]
        found = find_coordinators(self._session, names)
        operations = decode_groups({"group_id": name, "error_code": code} for name, code in found.errors.items())
        for broker, coordinated in found.groups.items():
            operations |= decode_groups(self._described_groups(broker, list(coordinated)))
        return operations

    def _api_versions(self) -> dict[int, tuple[int, int]]:
        request = ApiVersionsRequest(client_software_name="flowaudit", client_software_version="1")
        answer = self._session.send(request, self._broker)
        return decode_api_versions(key.to_dict(json=False) for key in answer.api_keys)

    def _cluster(self) -> Operations | None:
        if _DESCRIBE_CLUSTER not in self._versions:
            return None
        answer = self._session.send(DescribeClusterRequest(include_cluster_authorized_operations=True), self._broker)
        told = answer.to_dict(json=False)
        return decode_operations(told.get("authorized_operations", told.get("cluster_authorized_operations")))

    def _asked_topics(self, resources: list[Resource]) -> Iterator[tuple[Resource, Operations | None]]:
        names = {resource: _stand_in(resource) for resource in resources}
        found = self._topics(list(names.values())) if names else {}
        for resource, name in names.items():
            told = found.get(name)
            yield resource, self._tried(name) if told is None else told

    def _asked_groups(self, resources: list[Resource]) -> Iterator[tuple[Resource, Operations | None]]:
        names = {resource: _stand_in(resource) for resource in resources}
        found = decode_groups(self._described_groups(self._broker, list(names.values()))) if names else {}
        yield from ((resource, found.get(name)) for resource, name in names.items())

    def _asked_transactional_ids(self, resources: list[Resource]) -> Iterator[tuple[Resource, Operations | None]]:
        names = {resource: _stand_in(resource) for resource in resources}
        found: dict[str, Operations | None] = {}
        if names and _DESCRIBE_TRANSACTIONS in self._versions:
            request = DescribeTransactionsRequest(transactional_ids=list(names.values()))
            answer = self._session.send(request, self._broker)
            found = decode_transactional_ids(state.to_dict(json=False) for state in answer.transaction_states)
        yield from ((resource, found.get(name)) for resource, name in names.items())

    def _topics(self, names: list[str] | None) -> dict[str, Operations | None]:
        topic = MetadataRequest.MetadataRequestTopic
        request = MetadataRequest(
            topics=None if names is None else [topic(name=name) for name in names],
            allow_auto_topic_creation=False,
            **self._with_operations(MetadataRequest, "include_topic_authorized_operations"),
        )
        answer = self._session.send(request, self._broker)
        return decode_topics(topic.to_dict(json=False) for topic in answer.topics)

    def _described_groups(self, broker: int, names: list[str]) -> Iterator[dict[str, Any]]:
        operations = self._with_operations(DescribeGroupsRequest, "include_authorized_operations")
        answer = self._session.send(DescribeGroupsRequest(groups=names, **operations), broker)
        yield from (group.to_dict(json=False) for group in answer.groups)

    def _with_operations(self, request: type, option: str) -> dict[str, bool]:
        return {option: True} if self._session.version_of(request) >= _OPERATIONS_SINCE[request] else {}

    def _tried(self, topic: str) -> Operations:
        """What a broker before KIP-430 lets the principal do: a fetch of no byte decides on READ."""
        answer = self._session.send(_fetch_nothing(topic), self._broker)
        errors = {int(partition.error_code) for one in answer.responses for partition in one.partitions}
        described = frozenset({Operation.DESCRIBE})
        return described if _TOPIC_AUTHORIZATION_FAILED in errors else described | {Operation.READ}


def _some_broker(session: AdminSession) -> int:
    brokers = session.brokers()
    if not brokers:
        msg = "Kafka answers, but names no live broker that could be asked"
        raise SourceUnreachable(msg)
    return min(brokers)


def _stand_in(resource: Resource) -> str:
    """The resource's own name, or for a pattern a made-up one that it matches."""
    if not resource.prefixed and resource.name != EVERYTHING:
        return resource.name
    prefix = resource.name if resource.prefixed else ""
    return f"{prefix}flowaudit-doctor-{secrets.token_hex(8)}"


def _fetch_nothing(topic: str) -> object:
    wanted = FetchRequest.FetchTopic
    partition = wanted.FetchPartition(
        partition=0,
        current_leader_epoch=-1,
        fetch_offset=0,
        last_fetched_epoch=-1,
        log_start_offset=-1,
        partition_max_bytes=0,
    )
    return FetchRequest(
        replica_id=-1,
        max_wait_ms=0,
        min_bytes=0,
        max_bytes=0,
        isolation_level=0,
        session_id=0,
        session_epoch=-1,
        topics=[wanted(topic=topic, partitions=[partition])],
        forgotten_topics_data=[],
        rack_id="",
        max_version=_NEWEST_FETCH_BY_NAME,
    )
