"""One tap worker as a process: `python -m tests.contract.tap_worker_process SERVERS TOPIC PREFIX`."""

from __future__ import annotations

import os
import sys
import threading

from flowaudit.engine.clock import now_ms
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession, decode_topics
from flowaudit.sources.tap.audit_cluster import AuditLayout
from flowaudit.sources.tap.faust_worker import WorkerSettings, run_tap_worker
from flowaudit.sources.tap.plan import TopicFilter
from flowaudit.sources.tap.reader import ReaderSettings
from flowaudit.sources.tap.settings import AuditSettings


def layout_of(prefix: str) -> AuditLayout:
    return AuditLayout(prefix=prefix, group=f"{prefix}-workers", slots=8, facts_partitions=3, sighting_shards=2)


def main() -> None:
    servers, topic, prefix = sys.argv[1:]
    stop = threading.Event()

    def end_with_parent() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            continue
        stop.set()

    threading.Thread(target=end_with_parent, daemon=True).start()
    connection = KafkaConnection(servers)
    with AdminSession(connection) as session:
        settings = WorkerSettings(
            ReaderSettings(connection, TopicFilter((topic,)), listing_interval_s=0.5),
            AuditSettings(b"a key of the tests only", theta=1.0),
            connection,
            layout_of(prefix),
        )
        run_tap_worker(settings, lambda: decode_topics(session.topics()), now_ms, stop)


if __name__ == "__main__":
    main()
