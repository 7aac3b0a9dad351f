"""`worker`: one more tap worker of the distributed deployment."""

from __future__ import annotations

import threading

from flowaudit.bootstrap.connection import connection_of
from flowaudit.bootstrap.parts import audit_settings_of, reader_settings_of, session_of
from flowaudit.bootstrap.sources import registry_of
from flowaudit.config import Settings
from flowaudit.config.sections import KafkaSettings
from flowaudit.engine.clock import now_ms
from flowaudit.engine.progress import Progress, Watching
from flowaudit.errors import UsageError
from flowaudit.sources.kafka_admin import decode_topics
from flowaudit.sources.tap.audit_cluster import AuditLayout
from flowaudit.sources.tap.faust_worker import WorkerSettings, run_tap_worker


def run_worker(settings: Settings, *, progress: Progress, stop: threading.Event) -> None:
    """Run a worker until `stop` is set. Call it in the main thread.

    Raises:
        SourceUnreachable: the audited or the audit cluster does not answer.
        UsageError: no audit cluster is configured.
    """
    with session_of(settings) as session:
        progress.tell(Watching(session.cluster().namespace))
        worker = WorkerSettings(
            reader=reader_settings_of(settings),
            audit=audit_settings_of(settings),
            audit_cluster=connection_of(audit_cluster_of(settings)),
            layout=layout_of(settings),
            registry=registry_of(settings),
        )
        run_tap_worker(worker, lambda: decode_topics(session.topics()), now_ms, stop)


def audit_cluster_of(settings: Settings) -> KafkaSettings:
    """The audit cluster's section.

    Raises:
        UsageError: there is none.
    """
    if settings.audit_cluster is None:
        msg = "workers share the tap over an audit cluster, and none is configured; set audit_cluster.bootstrap_servers"
        raise UsageError(msg)
    return settings.audit_cluster


def layout_of(settings: Settings) -> AuditLayout:
    """How the audit cluster's topics are laid out."""
    return AuditLayout(slots=settings.tap.slots, window_ms=settings.linkage.window_s * 1000)
