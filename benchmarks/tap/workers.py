"""Tap workers on an audit cluster: how fast one is, how fast two are."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

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

_GROUP_SETTLES_S = 12.0
_GIVE_UP_S = 300.0


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
    arguments = [sys.executable, "-m", "benchmarks.tap.workers", servers, topic, layout.prefix, layout.group]
    start_at = str(time.time_ns() // 10**9 + _GROUP_SETTLES_S)
    running = [subprocess.Popen([*arguments, start_at]) for _ in range(count)]
    try:
        yield
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait(30)


def main() -> None:
    """Run one worker until SIGTERM. It sees no topic before `start_at`, so that all have joined the group by then."""
    servers, topic, prefix, group, start_at = sys.argv[1:]
    connection = KafkaConnection(servers)
    with AdminSession(connection) as session:
        run_tap_worker(
            WorkerSettings(
                ReaderSettings(connection, TopicFilter((topic,)), listing_interval_s=0.5),
                AuditSettings(b"a key of the benchmark", theta=0.1),
                connection,
                AuditLayout(prefix=prefix, group=group),
            ),
            lambda: decode_topics(session.topics()) if now_ms() >= float(start_at) * 1000 else (),
            now_ms,
            threading.Event(),
        )


if __name__ == "__main__":
    main()
