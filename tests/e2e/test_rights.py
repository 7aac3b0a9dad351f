"""An audit with the documented rights, and with each of them taken away: it goes on, and it says what it lacks.

The commands are the ones that a user types; the rights are granted by carrying out the `kafka-acls` lines that the
project prints. The broker's authorizer writes down what it denies.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from kafka import KafkaConsumer, KafkaProducer

from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions, SaslAcl, SaslUser
from flowaudit.embedded.prepare import prepare
from flowaudit.rights import Operation, Plan, Right, channels_of, least_privilege
from flowaudit.rights.grants import grant_commands
from flowaudit.rights.needs import BlindSpot
from tests.contract.granting import carry_out, take_everything_away
from tests.e2e.commands import Service, eventually, flowaudit

pytestmark = [pytest.mark.kafka, pytest.mark.e2e]

TAPPED: Final = (r"locks\..*", "visitors")
TOPICS: Final = ("locks.events", "visitors", "billing")
GROUP: Final = "central-monitor"
LEAST: Final = least_privilege(channels_of(Plan(tap=TAPPED)))
LOGGER: Final = "kafka.authorizer.logger"
CHANGING: Final = re.compile(
    r"Denied operation = (ALL|WRITE|CREATE|DELETE|ALTER|ALTER_CONFIGS|CLUSTER_ACTION|IDEMPOTENT_WRITE) "
)
EVERYTHING: Final = {*(f"topic:{topic}" for topic in TOPICS), f"group:{GROUP}"}
FOUND_WITHOUT: Final = {
    ("DESCRIBE", "GROUP *"): EVERYTHING - {f"group:{GROUP}"},
    ("DESCRIBE", "TOPIC *"): EVERYTHING - {"topic:billing"},
}
"""Nodes that are found all the same; without any other right, every one is."""


def named(right: Right) -> tuple[str, str]:
    of_all = right.resource.name == "*"
    return right.operation.value, f"{right.resource.type.value} *" if of_all else right.resource.name


def in_coverage(right: Right) -> BlindSpot:
    """How coverage names what a missing right hides, as docs/rights.md has it."""
    needs = [need for channel in channels_of(Plan(tap=TAPPED)) for need in channel.needs if need.is_least]
    return next(need.blind_spot for need in needs if need.right == right)


@pytest.fixture(scope="module")
def kafka_with_acls() -> Iterator[EmbeddedKafka]:
    """Three topics with records, a group that reads one of them, and an auditor without rights."""
    prepare()
    admin, auditor = (SaslUser(name, secrets.token_hex(16)) for name in ("admin", "auditor"))
    options = EmbeddedKafkaOptions(security=SaslAcl(admin, (auditor,)), loggers={LOGGER: "debug"})
    with EmbeddedKafka(options) as kafka:
        client = kafka.client().kafka_python()
        producer = KafkaProducer(transactional_id="estate", **client)
        producer.init_transactions()
        producer.begin_transaction()
        for topic in TOPICS:
            producer.send(topic, json.dumps({"tenant_id": f"T-{secrets.token_hex(6)}"}).encode())
        producer.commit_transaction()
        producer.close()
        consumer = KafkaConsumer("locks.events", group_id=GROUP, auto_offset_reset="earliest", **client)
        while not consumer.poll(500):
            pass
        consumer.commit()
        consumer.close()
        yield kafka


@pytest.fixture
def kafka(kafka_with_acls: EmbeddedKafka) -> EmbeddedKafka:
    """The broker, with no rule for the auditor."""
    take_everything_away(kafka_with_acls, "auditor")
    return kafka_with_acls


@pytest.fixture
def config(kafka: EmbeddedKafka, tmp_path: Path) -> Path:
    secret = tmp_path / "auditor.secret"
    secret.write_text(str(kafka.client("auditor").password))
    path = tmp_path / "flowaudit.yaml"
    patterns = ", ".join(f"'{pattern}'" for pattern in TAPPED)
    path.write_text(
        f"""kafka:
  bootstrap_servers: ['{kafka.bootstrap_servers}']
  security_protocol: SASL_PLAINTEXT
  sasl_username: auditor
  sasl_password_file: {secret}
tap:
  topics: [{patterns}]
  start: earliest
  theta: 1.0
groups:
  interval_s: 1
