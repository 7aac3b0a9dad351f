"""Which sources are polled, how often, and what each may look at."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from flowaudit.bootstrap.plan import own_principal, plan_of
from flowaudit.bootstrap.readings import OwnBytes
from flowaudit.config import Settings
from flowaudit.engine.poller import Schedule
from flowaudit.sources.acls import AclsSource, list_access_rules
from flowaudit.sources.broker_logs import BrokerLogFiles, BrokerLogsSource
from flowaudit.sources.broker_metrics import BrokerMetricsSource, MetricPages, Readings
from flowaudit.sources.client_metrics import ClientMetricsSource
from flowaudit.sources.connect import ConnectSource, Credentials, worker_groups
from flowaudit.sources.groups import GroupsSource
from flowaudit.sources.headers import HeadersSource, SchemaRegistry
from flowaudit.sources.kafka_admin import AdminSession, decode_topics
from flowaudit.sources.producers import BatchHeadersSource, HeaderLimits, ProducersSource
from flowaudit.sources.rights import RightsSource
from flowaudit.sources.tap.plan import TopicFilter
from flowaudit.sources.topics import TopicsSource
from flowaudit.sources.transactions import TransactionListings

_RIGHTS_S: Final = 30.0
_LOGS_S: Final = 3.0


def schedules_of(
    settings: Settings, session: AdminSession, cluster_id: str, readings: Callable[[OwnBytes], Readings]
) -> list[Schedule]:
    """Every polled source that the settings ask for, with its interval.

    `readings` makes what the estimate of egress asks for, of the bytes that the sources themselves fetch.
    """
    often_s = settings.groups.interval_s
    headers = _headers(settings, session)
    return [
        Schedule(TopicsSource(session, topic_filter_of(settings).takes), often_s),
        Schedule(GroupsSource(session, settings.groups.exclude), often_s),
        Schedule(ProducersSource(session), often_s),
        Schedule(RightsSource(session, plan_of(settings), list_access_rules), _RIGHTS_S),
        *_transactions(settings, session),
        *(Schedule(source, settings.records.interval_s) for source in headers),
        *_acls(settings, session),
        *_broker_logs(settings, session),
        *_broker_metrics(settings, session, readings(lambda: _fetched(headers))),
        *_connect(settings, session, cluster_id),
    ]


def topic_filter_of(settings: Settings) -> TopicFilter:
    """Which topics may be tapped."""
    return TopicFilter(settings.tap.topics, settings.tap.exclude)


def _transactions(settings: Settings, session: AdminSession) -> Iterator[Schedule]:
    if settings.transactions.enabled:
        yield Schedule(TransactionListings(session), settings.groups.interval_s)


def _headers(settings: Settings, session: AdminSession) -> list[BatchHeadersSource | HeadersSource]:
    records = settings.records
    if not records.enabled or not (records.topics or settings.tap.topics):
        return []
    wanted = _looked_at(settings)
    limits = HeaderLimits(partition_bytes=records.bytes_per_partition)
    return [
        BatchHeadersSource(session, wanted, limits),
        HeadersSource(session, wanted, records.bytes_per_partition, registry_of(settings)),
    ]


def registry_of(settings: Settings) -> SchemaRegistry | None:
    """A client of the schema registry, for one thread; None when none is configured."""
    registry = settings.schema_registry
    if registry.url is None:
        return None
    password = registry.password.get_secret_value() if registry.password else ""
    return SchemaRegistry(registry.url, registry.username or "", password)


def _fetched(sources: Iterable[BatchHeadersSource | HeadersSource]) -> Mapping[str, int]:
    fetched: Counter[str] = Counter()
    for source in sources:
        fetched.update(source.fetched_bytes.copy())
    return fetched


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


def _broker_metrics(settings: Settings, session: AdminSession, readings: Readings) -> Iterator[Schedule]:
    metrics = settings.broker_metrics
    if metrics.urls:
        pages = MetricPages(metrics.urls, metrics.bytes_out, metrics.bytes_in)
        source = BrokerMetricsSource(pages, readings, brokers=lambda: len(session.brokers()))
        yield Schedule(source, metrics.interval_s)
