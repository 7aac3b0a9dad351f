"""What a Java consumer without a group pushes of itself (KIP-714), by way of the plugin that we offer for brokers."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions
from flowaudit.embedded.runtime import plain_runtime
from flowaudit.engine.clock import now_ms
from flowaudit.facts import ClientAction, ClientSeen, Fact, NotVisible
from flowaudit.sources.client_metrics import ClientMetricsSource
from tests.estate.java_clients import JavaClients, compile_clients

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.skipif(shutil.which("javac") is None, reason="no javac on the PATH"),
]

PLUGIN = Path("deploy/client-metrics/ClientMetricsWriter.java")
TOPIC = "trip.legs"


@pytest.fixture(scope="module")
def pushes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pushes") / "client-metrics.jsonl"


@pytest.fixture(scope="module")
def broker(pushes: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    classes = tmp_path_factory.mktemp("plugin")
    jars = os.pathsep.join(map(str, plain_runtime(EmbeddedKafkaOptions()).class_path))
    compile_plugin = ["javac", "--release", "17", "-Xlint:all", "-Werror", "-cp", jars, "-d", str(classes), str(PLUGIN)]
    subprocess.run(compile_plugin, check=True, timeout=120)
    options = EmbeddedKafkaOptions(
        extra_class_path=(classes,),
        broker_properties={
            "metric.reporters": "org.apache.kafka.common.metrics.JmxReporter,flowaudit.ClientMetricsWriter",
            "flowaudit.client.metrics.file": str(pushes),
        },
    )
    with EmbeddedKafka(options) as kafka:
        subscribe(kafka)
        yield kafka


def subscribe(kafka: EmbeddedKafka) -> None:
    """What the estate's operator does; an auditor never does."""
    settings = {
        "metrics": "org.apache.kafka.consumer.fetch.manager.,org.apache.kafka.producer.topic.",
        "interval.ms": "1000",
    }
    admin = KafkaAdminClient(**kafka.client().kafka_python())
    admin.alter_configs(
        [ConfigResource(ConfigResourceType.CLIENT_METRICS, "flowaudit-test", settings)], raise_on_unknown=False
    )
    admin.close()


def test_a_consumer_without_a_group_is_found_by_what_it_pushes(
    broker: EmbeddedKafka, pushes: Path, tmp_path: Path
) -> None:
    with KafkaProducer(**broker.client().kafka_python()) as producer:
        for _ in range(50):
            producer.send(TOPIC, b"{}")
    source = ClientMetricsSource((pushes,))
    facts: list[Fact] = []
    with JavaClients(
        compile_clients(tmp_path), broker.bootstrap_servers, tmp_path / "java", [f"assign-silent {TOPIC}"]
    ) as java:
        java.await_ready(30)
        deadline_s = time.monotonic() + 20
        while time.monotonic() < deadline_s and not any(isinstance(fact, ClientSeen) for fact in facts):
            facts += source.poll(now_ms())
            time.sleep(0.3)
    seen = [fact for fact in facts if isinstance(fact, ClientSeen)]
    assert {(f.client_id, f.action, f.topic, f.group) for f in seen} == {
        ("assign-silent", ClientAction.READS, TOPIC, "")
    }
    assert max(fact.served_bytes for fact in seen) > 0
    assert "undecodable-lines" not in {fact.reason for fact in facts if isinstance(fact, NotVisible)}
