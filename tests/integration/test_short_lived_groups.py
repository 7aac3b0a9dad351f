"""Two hundred groups that live for 1 to 30 seconds: what polling misses, the log of commits keeps."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from flowaudit.embedded import EmbeddedKafka
from tests.e2e.commands import Service, eventually, flowaudit, write_config
from tests.integration.short_lived import live, lives, poll_every

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
GROUPS = 200
POLLED_EVERY_S = 15


def test_every_group_that_ever_lived_is_in_the_graph(
    kafka: EmbeddedKafka, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    topic = "locks.at-night"
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    admin.create_topics([NewTopic(topic, 1, 1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    producer.send(topic, b"{}").get(10)
    producer.close()
    # Polling as seldom as the poller beside it: what is in the graph beyond that came from the log of commits.
    config = write_config(tmp_path, kafka.bootstrap_servers)
    text = config.read_text(encoding="utf-8").replace(
        "groups:\n  interval_s: 1", f"groups:\n  interval_s: {POLLED_EVERY_S}"
    )
    config.write_text(text, encoding="utf-8")
    all_of = lives(GROUPS, within_s=40, seed=7)
    stop = threading.Event()
    with Service(config) as service, ThreadPoolExecutor(1) as beside:
        eventually(service.is_ready, 60, "the service is ready")
        polled = beside.submit(poll_every, POLLED_EVERY_S, kafka.bootstrap_servers, stop)
        failed = live(all_of, kafka.bootstrap_servers, topic)
        stop.set()
        listed = polled.result()
        assert service.stop() == 0
    assert failed == []
    graph = tmp_path / "graph.json"
    exported = flowaudit("export", "--state", tmp_path / "state", "--format", "json", "--output", graph)
    assert exported.returncode == 0, exported.stderr
    edges = json.loads(graph.read_bytes())["edges"]
    read = {edge["target"] for edge in edges if edge["kind"] == "consumes" and edge["source"] == f"topic:{topic}"}
    wanted = {f"group:{life.group}" for life in all_of}
    with capsys.disabled():
        seen = len(listed & {life.group for life in all_of})
        print(
            f"\nof {GROUPS} groups that lived 1-30 s: {len(read & wanted)} in the graph;"
            f" {seen} listed when asked every {POLLED_EVERY_S} s"
        )
    assert read >= wanted
