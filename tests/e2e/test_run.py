"""`flowaudit run` as an operator meets it: a new reader shows up, the service is stopped, the graph remains."""

from __future__ import annotations

import re
import time
import uuid
from functools import partial
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer

from flowaudit.embedded import EmbeddedKafka
from tests.e2e.commands import Service, eventually, flowaudit, write_config

pytestmark = [pytest.mark.kafka, pytest.mark.e2e]

WITHIN_S = 10


def test_a_new_reader_is_in_the_graph_and_in_the_metrics_within_ten_seconds(
    kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    topic, group = f"locks.{uuid.uuid4().hex[:8]}", f"newcomer-{uuid.uuid4().hex[:8]}"
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    for number in range(50):
        producer.send(topic, b'{"tenant_id": "T-%07d"}' % number)
    producer.flush()
    config = write_config(tmp_path, kafka.bootstrap_servers, tap=[topic.replace(".", r"\.")])
    with Service(config) as service:
        eventually(service.is_ready, 30, "the service is ready")
        assert group not in service.metrics()
        consumer = KafkaConsumer(
            topic, group_id=group, bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest"
        )
        deadline = time.monotonic() + WITHIN_S
        while not consumer.poll(200):
            assert time.monotonic() < deadline, "the reader itself reads nothing"
        consumer.commit()
        in_metrics = partial(is_in_metrics, service, group)
        eventually(in_metrics, deadline - time.monotonic(), "the new reader in /metrics")
        eventually(lambda: group in service.stderr, deadline - time.monotonic(), "the new reader is announced")
        consumer.close()
        producer.close()
        assert service.stop() == 0
    shown = flowaudit("show", "--state", tmp_path / "state", "--format", "json")
    assert shown.returncode == 0, shown.stderr
    assert group in shown.stdout


def is_in_metrics(service: Service, group: str) -> bool:
    return f'target="group:{group}"' in service.metrics()


def test_ctrl_c_and_sigterm_end_it_cleanly(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    with Service(write_config(tmp_path, kafka.bootstrap_servers)) as service:
        eventually(service.is_ready, 30, "the service is ready")
        assert service.stop() == 0
    assert "Traceback" not in service.stderr


def test_a_broker_that_is_not_there_is_one_line_and_exit_code_3(tmp_path: Path) -> None:
    with Service(write_config(tmp_path, "127.0.0.1:1")) as service:
        eventually(lambda: service.ended, 60, "it gives up")
        assert service.stop() == 3
    assert "127.0.0.1:1" in service.stderr
    assert "Traceback" not in service.stderr


def is_up(service: Service, value: int) -> bool:
    return re.search(rf"^flowaudit_up\{{.*\}} {value}\.0$", service.metrics(), re.MULTILINE) is not None


@pytest.mark.slow
def test_an_outage_of_the_broker_is_survived(tmp_path: Path) -> None:
    with EmbeddedKafka() as kafka:
        producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
        producer.send("before.outage", b"{}").get(10)
        with Service(write_config(tmp_path, kafka.bootstrap_servers, tap=[".*"])) as service:
            eventually(lambda: "before.outage" in service.metrics(), 30, "the topic before the outage")
            kafka.stop_broker()
            eventually(lambda: is_up(service, 0), 60, "the outage in /metrics")
            kafka.start_broker()
            eventually(lambda: is_up(service, 1), 60, "the broker is back in /metrics")
            producer.close()
            producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
            producer.send("after.outage", b"{}").get(10)
            eventually(lambda: "after.outage" in service.metrics(), 30, "a topic made after the outage")
            producer.close()
            assert service.stop() == 0
