"""`demo`: two embedded brokers, the reference estate, two Faust tap workers, and the auditor over all of it."""

from __future__ import annotations

import secrets
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from flowaudit.bootstrap.audit import Audit, audit_of
from flowaudit.bootstrap.parts import topology_file
from flowaudit.bootstrap.reference import reference_topology
from flowaudit.bootstrap.service import web_of
from flowaudit.bootstrap.simulation import teller
from flowaudit.bootstrap.worker_process import WorkerProcess
from flowaudit.config import Settings
from flowaudit.config.sections import (
    GroupsSettings,
    KafkaSettings,
    LinkageSettings,
    TapSettings,
    TopologySettings,
    WebSettings,
)
from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions
from flowaudit.engine.progress import Note, Progress, Serving, Watching
from flowaudit.estates import simulate as estate
from flowaudit.estates.truth import Truth
from flowaudit.graph.snapshot import GraphSnapshot

_WORKERS = 2
_SETTLE_S = 4.0
"""After the estate has stopped: the last records are still on their way through the tap."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What `demo` was asked for. `duration_s` None runs until it is told to stop."""

    duration_s: float | None
    seed: int = 1
    scale: float | None = None
    rate: float | None = None
    open_browser: bool = False
    kafka_home: Path | None = None
    java_home: Path | None = None


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo leaves: the last graph, and what was true."""

    snapshot: GraphSnapshot
    truth: Truth


def run_demo(options: DemoOptions, *, progress: Progress, stop: threading.Event) -> DemoResult:
    """Run the whole story once.

    Raises:
        EmbeddedKafkaUnavailable: the broker cannot be had; its text says what was tried and the ways out.
    """
    with ExitStack() as running:
        directory = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="flowaudit-demo-")))
        progress.tell(Note("starting two Apache Kafka brokers: the audited one, and the auditor's own"))
        audited, own = running.enter_context(_two_brokers(options))
        settings = _settings(audited.bootstrap_servers, own.bootstrap_servers)
        audit = running.enter_context(audit_of(settings, directory, progress))
        for _ in range(_WORKERS):
            running.enter_context(WorkerProcess(settings, directory / "workers.log"))
        web = running.enter_context(web_of(settings, audit))
        progress.tell(Watching(audit.cluster.namespace, options.duration_s))
        progress.tell(Serving(web.url))
        if options.open_browser:
            webbrowser.open(web.url)
        snapshot, truth = _watch(audit, options, audited.bootstrap_servers, progress, stop)
    return DemoResult(snapshot, truth)


def _watch(
    audit: Audit, options: DemoOptions, bootstrap_servers: str, progress: Progress, stop: threading.Event
) -> tuple[GraphSnapshot, Truth]:
    ended = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="flowaudit-auditor") as threads:
        auditing = threads.submit(audit.run, ended)
        auditing.add_done_callback(lambda _: stop.set())
        try:
            truth = _live(options, bootstrap_servers, progress, stop)
            ended.wait(_SETTLE_S)
        finally:
            ended.set()
        return auditing.result(), truth


def _live(options: DemoOptions, bootstrap_servers: str, progress: Progress, stop: threading.Event) -> Truth:
    wanted = estate.plan(
        topology_file(reference_topology()),
        bootstrap_servers=bootstrap_servers,
        seed=options.seed,
        scale=options.scale,
        rate=options.rate,
    )
    return estate.simulate(wanted, duration_s=options.duration_s, truth_path=None, on_event=teller(progress), stop=stop)


@contextmanager
def _two_brokers(options: DemoOptions) -> Iterator[tuple[EmbeddedKafka, EmbeddedKafka]]:
    """Both at once: a broker spends most of its start waiting."""
    wanted = EmbeddedKafkaOptions(kafka_home=options.kafka_home, java_home=options.java_home)
    with ExitStack() as running, ThreadPoolExecutor(2) as threads:
        starting = [threads.submit(EmbeddedKafka(wanted).start) for _ in range(2)]
        brokers = []
        for future in starting:
            broker = future.result()
            running.callback(broker.close)
            brokers.append(broker)
        yield brokers[0], brokers[1]


def _settings(audited: str, own: str) -> Settings:
    return Settings(
        kafka=KafkaSettings(bootstrap_servers=(audited,)),
        audit_cluster=KafkaSettings(bootstrap_servers=(own,)),
        tap=TapSettings(topics=(".*",), start="earliest", theta=0.5, key=SecretStr(secrets.token_hex(32))),
        linkage=LinkageSettings(window_s=60, interval_s=4),
        groups=GroupsSettings(interval_s=2),
        topology=TopologySettings(path=reference_topology()),
        web=WebSettings(port=0),
    )
