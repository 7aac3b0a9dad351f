"""The embedded broker is a real Apache Kafka, is ours alone, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from flowaudit.embedded import AclRule, EmbeddedKafka, EmbeddedKafkaOptions, EmbeddedKafkaUnavailable, JarRefused, grant
from flowaudit.embedded.class_cache import class_cache_path
from flowaudit.embedded.errors import PortTaken
from flowaudit.embedded.fetch import locked_class_path, user_cache_dir
from flowaudit.embedded.jars import load_lock
from flowaudit.embedded.java import JavaRuntime, find_java
from flowaudit.embedded.node import Node
from flowaudit.embedded.properties import NodePorts, broker_properties
from flowaudit.embedded.runtime import plain_runtime, runtime_of

pytestmark = pytest.mark.kafka

# Starts a broker, forks a child that keeps every inherited pipe open, tells what it started, and waits.
_PARENT = """
import json, os, sys, time
from flowaudit.embedded import EmbeddedKafka
kafka = EmbeddedKafka().start()
sibling = os.fork()
if sibling == 0:
    time.sleep(120)
print(json.dumps([kafka.broker_pid, str(kafka.node_dir), sibling]), flush=True)
time.sleep(120)
"""


def _gone(pid: int, within_s: float = 10.0) -> bool:
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def _class_path() -> tuple[Path, ...]:
    return locked_class_path(load_lock(), user_cache_dir(), ())


def _create_topic(kafka: EmbeddedKafka, topic: str) -> None:
    admin = KafkaAdminClient(**kafka.client().kafka_python())
    admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    admin.close()


def _produce(kafka: EmbeddedKafka, topic: str, value: bytes, user: str | None = None) -> None:
    producer = KafkaProducer(**kafka.client(user).kafka_python(), max_block_ms=5_000)
    try:
        producer.send(topic, value).get(timeout=10)
    finally:
        producer.close()


def _values(kafka: EmbeddedKafka, topic: str) -> list[bytes]:
    consumer = KafkaConsumer(
        **kafka.client().kafka_python(), auto_offset_reset="earliest", consumer_timeout_ms=3_000, group_id=None
    )
    consumer.assign([TopicPartition(topic, 0)])
    values: list[bytes] = []
    while not values:
        values = [record.value for records in consumer.poll(3_000).values() for record in records]
    consumer.close()
    return values


def test_what_is_produced_is_consumed(kafka: EmbeddedKafka) -> None:
    _create_topic(kafka, "embedded.round-trip")
    _produce(kafka, "embedded.round-trip", b"one")
    assert _values(kafka, "embedded.round-trip") == [b"one"]


def test_the_cluster_that_answers_is_the_one_that_was_formatted(kafka: EmbeddedKafka) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    assert admin.describe_cluster()["cluster_id"] == kafka.cluster_id
    admin.close()


def test_topics_are_created_by_accident_as_on_any_kafka(kafka: EmbeddedKafka) -> None:
    _produce(kafka, "embedded.by-accident", b"oops")
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    assert "embedded.by-accident" in admin.list_topics()
    admin.close()


def test_only_this_user_may_read_the_brokers_folder(secured_kafka: EmbeddedKafka) -> None:
    assert secured_kafka.node_dir.stat().st_mode & 0o077 == 0
    assert (secured_kafka.node_dir / "server.properties").stat().st_mode & 0o077 == 0


def test_a_user_without_grants_sees_and_writes_nothing_until_granted(secured_kafka: EmbeddedKafka) -> None:
    _create_topic(secured_kafka, "acl.topic")
    auditor = KafkaAdminClient(**secured_kafka.client("auditor").kafka_python())
    assert auditor.list_topics() == []
    with pytest.raises(TopicAuthorizationFailedError):
        _produce(secured_kafka, "acl.topic", b"denied", user="writer")
    grant(
        secured_kafka,
        [
            AclRule("auditor", ("READ", "DESCRIBE"), "TOPIC", "acl.", prefixed=True),
            AclRule("writer", ("WRITE", "DESCRIBE"), "TOPIC", "acl.topic"),
        ],
    )
    _produce(secured_kafka, "acl.topic", b"granted", user="writer")
    assert auditor.list_topics() == ["acl.topic"]
    assert _values(secured_kafka, "acl.topic") == [b"granted"]
    auditor.close()


def test_a_wrong_password_is_refused(secured_kafka: EmbeddedKafka) -> None:
    settings = {**secured_kafka.client("auditor").kafka_python(), "sasl_plain_password": "wrong"}
    with pytest.raises(KafkaError):
        KafkaAdminClient(**settings, bootstrap_timeout_ms=3_000).list_topics()


def test_a_user_that_the_broker_does_not_know_cannot_be_asked_for(secured_kafka: EmbeddedKafka) -> None:
    with pytest.raises(KeyError, match="nobody"):
        secured_kafka.client("nobody")


def test_the_broker_and_its_folder_go_when_the_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    broker_pid, node_dir, sibling_pid = json.loads(parent.stdout.readline())
    try:
        assert Path(node_dir, "server.properties").exists()
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert _gone(broker_pid)
        deadline_s = time.monotonic() + 5.0
        while Path(node_dir).exists() and time.monotonic() < deadline_s:
            time.sleep(0.02)
        assert not Path(node_dir).exists()
    finally:
        os.kill(sibling_pid, signal.SIGKILL)
        parent.stdout.close()


def test_an_installed_kafka_and_a_named_java_serve(tmp_path: Path) -> None:
    libraries = tmp_path / "kafka" / "libs"
    libraries.mkdir(parents=True)
    for jar in _class_path():
        name = "kafka_2.13-4.3.1.jar" if ".kafka_2.13-" in jar.name else jar.name
        (libraries / name).symlink_to(jar)
    with EmbeddedKafka(EmbeddedKafkaOptions(kafka_home=tmp_path / "kafka", java_home=find_java(None))) as kafka:
        _create_topic(kafka, "installed")
        _produce(kafka, "installed", b"one")
        assert _values(kafka, "installed") == [b"one"]


def test_kept_logs_survive_a_stop_and_serve_a_second_broker(tmp_path: Path) -> None:
    options = EmbeddedKafkaOptions(keep_logs_dir=tmp_path / "logs")
    with EmbeddedKafka(options) as first:
        cluster_id, node_dir = first.cluster_id, first.node_dir
        _create_topic(first, "kept")
        _produce(first, "kept", b"before")
        first.stop_broker()
        assert first.broker_pid == 0
        first.start_broker()
        assert _values(first, "kept") == [b"before"]
    assert not node_dir.exists()
    with EmbeddedKafka(options) as second:
        assert second.cluster_id == cluster_id
        assert _values(second, "kept") == [b"before"]


def test_a_broken_jar_is_refused_before_anything_runs(tmp_path: Path) -> None:
    lock, paths = load_lock(), _class_path()
    copy = tmp_path / paths[0].parent.name
    copy.mkdir()
    for path in paths:
        (copy / path.name).symlink_to(path)
    broken = copy / paths[-1].name
    content = bytearray(paths[-1].read_bytes())
    content[len(content) // 2] ^= 1
    broken.unlink()
    broken.write_bytes(content)
    kafka = EmbeddedKafka(EmbeddedKafkaOptions(cache_dir=tmp_path))
    with pytest.raises(JarRefused, match=lock.jars[-1].coordinate):
        kafka.start()
    with pytest.raises(EmbeddedKafkaUnavailable, match="not running"):
        _ = kafka.node_dir


def test_a_broker_that_finds_its_port_taken_says_so(tmp_path: Path) -> None:
    runtime = JavaRuntime(find_java(None), _class_path(), 512)
    with socket.socket() as ours, socket.socket() as theirs:
        for held in (ours, theirs):
            held.bind(("127.0.0.1", 0))
        theirs.listen()
        ports = NodePorts(client=theirs.getsockname()[1], controller=ours.getsockname()[1])
        ours.close()
        node, deadline_s = Node(), time.monotonic() + 60.0
        node.write_files(broker_properties(ports, tmp_path, None, {}))
        node.format(runtime, "lJD7xcvwS3KBZhwnoKjDMw", deadline_s, stop_gracefully=False)
        with pytest.raises(PortTaken):
            node.start_broker(deadline_s)
        node.close()


def test_a_setting_that_kafka_refuses_is_told_in_one_line_with_the_log() -> None:
    options = EmbeddedKafkaOptions(broker_properties={"log.segment.bytes": "one"})
    with pytest.raises(EmbeddedKafkaUnavailable, match=r"log\.segment\.bytes") as refused:
        EmbeddedKafka(options).start()
    message = str(refused.value)
    assert "\n" not in message
    log_file = Path(message.rpartition(" ")[2])
    assert "log.segment.bytes" in log_file.read_text(encoding="utf-8")
    log_file.unlink()


def test_a_prepared_machine_starts_brokers_from_the_class_cache(kafka: EmbeddedKafka) -> None:
    runtime = runtime_of(kafka.options)
    assert runtime.options == (f"-XX:AOTCache={class_cache_path(plain_runtime(kafka.options), user_cache_dir())}",)
    command_line = Path(f"/proc/{kafka.broker_pid}/cmdline")
    if command_line.exists():
        assert runtime.options[0].encode() in command_line.read_bytes().split(b"\0")
