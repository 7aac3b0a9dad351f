"""The Faust app of a tap worker: stock Faust on the audit cluster, and nothing of it on the audited one.

Its consumer group on the empty slots topic shares out the work; runs of records reach its agent through an in-memory
channel; its producer writes facts, sightings and progress.
"""

from __future__ import annotations

from typing import Any, Final

import faust
from typing_extensions import override

from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.tap.audit_cluster import AuditLayout
from flowaudit.sources.tap.kafka_client import ssl_context_of

QUEUED_RUNS: Final = 8
"""Runs that wait for the audit; with as many queued, the Reader waits."""
_BUFFERED_MESSAGES: Final = 10_000


def tap_app(audit_cluster: KafkaConnection, layout: AuditLayout) -> Any:  # noqa: ANN401 (Faust ships no usable types)
    """An app that creates nothing by itself: no leader topic, no tables, no web server, no autodiscovery."""
    app = _Folderless(
        layout.group,
        broker=[f"kafka://{server.strip()}" for server in audit_cluster.bootstrap_servers.split(",")],
        broker_credentials=_credentials(audit_cluster),
        broker_client_id=f"{audit_cluster.client_id}-worker",
        store="memory://",
        autodiscover=False,
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        producer_linger=0.01,
        producer_max_request_size=4 * 1024 * 1024,
        broker_session_timeout=6.0,
        broker_heartbeat_interval=1.0,
        key_serializer="raw",
        value_serializer="raw",
    )
    # Not a setting: 100 messages by default, over which sends fail (faust-streaming issue 173).
    app.producer.buffer.max_messages = _BUFFERED_MESSAGES
    return app


class _Folderless(faust.App):  # type: ignore[misc]  # Faust ships no usable types
    """Without a table there is nothing to keep, so no folder is made where the worker was started."""

    @override
    def _create_directories(self) -> None:
        return


def _credentials(connection: KafkaConnection) -> Any:  # noqa: ANN401
    context = ssl_context_of(connection)
    if connection.sasl_mechanism:
        return faust.SASLCredentials(
            username=connection.sasl_username,
            password=connection.sasl_password,
            mechanism=connection.sasl_mechanism,
            ssl_context=context,
        )
    return None if context is None else faust.SSLCredentials(context=context)
