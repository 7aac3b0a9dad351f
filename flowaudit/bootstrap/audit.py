"""One audit, assembled: session, ledger, fold, window, parts. The service, a snapshot and the demo all run this."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flowaudit.bootstrap.logs import FollowedLog, logs_of
from flowaudit.bootstrap.parts import (
    declared_of,
    ledger_path,
    linkage_settings_of,
    session_of,
)
from flowaudit.bootstrap.readings import OwnBytes, readings_of
from flowaudit.bootstrap.sources import schedules_of
from flowaudit.bootstrap.state import service_state
from flowaudit.bootstrap.tap import TapLagWatch, TapPart, tap_of
from flowaudit.config import Settings
from flowaudit.engine.announce import Announcer
from flowaudit.engine.auditor import Auditor, Rhythm
from flowaudit.engine.clock import now_ms
from flowaudit.engine.poller import Poller, Schedule
from flowaudit.engine.ports import Part, SourceHealth
from flowaudit.engine.progress import Progress, Warn
from flowaudit.facts import Channel, ClusterSeen, Provenance
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.snapshot import Cluster, GraphSnapshot
from flowaudit.ledger import Ledger
from flowaudit.linkage.window import LinkageWindow
from flowaudit.metrics.state import ServiceState
from flowaudit.sources.broker_metrics import Readings
from flowaudit.sources.health import HealthSource
from flowaudit.sources.tap.quiet import quiet_libraries


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit that is ready to run."""

    cluster: Cluster
    auditor: Auditor
    poller: Poller
    logs: tuple[FollowedLog, ...]
    tap: TapPart | None
    tap_lag: TapLagWatch
    progress: Progress

    def run(self, stop: threading.Event) -> GraphSnapshot:
        """Audit until `stop` is set; returns the last snapshot. Links are announced as they are first seen."""
        parts: tuple[Part, ...] = (self.poller, *self.logs)
        parts = parts if self.tap is None else (*parts, self.tap)
        return self.auditor.run(parts, stop, Announcer(self.progress).see)

    def state(self) -> ServiceState:
        """What the metrics read."""
        return service_state(
            self.auditor.snapshot,
            self.poller.health(),
            delivering_health(self.logs, self.tap),
            self.tap_lag.lags(),
            self.auditor.facts_stored,
        )


@contextmanager
def audit_of(settings: Settings, directory: Path, progress: Progress) -> Iterator[Audit]:
    """Assemble an audit whose ledger lies in `directory`; everything is closed at the end.

    Raises:
        SourceUnreachable: the audited (or the audit) cluster does not answer.
        TopologyInvalid, LedgerError: what the user gave cannot be used.
    """
    quiet_libraries()
    declared = declared_of(settings)
    with ExitStack() as closing:
        session = closing.enter_context(session_of(settings))
        identity = session.cluster()
        cluster = Cluster(identity.id, identity.namespace)
        ledger = closing.enter_context(Ledger.open(ledger_path(directory), cluster.id))
        provenance = Provenance(Channel.METADATA, now_ms(), "DescribeCluster")
        ledger.append([ClusterSeen(provenance, cluster.id, cluster.namespace, settings.graph.k_anonymity), *declared])
        fold = GraphFold(cluster, settings.graph.k_anonymity)
        window = LinkageWindow(linkage_settings_of(settings))
        rhythm = Rhythm(linkage_s=settings.linkage.interval_s)
        tap_lag = TapLagWatch(session, ledger)
        tap = tap_of(settings, session, ledger)
        logs = logs_of(settings, ledger)
        health = HealthSource(lambda: (*poller.health(), *delivering_health(logs, tap)))
        often_s = settings.groups.interval_s
        auditor = Auditor(ledger, fold, window, now_ms, rhythm)

        followed = {settings.broker_logs.audit_topic or ""}

        def readings(own_bytes: OwnBytes) -> Readings:
            return readings_of(session, lambda: auditor.snapshot, ledger, own_bytes, followed)

        schedules = schedules_of(settings, session, cluster.id, readings)
        schedules += [Schedule(tap_lag, often_s), Schedule(health, often_s)]
        poller = Poller(schedules, now_ms, lambda text: progress.tell(Warn(text)))
        if tap is None:
            progress.tell(Warn("no topic is tapped: what the records carry, and where it reappears, stays unseen"))
        yield Audit(cluster, auditor, poller, logs, tap, tap_lag, progress)


def delivering_health(logs: Sequence[FollowedLog], tap: TapPart | None) -> tuple[SourceHealth, ...]:
    """The health of what is not polled."""
    parts = logs if tap is None else (*logs, tap)
    return tuple(health for part in parts for health in part.health())
