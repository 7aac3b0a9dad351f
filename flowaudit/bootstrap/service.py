"""`snapshot`, `run`, and reading a state directory."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

from flowaudit.bootstrap.audit import Audit, audit_of
from flowaudit.bootstrap.parts import ledger_path
from flowaudit.config import Settings
from flowaudit.engine.progress import Progress, Serving, Watching
from flowaudit.facts import ClusterSeen
from flowaudit.graph.fold import fold
from flowaudit.graph.snapshot import Cluster, GraphSnapshot
from flowaudit.ledger import Ledger
from flowaudit.sources.tap.process_memory import settle_memory
from flowaudit.web.server import WebServer


def run_snapshot(settings: Settings, *, duration_s: float, progress: Progress, stop: threading.Event) -> GraphSnapshot:
    """Watch the cluster for `duration_s` seconds, or until `stop` is set; returns the graph of what was seen.

    The evidence behind it is kept only as long as this takes.
    """
    _settle(settings)
    timer = threading.Timer(duration_s, stop.set)
    timer.daemon = True
    with (
        tempfile.TemporaryDirectory(prefix="flowaudit-") as directory,
        audit_of(settings, Path(directory), progress) as audit,
    ):
        progress.tell(Watching(audit.cluster.namespace, duration_s))
        timer.start()
        try:
            return audit.run(stop)
        finally:
            timer.cancel()


def run_service(settings: Settings, *, progress: Progress, stop: threading.Event) -> None:
    """Audit and serve until `stop` is set."""
    _settle(settings)
    with audit_of(settings, settings.ledger.directory, progress) as audit, web_of(settings, audit) as web:
        progress.tell(Watching(audit.cluster.namespace))
        progress.tell(Serving(web.url))
        audit.run(stop)


def _settle(settings: Settings) -> None:
    """Both commands own their process: where it taps, its memory is set for that."""
    if settings.tap.topics and settings.audit_cluster is None:
        settle_memory()


def web_of(settings: Settings, audit: Audit) -> WebServer:
    """The web server of an audit."""
    return WebServer(
        audit.state,
        host=settings.web.host,
        port=settings.web.port,
        allowed_hosts=settings.web.allowed_hosts,
        max_series=settings.metrics.max_series,
        kafka_cluster=settings.metrics.kafka_cluster or audit.cluster.id,
    )


def read_state(directory: Path) -> GraphSnapshot:
    """The graph of a state directory, which a run may be writing to meanwhile.

    Raises:
        LedgerError: there is no ledger, or it cannot be read.
    """
    with Ledger.read(ledger_path(directory)) as ledger:
        facts = [fact for _, fact in ledger.facts()]
        seen = [fact for fact in facts if isinstance(fact, ClusterSeen)]
        if not seen:
            return fold(Cluster(ledger.cluster_id, ""), facts)
        return fold(Cluster(ledger.cluster_id, seen[-1].namespace), facts, seen[-1].k_anonymity)
