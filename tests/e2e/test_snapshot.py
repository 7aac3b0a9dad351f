"""`flowaudit snapshot` with few rights, and proof that it leaves a cluster as it found it."""

from __future__ import annotations

import json
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource

from flowaudit.embedded import AclRule, EmbeddedKafka, grant
from tests.e2e.commands import clean_environment, eventually, flowaudit

pytestmark = [pytest.mark.kafka, pytest.mark.e2e]

RECORDS = 60


def write(kafka: EmbeddedKafka, topic: str, number: int = RECORDS) -> None:
    producer = KafkaProducer(**kafka.client().kafka_python())
    for each in range(number):
        producer.send(topic, json.dumps({"tenant_id": f"T-{410_000 + each:07d}", "event": str(uuid.uuid4())}).encode())
    producer.close()


def read(kafka: EmbeddedKafka, topic: str, group: str) -> None:
    options = kafka.client().kafka_python()
    consumer = KafkaConsumer(topic, group_id=group, auto_offset_reset="earliest", **options)
    seen = 0
    while seen < RECORDS:
        seen += sum(map(len, consumer.poll(500).values()))
    consumer.commit()
    consumer.close()


def config_of(kafka: EmbeddedKafka, user: str, path: Path, tap: str) -> Path:
    client = kafka.client(user).kafka_python()
    secret = path / f"{user}.secret"
    secret.write_text(str(client["sasl_plain_password"]))
    config = path / f"{user}.yaml"
    config.write_text(
        f"""kafka:
  bootstrap_servers: ['{kafka.bootstrap_servers}']
  security_protocol: SASL_PLAINTEXT
  sasl_mechanism: PLAIN
  sasl_username: {user}
  sasl_password_file: {secret}
tap:
  topics: ['{tap}']
  start: earliest
  theta: 1.0
"""
    )
    return config


def state_of(kafka: EmbeddedKafka) -> dict[str, object]:
    """Topics with ids and configs, groups, offsets: all that an auditor might have changed."""
    admin = KafkaAdminClient(**kafka.client().kafka_python())
    try:
        topics = {t["name"]: (str(t["topic_id"]), len(t["partitions"])) for t in admin.describe_topics()}
        resources = [ConfigResource("topic", name) for name in topics]
        groups = sorted(group["group_id"] for group in admin.list_groups())
        return {
            "topics": topics,
            "configs": admin.describe_configs(resources, config_filter="all"),
            "groups": groups,
            "offsets": admin.list_group_offsets(groups),
            "acls": sorted(map(repr, admin.describe_acls(_any_acl())[0])),
        }
    finally:
        admin.close()


def _without(topic: str, configs: dict[str, object]) -> dict[str, object]:
    return {name: config for name, config in configs.items() if name != topic}


def _any_acl() -> object:
    from kafka.admin import (  # noqa: PLC0415 (only this needs them)
        ACLFilter,
        ACLOperation,
        ACLPermissionType,
        ACLResourcePatternType,
        ResourcePatternFilter,
        ResourceType,
    )

    pattern = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    return ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, pattern)


def test_an_audit_with_read_and_describe_leaves_the_cluster_as_it_was(
    secured_kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    topic, doomed, group = f"t-{uuid.uuid4()}", f"doomed-{uuid.uuid4()}", f"g-{uuid.uuid4()}"
    for each in (topic, doomed):
        write(secured_kafka, each)
    read(secured_kafka, topic, group)
    rules = [AclRule("auditor", ("READ", "DESCRIBE"), "TOPIC", "*"), AclRule("auditor", ("DESCRIBE",), "GROUP", "*")]
    grant(secured_kafka, rules)
    config = config_of(secured_kafka, "auditor", tmp_path, ".*")
    before = state_of(secured_kafka)
    output = tmp_path / "graph.json"
    result: list[Any] = []
    auditing = threading.Thread(
        target=lambda: result.append(flowaudit("snapshot", "--config", config, "--duration", "20", "--output", output))
    )
    auditing.start()
    time.sleep(8)
    owner = KafkaAdminClient(**secured_kafka.client().kafka_python())
    owner.delete_topics([doomed])
    auditing.join()
    assert result[0].returncode == 0, result[0].stderr
    eventually(lambda: doomed not in owner.list_topics(), 10, "the deleted topic is gone")
    owner.close()
    after = state_of(secured_kafka)
    topics = before["topics"]
    assert isinstance(topics, dict)
    assert after["topics"] == {name: what for name, what in topics.items() if name != doomed}
    for what in ("groups", "offsets", "acls"):
        assert after[what] == before[what]
    configs = before["configs"]
    assert isinstance(configs, dict)
    assert after["configs"] == {kind: _without(doomed, each) for kind, each in configs.items()}
    tapped = {row["topic"]: row["audited"] for row in json.loads(output.read_bytes())["coverage"]["tapped"]}
    assert tapped[doomed] == RECORDS, "it was tapped while it was there"
    assert tapped[topic] == RECORDS


def test_the_environment_is_configuration_enough(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415 (only this test sets its own environment)
    import sys  # noqa: PLC0415

    environment = clean_environment() | {"FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    command = [sys.executable, "-m", "flowaudit", "snapshot", "--duration", "3", "--format", "json"]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["schema"] == "flowaudit.graph/v1"