ledger:
  directory: {tmp_path / "state"}
web:
  port: 0
"""
    )
    return path


def grant_rights(kafka: EmbeddedKafka, rights: tuple[Right, ...]) -> None:
    carry_out(kafka, grant_commands(rights, "User:auditor", kafka.bootstrap_servers))


def doctor(config: Path) -> tuple[int, dict[str, Any]]:
    result = flowaudit("doctor", "--config", config, "--format", "json")
    assert result.returncode in {0, 1}, result.stderr
    return result.returncode, json.loads(result.stdout)


def snapshot(config: Path, folder: Path) -> dict[str, Any]:
    output = folder / "graph.json"
    result = flowaudit("snapshot", "--config", config, "--duration", "4", "--output", output)
    assert result.returncode == 0, result.stderr
    graph: dict[str, Any] = json.loads(output.read_bytes())
    return graph


def not_visible(graph: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(one["subject"], one["name"], one["reason"]) for one in graph["coverage"]["not_visible"]}


def denied_changes(kafka: EmbeddedKafka) -> list[str]:
    time.sleep(0.3)  # what is written after a request is answered
    lines = kafka.logger_files[LOGGER].read_text().splitlines()
    return [line for line in lines if "User:auditor" in line and CHANGING.search(line)]


def test_with_the_documented_set_everything_works_and_coverage_misses_no_right(
    kafka: EmbeddedKafka, config: Path, tmp_path: Path
) -> None:
    grant_rights(kafka, LEAST)
    code, document = doctor(config)
    assert (code, document["complete"], document["excess"]) == (0, True, [])
    hidden = not_visible(snapshot(config, tmp_path))
    assert {one for one in hidden if one[2] in {"no-describe-right", "no-read-right"}} == {
        ("topic", "billing", "no-read-right")  # it is not tapped, and so not granted
    }


@pytest.mark.parametrize("right", LEAST, ids=lambda right: " ".join(named(right)))
def test_without_one_right_the_audit_goes_on_and_names_it(
    kafka: EmbeddedKafka, config: Path, tmp_path: Path, right: Right
) -> None:
    grant_rights(kafka, tuple(one for one in LEAST if one != right))
    code, document = doctor(config)
    assert code == 1
    assert document["grant_commands"] == list(grant_commands([right], "User:auditor", kafka.bootstrap_servers))
    lacking = [missing for channel in document["channels"] for missing in channel["missing"]]
    assert {(one["right"]["operation"], one["right"]["resource"]) for one in lacking} == {
        (right.operation.value, right.resource.name)
    }
    assert all(one["hides"] for one in lacking)

    graph = snapshot(config, tmp_path)
    assert in_coverage(right) in not_visible(graph)
    assert {node["id"] for node in graph["nodes"]} >= FOUND_WITHOUT.get(named(right), EVERYTHING)

    carry_out(kafka, document["grant_commands"])
    assert doctor(config)[0] == 0, "what was printed is what was missing"


def test_the_set_reads_and_describes_and_holds_no_right_to_change_anything() -> None:
    assert {right.operation for right in LEAST} == {Operation.READ, Operation.DESCRIBE}


@pytest.mark.parametrize("rights", [LEAST, ()], ids=["the documented set", "no right at all"])
def test_nothing_that_changes_anything_is_ever_tried(
    kafka: EmbeddedKafka, config: Path, tmp_path: Path, rights: tuple[Right, ...]
) -> None:
    grant_rights(kafka, rights)
    doctor(config)
    snapshot(config, tmp_path)
    with Service(config) as service:
        eventually(service.is_ready, 30, "the service is ready")
        threading.Event().wait(4)
        assert service.stop() == 0
    assert "User:auditor" in kafka.logger_files[LOGGER].read_text(), "the log is the right one"
    assert denied_changes(kafka) == []


def test_a_cluster_that_does_not_answer_ends_with_three(config: Path) -> None:
    nobody = flowaudit("doctor", "--config", config, "--bootstrap-servers", "127.0.0.1:1")
    assert nobody.returncode == 3
    assert nobody.stdout == ""
    wrong = re.sub(r"(sasl_password_file: )(.*)", "sasl_password: wrong", config.read_text())
    config.write_text(wrong)
    assert flowaudit("doctor", "--config", config).returncode == 3
