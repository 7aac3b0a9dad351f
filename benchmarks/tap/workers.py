"""Tap workers on an audit cluster: how fast one is, how fast two are."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import CoordinatorNotAvailableError

from flowaudit.engine.clock import now_ms
from flowaudit.facts import RunAudited
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession, decode_topics
from flowaudit.sources.tap.audit_cluster import AuditLayout
from flowaudit.sources.tap.faust_worker import WorkerSettings, run_tap_worker
from flowaudit.sources.tap.feed import AuditClusterFeed, FeedBatch
from flowaudit.sources.tap.plan import TopicFilter
from flowaudit.sources.tap.reader import ReaderSettings
from flowaudit.sources.tap.settings import AuditSettings

_GIVE_UP_S = 300.0
_SETTLED_S = 3.0


def events_per_second(servers: str, topic: str, events: int, workers: int) -> float:
    """Events a second that so many workers audit together, facts acknowledged; from the first fact to the last."""
    layout = AuditLayout(prefix=f"bench-{uuid.uuid4().hex[:8]}", group=f"bench-{uuid.uuid4().hex[:8]}")
    started = threading.Event()
    done = threading.Event()
    audited, first, first_at, last_at = 0, 0, 0.0, 0.0

    def take(batch: FeedBatch) -> None:
        nonlocal audited, first, first_at, last_at
        count = sum(fact.high - fact.low for fact in batch.facts if isinstance(fact, RunAudited))
        audited += count
        last_at = time.perf_counter()
        if count and not started.is_set():
            first, first_at = count, last_at
            started.set()
        if audited >= events:
            done.set()

    feed = AuditClusterFeed(KafkaConnection(servers), layout, lambda _topic, _partition: None)
    feed.start(take)
    try:
        with _workers(servers, topic, layout, workers):
            done.wait(_GIVE_UP_S)
    finally:
        feed.stop()
    return (audited - first) / (last_at - first_at)


@contextmanager
def _workers(servers: str, topic: str, layout: AuditLayout, count: int) -> Iterator[None]:
    with tempfile.TemporaryDirectory() as directory:
        gate = Path(directory) / "open"
        arguments = [servers, topic, layout.prefix, layout.group, str(gate)]
        running = [subprocess.Popen([sys.executable, "-m", "benchmarks.tap.workers", *arguments]) for _ in range(count)]
        try:
            _wait_for_group(servers, layout.group, count)
            gate.touch()
            yield
        finally:
            for each in running:
                each.terminate()
            for each in running:
                each.wait(30)


def _wait_for_group(servers: str, group: str, members: int) -> None:
    """Return when the group has been stable with so many members for a while."""
    admin = KafkaAdminClient(bootstrap_servers=servers)
    stable_since = deadline = time.monotonic()
    deadline += _GIVE_UP_S
    try:
        while time.monotonic() < deadline and time.monotonic() - stable_since < _SETTLED_S:
            time.sleep(0.3)
            try:
                described = admin.describe_groups([group])[group]
            except CoordinatorNotAvailableError:
                stable_since = time.monotonic()
                continue
            if described["group_state"] != "Stable" or len(described["members"]) != members:
                stable_since = time.monotonic()
    finally:
        admin.close()


def main() -> None:
    """Run one worker until SIGTERM. It sees no topic before the gate opens: all have joined the group by then."""
    servers, topic, prefix, group, gate = sys.argv[1:]
    connection = KafkaConnection(servers)
    with AdminSession(connection) as session:
        run_tap_worker(
            WorkerSettings(
                ReaderSettings(connection, TopicFilter((topic,)), listing_interval_s=0.5),
                AuditSettings(b"a key of the benchmark", theta=0.1),
                connection,
                AuditLayout(prefix=prefix, group=group),
            ),
            lambda: decode_topics(session.topics()) if Path(gate).exists() else (),
            now_ms,
            threading.Event(),
        )


if __name__ == "__main__":
    main()
