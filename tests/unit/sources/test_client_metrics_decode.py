"""What clients push of themselves (KIP-714), and what of it is no use of a topic."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path

import pytest

from flowaudit.facts import ClientAction, ClientSeen, NotVisible
from flowaudit.sources.client_log import LineUndecodable
from flowaudit.sources.client_metrics import ClientMetricsSource
from flowaudit.sources.client_metrics.decode import decode_push
from flowaudit.sources.client_metrics.otlp import OtlpUndecodable, decode_points
from tests.fuzz.targets_clients import PUSHES

READ = "org.apache.kafka.consumer.fetch.manager.bytes.consumed.total"
WRITTEN = "org.apache.kafka.producer.topic.record.send.total"
DELTA, CUMULATIVE = 1, 2


def field(number: int, value: bytes) -> bytes:
    size = len(value)
    length = bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])
    return bytes([number << 3 | 2]) + length + value


def label(key: str, value: str) -> bytes:
    return field(1, key.encode()) + field(2, field(1, value.encode()))


def series(name: str, topic: str, value: float, temporality: int = DELTA) -> bytes:
    point = field(7, label("topic", topic)) + bytes([4 << 3 | 1]) + struct.pack("<d", value)
    summed = field(1, point) + bytes([2 << 3, temporality])
    return field(1, name.encode()) + field(7, summed)


def payload(*metrics: bytes, **resource: str) -> bytes:
    attributes = b"".join(field(1, label(key, value)) for key, value in resource.items())
    scope = b"".join(field(2, metric) for metric in metrics)
    return field(1, field(1, attributes) + field(2, scope))


def push(*metrics: bytes, client: str = "watch-sync", **resource: str) -> bytes:
    otlp = base64.b64encode(payload(*metrics, **resource)).decode()
    return json.dumps({"time_ms": 5_000, "client_id": client, "principal": "User:app", "otlp": otlp}).encode()


def uses(line: bytes) -> set[tuple[ClientAction, str, int]]:
    return {(use.access.action, use.access.topic, use.read_bytes) for use in decode_push(line)}


def test_a_real_push_of_a_java_consumer_names_its_topic_once() -> None:
    assert uses(PUSHES[0]) == {(ClientAction.READS, "trip.legs", 450)}


def test_reader_and_writer_of_one_process_are_seen() -> None:
    both = push(series(READ, "trip.legs", 450), series(WRITTEN, "watch.matches", 3))
    assert uses(both) == {(ClientAction.READS, "trip.legs", 450), (ClientAction.WRITES, "watch.matches", 0)}


def test_underscores_for_dots_are_the_same_topic_and_alone_they_are_a_name() -> None:
    assert uses(push(series(READ, "a.b", 1), series(READ, "a_b", 1))) == {(ClientAction.READS, "a.b", 1)}
    assert uses(push(series(READ, "a_b", 1))) == {(ClientAction.READS, "a_b", 1)}


def test_a_series_that_stands_still_is_no_use() -> None:
    idle = push(series(READ, "t", 0), series(WRITTEN, "t", 0), series(READ, "t", float("nan")))
    assert uses(idle) == set()


def test_errors_and_lags_are_no_use() -> None:
    other = push(
        series("org.apache.kafka.producer.topic.record.error.total", "t", 4),
        series("org.apache.kafka.consumer.fetch.manager.records.lag", "t", 4),
    )
    assert uses(other) == set()


def test_a_count_since_the_clients_start_adds_no_bytes() -> None:
    assert uses(push(series(READ, "t", 9, CUMULATIVE))) == {(ClientAction.READS, "t", 0)}


def test_a_group_and_a_transactional_id_are_taken_from_the_resource() -> None:
    line = push(series(READ, "t", 9), series(WRITTEN, "u", 1), group_id="g", transactional_id="tx")
    found = {(use.access.topic, use.access.group, use.access.transactional_id) for use in decode_push(line)}
    assert found == {("t", "g", ""), ("u", "", "tx")}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b'{"time_ms":1,"otlp":"%%%"}',
        b'{"time_ms":1,"otlp":"' + base64.b64encode(b"\x0a\x7f") + b'"}',
        push(series(READ, "no/topic", 1)),
    ],
)
def test_a_line_that_is_none_is_one_error(line: bytes) -> None:
    with pytest.raises(LineUndecodable):
        decode_push(line)


@pytest.mark.parametrize("damaged", [b"\x0a\x05ab", b"\xff" * 11, b"\x0b", b"\x0f\x01"])
def test_bytes_that_are_no_message_are_one_error(damaged: bytes) -> None:
    with pytest.raises(OtlpUndecodable):
        decode_points(damaged)


def test_pushes_of_one_client_add_up_and_the_auditors_own_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "client-metrics.jsonl"
    lines = [push(series(READ, "t", 5)), push(series(READ, "t", 7)), push(series(READ, "t", 1), client="flowaudit-tap")]
    path.write_bytes(b"".join(line + b"\n" for line in (*lines, b"nonsense")))
    facts = ClientMetricsSource((path,)).poll(9_000)
    (seen,) = (fact for fact in facts if isinstance(fact, ClientSeen))
    assert (seen.client_id, seen.principal, seen.topic, seen.served_bytes) == ("watch-sync", "User:app", "t", 12)
    reasons = {(fact.subject, fact.reason) for fact in facts if isinstance(fact, NotVisible)}
    assert reasons == {("client", "auditor-client"), ("source", "undecodable-lines")}
