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
from tests.integration.scoring import seen_flows
from tests.integration.short_lived import SHORTEST_S, live, lives, poll_every

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
GROUPS = 200
TOPIC = "locks.at-night"
POLLED_EVERY_S = 15
WITHIN_S = 50


def test_every_group_that_ever_lived_is_in_the_graph(
    kafka: EmbeddedKafka, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _make_topic(kafka.bootstrap_servers)
    all_of = lives(GROUPS, WITHIN_S, seed=7)
    stop = threading.Event()
    with Service(_config(tmp_path, kafka.bootstrap_servers)) as service, ThreadPoolExecutor(1) as beside:
        eventually(service.is_ready, 60, "the service is ready")
        asking = beside.submit(poll_every, POLLED_EVERY_S, kafka.bootstrap_servers, TOPIC, stop)
        lived = live(all_of, kafka.bootstrap_servers, TOPIC)
        stop.set()
        polled = asking.result()
        assert service.stop() == 0
    assert lived.failed == {}
    assert min(lived.lasted_s.values()) >= SHORTEST_S
    ours = {life.group for life in all_of}
    found = _readers(tmp_path) & ours
    lasted_s = sorted(lived.lasted_s.values())
    with capsys.disabled():
        print(
            f"\n  of {GROUPS} groups that lived {lasted_s[0]:.1f} to {lasted_s[-1]:.1f} s,"
            f" half of them less than {lasted_s[GROUPS // 2]:.1f} s: {len(found)} in the graph;"
            f" asked every {POLLED_EVERY_S} s, list, describe and offsets find {len(polled.listed & ours)},"
            f" and of {len(polled.placed & ours)} what they read"
        )
    assert found == ours


def _make_topic(servers: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics([NewTopic(TOPIC, 1, 1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=servers)
    producer.send(TOPIC, b"{}").get(10)
    producer.close()


def _config(directory: Path, servers: str) -> Path:
    """Polls as seldom as the poller beside it: what is in the graph beyond that came from the log of commits."""
    config = write_config(directory, servers)
    text = config.read_text(encoding="utf-8")
    often = "groups:\n  interval_s: 1"
    assert often in text
    config.write_text(text.replace(often, f"groups:\n  interval_s: {POLLED_EVERY_S}"), encoding="utf-8")
    return config


def _readers(directory: Path) -> set[str]:
    """The topic's readers in the graph of the state that the service left."""
    graph = directory / "graph.json"
    exported = flowaudit("export", "--state", directory / "state", "--format", "json", "--output", graph)
    assert exported.returncode == 0, exported.stderr
    flows = seen_flows(json.loads(graph.read_bytes()), "consumes")
    return {target.removeprefix("group:") for source, target in flows if source == f"topic:{TOPIC}"}
