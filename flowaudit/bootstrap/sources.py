"""Which sources are polled, how often, and what each may look at."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Final
from uuid import UUID

from flowaudit.bootstrap.plan import own_principal, plan_of
from flowaudit.config import Settings
from flowaudit.engine.poller import Schedule
from flowaudit.sources.acls import AclsSource, list_access_rules
from flowaudit.sources.broker_logs import BrokerLogFiles, BrokerLogsSource
from flowaudit.sources.client_metrics import ClientMetricsSource
from flowaudit.sources.connect import ConnectSource, Credentials, worker_groups
from flowaudit.sources.groups import GroupsSource
from flowaudit.sources.kafka_admin import AdminSession, decode_topics
from flowaudit.sources.producers import BatchHeadersSource, HeaderLimits, ProducersSource
from flowaudit.sources.rights import RightsSource
from flowaudit.sources.tap.plan import TopicFilter
from flowaudit.sources.topics import TopicsSource
from flowaudit.sources.transactions import TransactionListings

_RIGHTS_S: Final = 30.0
_LOGS_S: Final = 3.0


def schedules_of(settings: Settings, session: AdminSession, cluster_id: str) -> list[Schedule]:
    """Every polled source that the settings ask for, with its interval."""
    often_s = settings.groups.interval_s
    return [
        Schedule(TopicsSource(session, topic_filter_of(settings).takes), often_s),
        Schedule(GroupsSource(session, settings.groups.exclude), often_s),
        Schedule(ProducersSource(session), often_s),
        *_transactions(settings, session),
        *_records(settings, session),
        Schedule(RightsSource(session, plan_of(settings), list_access_rules), _RIGHTS_S),
        *_acls(settings, session),
        *_broker_logs(settings, session),
        *_connect(settings, session, cluster_id),
    ]


def topic_filter_of(settings: Settings) -> TopicFilter:
    """Which topics may be tapped."""
    return TopicFilter(settings.tap.topics, settings.tap.exclude)


def _transactions(settings: Settings, session: AdminSession) -> Iterator[Schedule]:
    if settings.transactions.enabled:
        yield Schedule(TransactionListings(session), settings.groups.interval_s)


def _records(settings: Settings, session: AdminSession) -> Iterator[Schedule]:
    if settings.records.enabled and (settings.records.topics or settings.tap.topics):
        limits = HeaderLimits(partition_bytes=settings.records.bytes_per_partition)
        source = BatchHeadersSource(session, _looked_at(settings), limits)
        yield Schedule(source, settings.records.interval_s)


def _looked_at(settings: Settings) -> Callable[[str], bool]:
    """Topics of whose records the headers are looked at; what the tap must not read is not looked at either."""
    wanted = [re.compile(pattern) for pattern in settings.records.topics or settings.tap.topics]
    never = [re.compile(pattern) for pattern in settings.tap.exclude]

    def takes(topic: str) -> bool:
        return any(p.fullmatch(topic) for p in wanted) and not any(p.fullmatch(topic) for p in never)

    return takes


def _acls(settings: Settings, session: AdminSession) -> Iterator[Schedule]:
    if settings.acls.enabled:
        yield Schedule(AclsSource(session), settings.acls.interval_s)


def _connect(settings: Settings, session: AdminSession, cluster_id: str) -> Iterator[Schedule]:
    connect = settings.connect
    if connect.urls:
        password = connect.password.get_secret_value() if connect.password else ""
        credentials = Credentials(connect.username or "", password)
        source = ConnectSource(
            connect.urls, credentials, connect.ssl_ca_file, cluster_id, lambda: worker_groups(session)
        )
        yield Schedule(source, connect.interval_s)


def _broker_logs(settings: Settings, session: AdminSession) -> Iterator[Schedule]:
    logs = settings.broker_logs
    files = BrokerLogFiles(logs.request_logs, logs.authorizer_logs, logs.audit_logs)
    if logs.request_logs or logs.authorizer_logs or logs.audit_logs:
        source = BrokerLogsSource(
            files,
            brokers=lambda: len(session.brokers()),
            topic_names=lambda: topic_names_by_id(session),
            own_principals=(own_principal(settings),),
        )
        yield Schedule(source, _LOGS_S)
    if logs.client_metrics:
        yield Schedule(ClientMetricsSource(logs.client_metrics), _LOGS_S)


def topic_names_by_id(session: AdminSession) -> dict[str, str]:
    """Topic names by their ids as request logs write them: unpadded base64url."""
    topics = decode_topics(session.topics())
    return {urlsafe_b64encode(UUID(t.topic_id).bytes).decode().rstrip("="): t.name for t in topics if t.topic_id}
