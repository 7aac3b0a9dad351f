"""Canary identifiers planted in a stream appear nowhere: no file, log, metric or export; not hashed, not encoded."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import xxhash
from confluent_kafka import Producer

from flowaudit.bootstrap.worker_process import WorkerProcess
from flowaudit.config import load_settings
from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions
from tests.e2e.commands import Service, eventually, flowaudit, write_config
from tests.e2e.load import create_topic

pytestmark = [pytest.mark.kafka, pytest.mark.e2e]

FORMATS = ("json", "graphml", "gexf", "mermaid", "dot", "csv")
STEP_MS = 25
ANSWERED_AFTER_MS = 300
HASHES = ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256")
CANARIES = (
    "110105194912310021",
    "T-0099887766",
    "zhao.liying.canary@example.org",
    "5f0c7d1e-0b6a-4e0e-9a41-c0ffeec0ffee",
)


def forms_of(canary: str) -> Iterator[bytes]:
    """Every plain way in which the identifier could leak."""
    spellings = {canary, canary.casefold(), canary.upper(), canary.replace("-", ""), canary.replace("-", "").casefold()}
    for text in spellings:
        raw = text.encode()
        digests = [hashlib.new(name, raw).digest() for name in HASHES]
        digests += [
            hashlib.blake2b(raw, digest_size=8).digest(),
            xxhash.xxh3_64_digest(raw),
            xxhash.xxh3_128_digest(raw),
        ]
        for data in (raw, *digests):
            yield data
            yield data.hex().encode()
            yield base64.b64encode(data).rstrip(b"=")
            yield base64.urlsafe_b64encode(data).rstrip(b"=")


def leaks(places: dict[str, bytes]) -> list[str]:
    forms = {form.lower() for canary in CANARIES for form in forms_of(canary)}
    return [f"{name}: {form!r}" for name, data in places.items() for form in forms if form in data.lower()]


def files_below(*folders: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def plant(bootstrap_servers: str, upstream: str, downstream: str) -> None:
    """The canaries go from one topic to another, as values, keys, headers, and in records that cannot be read."""
    for topic in (upstream, downstream):
        create_topic(bootstrap_servers, topic)
    producer = Producer({"bootstrap.servers": bootstrap_servers})
    first_ms = time.time_ns() // 1_000_000 - 400 * STEP_MS - ANSWERED_AFTER_MS
    for turn in range(400):
        canary = CANARIES[turn % len(CANARIES)]
        at_ms = first_ms + turn * STEP_MS
        event = str(uuid.uuid4())
        record = json.dumps({"event": event, "tenant": canary, "person": {"document": canary}}).encode()
        producer.produce(upstream, record, key=canary.encode(), headers={"subject": canary.encode()}, timestamp=at_ms)
        answer = json.dumps({"about": event, "citizen": canary.replace("-", "")}).encode()
        producer.produce(downstream, answer, key=canary.encode(), timestamp=at_ms + ANSWERED_AFTER_MS)
        if turn % 20 == 0:
            producer.produce(upstream, b'{"tenant": "' + canary.encode() + b'", ')
            producer.produce(upstream, canary.encode() + b"\xff\xfe")
        producer.poll(0)
    assert producer.flush(20) == 0


def outputs_of(service: Service, state: Path, graph: Path) -> dict[str, bytes]:
    """Everything that a user can get out of a run."""
    places = {"stderr": service.stderr.encode()}
    shown = flowaudit("show", "--state", state, "--format", "json")
    places["show"] = (shown.stdout + shown.stderr).encode()
    exported = flowaudit("export", "--state", state, "--format", "json", "--output", graph)
    assert exported.returncode == 0, exported.stderr
    for name in FORMATS:
        result = flowaudit("export", graph, "--format", name)
        assert result.returncode == 0, result.stderr
        places[f"export {name}"] = (result.stdout + result.stderr).encode()
    return places


def test_canaries_leave_no_trace_in_a_run(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    suffix = uuid.uuid4().hex[:8]
    upstream, downstream = f"door-{suffix}", f"desk-{suffix}"
    plant(kafka.bootstrap_servers, upstream, downstream)
    config = write_config(tmp_path, kafka.bootstrap_servers, tap=[f".*-{suffix}"])
    with Service(config) as service:
        eventually(lambda: "derives" in service.stderr, 60, "the sightings are linked")
        metrics = service.metrics().encode()
        assert service.stop() == 0
        places = outputs_of(service, tmp_path / "state", tmp_path / "graph.json") | {"/metrics": metrics}
    tapped = {row["topic"]: row for row in json.loads(places["export json"])["coverage"]["tapped"]}
    assert tapped[upstream]["quarantined"] == 40, "the records that nobody can read were read"
    places |= files_below(tmp_path)
    assert any(name.endswith("ledger.sqlite") for name in places)
    assert leaks(places) == []


def test_canaries_leave_no_trace_on_the_audit_cluster(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    suffix = uuid.uuid4().hex[:8]
    upstream, downstream = f"door-{suffix}", f"desk-{suffix}"
    plant(kafka.bootstrap_servers, upstream, downstream)
    kept = tmp_path / "audit-cluster"
    kept.mkdir()
    key = tmp_path / "tap.key"
    key.write_text(uuid.uuid4().hex * 2)
    with EmbeddedKafka(EmbeddedKafkaOptions(keep_logs_dir=kept)) as own:
        config = write_config(
            tmp_path,
            kafka.bootstrap_servers,
            tap=[f".*-{suffix}"],
            extra=f"audit_cluster:\n  bootstrap_servers: ['{own.bootstrap_servers}']\n",
        )
        config.write_text(config.read_text().replace("  theta: 1.0\n", f"  theta: 1.0\n  key_file: {key}\n"))
        with Service(config) as service, WorkerProcess(load_settings(config, {}), tmp_path / "worker.log"):
            eventually(lambda: "derives" in service.stderr, 60, "the worker's sightings are linked")
            metrics = service.metrics().encode()
            assert service.stop() == 0
            places = outputs_of(service, tmp_path / "state", tmp_path / "graph.json") | {"/metrics": metrics}
    segments = {name: data for name, data in files_below(tmp_path).items() if name.endswith(".log") and data}
    assert any("flowaudit.sightings" in name for name in segments), "the audit cluster's log was kept"
    assert leaks(places | files_below(tmp_path)) == []


def test_the_search_itself_finds_what_is_there() -> None:
    digest = hashlib.sha256(CANARIES[0].encode())
    for planted in (
        CANARIES[1].encode(),
        digest.hexdigest().encode(),
        base64.b64encode(digest.digest()),
        digest.digest(),
    ):
        assert leaks({"somewhere": b"before" + planted + b"after"})
