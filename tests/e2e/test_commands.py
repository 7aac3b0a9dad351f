"""The commands as an auditor types them, one after the other, on a real broker."""

from __future__ import annotations

import json
import socket
import uuid
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer

from flowaudit.embedded import AclRule, EmbeddedKafka, grant
from tests.e2e.commands import flowaudit, write_config

pytestmark = [pytest.mark.kafka, pytest.mark.e2e]


@pytest.fixture
def estate(kafka: EmbeddedKafka) -> tuple[str, str]:
    """A topic with records, and a group that has read and committed them; the group's reader has left."""
    suffix = uuid.uuid4().hex[:8]
    topic, group = f"locks.{suffix}", f"central-monitor-{suffix}"
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    for number in range(40):
        producer.send(topic, b'{"tenant_id": "T-%07d"}' % number)
    producer.send(topic, b"\xff no text")
    producer.flush()
    producer.close()
    read_all(KafkaConsumer(topic, group_id=group, auto_offset_reset="earliest", **kafka.client().kafka_python()))
    return topic, group


def read_all(consumer: KafkaConsumer) -> None:
    read = 0
    while read < 41:
        read += sum(len(records) for records in consumer.poll(500).values())
    consumer.commit()
    consumer.close()


def test_snapshot_then_show_path_and_export(kafka: EmbeddedKafka, estate: tuple[str, str], tmp_path: Path) -> None:
    topic, group = estate
    config = write_config(tmp_path, kafka.bootstrap_servers, tap=[topic])
    taken = flowaudit("snapshot", "--config", config, "--duration", "6", cwd=tmp_path)
    assert taken.returncode == 0, taken.stderr
    assert topic in taken.stdout
    assert "the graph is in graph.json" in taken.stderr
    assert f"{topic} → group:{group}" in taken.stderr, "the link is told as it is seen"

    shown = flowaudit("show", "--format", "json", cwd=tmp_path)
    (tapped,) = json.loads(shown.stdout)["coverage"]["tapped"]
    assert (tapped["topic"], tapped["audited"], tapped["quarantined"]) == (topic, 40, 1)

    found = flowaudit("path", f"topic:{topic}", f"group:{group}", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert "committed-offsets (observed)" in found.stdout
    assert flowaudit("path", f"group:{group}", f"topic:{topic}", cwd=tmp_path).returncode == 1

    for name in ("json", "graphml", "gexf", "mermaid", "dot", "csv"):
        exported = flowaudit("export", "--format", name, cwd=tmp_path)
        assert exported.returncode == 0, exported.stderr
        assert group in exported.stdout


def test_without_a_tap_no_record_is_read_and_the_groups_are_there(
    kafka: EmbeddedKafka, estate: tuple[str, str], tmp_path: Path
) -> None:
    topic, group = estate
    taken = flowaudit(
        "snapshot", "--bootstrap-servers", kafka.bootstrap_servers, "--duration", "4", "--output", "-", cwd=tmp_path
    )
    assert taken.returncode == 0, taken.stderr
    graph = json.loads(taken.stdout)
    assert graph["coverage"]["tapped"] == []
    assert (f"topic:{topic}", f"group:{group}") in {(edge["source"], edge["target"]) for edge in graph["edges"]}
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_with_metadata_rights_only_the_graph_of_groups_is_there_and_says_what_it_could_not_see(
    secured_kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    topic, group = "payroll.runs", "payroll-reader"
    producer = KafkaProducer(**secured_kafka.client().kafka_python())
    for number in range(41):
        producer.send(topic, b"%d" % number)
    producer.flush()
    producer.close()
    read_all(
        KafkaConsumer(topic, group_id=group, auto_offset_reset="earliest", **secured_kafka.client().kafka_python())
    )
    everywhere = [AclRule("auditor", ("DESCRIBE",), kind, "*") for kind in ("TOPIC", "GROUP")]
    grant(secured_kafka, [*everywhere, AclRule("auditor", ("DESCRIBE",), "CLUSTER", "kafka-cluster")])
    client = secured_kafka.client("auditor").kafka_python()
    (tmp_path / "password").write_text(str(client["sasl_plain_password"]), encoding="utf-8")
    config = tmp_path / "flowaudit.yaml"
    config.write_text(
        f"""kafka:
  bootstrap_servers: ['{secured_kafka.bootstrap_servers}']
  security_protocol: SASL_PLAINTEXT
  sasl_username: auditor
  sasl_password_file: {tmp_path / "password"}
tap:
  topics: ['payroll\\..*']
""",
        encoding="utf-8",
    )
    taken = flowaudit("snapshot", "--config", config, "--duration", "6", "--output", "-", cwd=tmp_path)
    assert taken.returncode == 0, taken.stderr
    graph = json.loads(taken.stdout)
    assert (f"topic:{topic}", f"group:{group}") in {(edge["source"], edge["target"]) for edge in graph["edges"]}
    hidden = {(entry["subject"], entry["name"]) for entry in graph["coverage"]["not_visible"]}
    assert ("topic", topic) in hidden
    assert client["sasl_plain_password"] not in taken.stdout + taken.stderr


def test_a_wrong_password_is_one_line_without_the_password(secured_kafka: EmbeddedKafka, tmp_path: Path) -> None:
    config = tmp_path / "flowaudit.yaml"
    config.write_text(
        f"kafka:\n  bootstrap_servers: ['{secured_kafka.bootstrap_servers}']\n  security_protocol: SASL_PLAINTEXT\n"
        "  sasl_username: auditor\n  sasl_password: made-up-and-wrong\n",
        encoding="utf-8",
    )
    taken = flowaudit("snapshot", "--config", config, "--duration", "3", cwd=tmp_path)
    assert taken.returncode == 3, taken.stderr
    assert "made-up-and-wrong" not in taken.stderr
    assert "Traceback" not in taken.stderr
    assert taken.stderr.count("\n") <= 2


def test_a_port_in_use_is_one_line_and_exit_code_2(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    config = write_config(tmp_path, kafka.bootstrap_servers)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        config.write_text(config.read_text(encoding="utf-8").replace("port: 0", f"port: {port}"), encoding="utf-8")
        ended = flowaudit("run", "--config", config, timeout_s=60)
    assert ended.returncode == 2, ended.stderr
    assert f"cannot listen on 127.0.0.1:{port}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_broker_that_is_not_there_is_exit_code_3(tmp_path: Path) -> None:
    ended = flowaudit("snapshot", "--bootstrap-servers", "127.0.0.1:1", "--duration", "2", cwd=tmp_path)
    assert ended.returncode == 3
    assert ended.stderr.startswith("flowaudit: ")
    assert "127.0.0.1:1" in ended.stderr
    assert ended.stderr.count("\n") == 1
