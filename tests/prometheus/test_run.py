"""A real Prometheus scrapes a real `flowaudit run` on a real Kafka."""

from __future__ import annotations

import random
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer

from deploy.grafana.expressions import TARGET, expressions
from flowaudit.embedded import EmbeddedKafka
from flowaudit.engine.clock import now_ms
from tests.e2e.commands import Service, eventually, write_config
from tests.prometheus.prometheus_process import Prometheus

pytestmark = [
    pytest.mark.prometheus,
    pytest.mark.kafka,
    pytest.mark.skipif(
        not (shutil.which("prometheus") and shutil.which("promtool")), reason="prometheus is not installed"
    ),
]


TOPOLOGY = """
schema: flowaudit.topology/v1
name: two-systems
title: A lock and somebody who reads it, which nobody declares
systems:
  - {name: lock, title: Locks, match: {topics: ["locks.*"]}}
  - {name: reader, title: Reader, match: {groups: ["reader-*"]}}
"""


def write_town(bootstrap_servers: str, doors: str, scores: str, parcels: str) -> None:
    """A score follows every door; parcels are brought to the same people, whatever they do. Three programs write."""
    chance = random.Random(5)
    since_ms = now_ms() - 25_000
    lock, score, post = (KafkaProducer(bootstrap_servers=bootstrap_servers) for _ in range(3))
    for number in range(800):
        tenant = 4_100_000 + 7 * chance.randrange(200)
        at_ms = since_ms + 25 * number
        value = b'{"tenant_id": "T-%07d", "event": "%032x"}' % (tenant, chance.getrandbits(128))
        lock.send(doors, value, timestamp_ms=at_ms)
        follows_ms = at_ms + 150 + chance.randrange(80)
        score.send(scores, b'{"who": %d, "level": %.3f}' % (tenant, chance.random()), timestamp_ms=follows_ms)
        other = 4_100_000 + 7 * chance.randrange(200)
        post.send(parcels, b'{"to": "%d"}' % other, timestamp_ms=since_ms + chance.randrange(20_000))
    for producer in (lock, score, post):
        producer.close()


def test_prometheus_sees_the_reader_of_a_topic_and_every_overview_has_numbers(
    kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    mine = uuid.uuid4().hex[:8]
    topic, score, parcels, group = f"locks.{mine}", f"scores.{mine}", f"parcels.{mine}", f"reader-{mine}"
    write_town(kafka.bootstrap_servers, topic, score, parcels)
    consumer = KafkaConsumer(
        topic, group_id=group, bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest"
    )
    while not consumer.poll(500):
        pass
    consumer.commit()
    topology = tmp_path / "topology.yaml"
    topology.write_text(TOPOLOGY, encoding="utf-8")
    config = write_config(
        tmp_path, kafka.bootstrap_servers, tap=[topic, score, parcels], extra=f"topology: {{path: {topology}}}\n"
    )
    with Service(config) as service:
        eventually(service.is_ready, 30, "the service is ready")
        page = service.metrics().encode()
        checked = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, b"")
        with Prometheus(service.url().removeprefix("http://"), tmp_path) as prometheus:
            prometheus.wait_for(f'flowaudit_graph_edge_info{{source="topic:{topic}", target="group:{group}"}}')
            prometheus.wait_for(f'flowaudit_tap_audited_records_total{{topic="{topic}"}} >= 50')
            for expression in expressions(TARGET, "30s"):
                prometheus.wait_for(expression.text)
        consumer.close()
        assert service.stop() == 0
