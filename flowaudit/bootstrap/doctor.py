"""`doctor`: what the configured principal may do, what the configured channels need, and the places they read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from flowaudit.bootstrap.parts import session_of
from flowaudit.bootstrap.plan import own_principal, plan_of
from flowaudit.config import Settings
from flowaudit.rights import CLUSTER, Diagnosis, PlaceChecked, channels_of, diagnose
from flowaudit.sources.acls import list_access_rules
from flowaudit.sources.rights import Credentials, RightsProbe, check_file, check_page
from flowaudit.sources.tap.quiet import quiet_libraries


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """What `doctor` found out about one cluster."""

    cluster_id: str
    namespace: str
    bootstrap_server: str
    """The first of the configured ones: for the commands that grant what is missing."""
    diagnosis: Diagnosis


def run_doctor(settings: Settings) -> DoctorReport:
    """Look once. Nothing is changed, and no record is read.

    Raises:
        SourceUnreachable: the audited cluster does not answer.
    """
    quiet_libraries()
    with session_of(settings) as session:
        identity = session.cluster()
        probe = RightsProbe(session)
        topics = probe.topics()
        channels = channels_of(plan_of(settings), topics)
        resources = {CLUSTER, *(need.right.resource for channel in channels for need in channel.needs)}
        access = list_access_rules(session)
        rights = probe.rights(own_principal(settings), resources, access, topics=topics, groups=probe.groups())
    return DoctorReport(
        cluster_id=identity.id,
        namespace=identity.namespace,
        bootstrap_server=settings.kafka.bootstrap_servers[0],
        diagnosis=diagnose(channels, rights, _places(settings, identity.id)),
    )


def _places(settings: Settings, cluster_id: str) -> Iterator[PlaceChecked]:
    connect, registry, logs, metrics = (
        settings.connect,
        settings.schema_registry,
        settings.broker_logs,
        settings.broker_metrics,
    )
    with_connect = _credentials(connect.username, connect.password, connect.ssl_ca_file)
    for url in connect.urls:
        yield check_page("connect", url, "/", with_connect, _of_cluster(cluster_id))
    if registry.url:
        credentials = _credentials(registry.username, registry.password)
        yield check_page("schema-registry", registry.url, "/schemas/types", credentials, _anything_will_do)
    for path in (*logs.request_logs, *logs.authorizer_logs, *logs.audit_logs, *logs.client_metrics):
        yield check_file("broker-logs", path)
    for url in metrics.urls:
        yield check_page("broker-metrics", url, "", Credentials(), _has_series(metrics.bytes_out))


def _credentials(username: str | None, password: SecretStr | None, ca_file: Path | None = None) -> Credentials:
    return Credentials(username or "", password.get_secret_value() if password else "", str(ca_file or ""))


def _of_cluster(cluster_id: str) -> Callable[[bytes], str]:
    def judge(page: bytes) -> str:
        try:
            told = json.loads(page).get("kafka_cluster_id", cluster_id)
        except (ValueError, AttributeError):
            return "what answers there is no Connect worker"
        return "" if told == cluster_id else "this worker is of another Kafka cluster than the audited one"

    return judge


def _has_series(name: str) -> Callable[[bytes], str]:
    def judge(page: bytes) -> str:
        return "" if name.encode() in page else f"the page has no series {name}; broker_metrics.bytes_out names it"

    return judge


def _anything_will_do(_: bytes) -> str:
    return ""
