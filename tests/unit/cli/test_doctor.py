"""`flowaudit doctor`: what it prints where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowaudit.bootstrap import DoctorReport
from flowaudit.bootstrap.plan import plan_of
from flowaudit.cli.main import main
from flowaudit.config import Settings, load_settings
from flowaudit.errors import ExitCode, SourceUnreachable
from flowaudit.facts import AccessRule
from flowaudit.rights import (
    CLUSTER,
    AccessListing,
    Authorizer,
    Operation,
    PlaceChecked,
    Plan,
    Resource,
    ResourceType,
    Right,
    Rights,
    channels_of,
    diagnose,
    least_privilege,
)
from tests.unit.cli.fakes import FakeWiring

Capture = pytest.CaptureFixture[str]
ARGUMENTS = ["doctor", "--bootstrap-servers", "broker.example:9092"]
PLAN = Plan(tap=("locks-.*",), places=("connect",))
CHANNELS = channels_of(PLAN)
LEAST = least_privilege(CHANNELS)
LOCKS = Resource(ResourceType.TOPIC, "locks-", prefixed=True)


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def report(
    *lacking: Right,
    beside: tuple[Right, ...] = (),
    rules: tuple[AccessRule, ...] | None = (),
    principal: str = "User:auditor",
    authorizer: Authorizer = Authorizer.PRESENT,
    places: tuple[PlaceChecked, ...] = (PlaceChecked("connect", "http://connect:8083"),),
) -> DoctorReport:
    held = [right for right in (*LEAST, *beside) if right not in lacking]
    asked = {CLUSTER, *(need.right.resource for channel in CHANNELS for need in channel.needs)}
    operations = {
        resource: frozenset(right.operation for right in held if right.resource.covers(resource)) for resource in asked
    }
    rights = Rights(principal, AccessListing(authorizer, rules), operations, {}, {}, {})
    return DoctorReport("c1", "kafka://broker.example:9092", "broker.example:9092", diagnose(CHANNELS, rights, places))


def doctor(report: DoctorReport, *arguments: str) -> int:
    return main([*ARGUMENTS, *arguments], FakeWiring(report=report))


READ_LOCKS = Right(Operation.READ, LOCKS)
DESCRIBE_GROUPS = Right(Operation.DESCRIBE, Resource(ResourceType.GROUP, "*"))


def test_when_everything_works_there_is_nothing_to_grant(capsys: Capture) -> None:
    assert doctor(report()) == ExitCode.CLEAN
    out, err = capsys.readouterr()
    assert err == ""
    assert "kafka://broker.example:9092 (cluster c1), as User:auditor" in out
    assert "Everything that is configured works." in out
    assert "kafka-acls" not in out


def test_what_is_missing_is_said_with_what_it_hides_and_the_commands_that_grant_it(capsys: Capture) -> None:
    assert doctor(report(READ_LOCKS, DESCRIBE_GROUPS)) == ExitCode.FINDINGS
    out, _ = capsys.readouterr()
    for told in (
        "  fails    groups",
        "missing  DESCRIBE on every group",
        "hides    readers whose group the principal may not describe",
        "missing  READ on every topic that begins with locks-",
        "--add --allow-principal User:auditor --operation Describe --group '*'",
        "--operation Read --topic locks- --resource-pattern-type prefixed",
        "kind: KafkaUser",
        "4 channels with something missing: groups, producers, tap, records",
    ):
        assert told in out
    assert out.count("kafka-acls --bootstrap-server broker.example:9092") == 2


def test_the_document_is_for_machines(capsys: Capture) -> None:
    assert doctor(report(READ_LOCKS), "--format", "json") == ExitCode.FINDINGS
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert err == ""
    assert document.keys() == {
        "schema",
        "cluster",
        "principal",
        "authorizer",
        "complete",
        "channels",
        "least_privilege",
        "to_grant",
        "grant_commands",
        "kafka_user",
        "excess",
    }
    assert document["schema"] == "flowaudit.doctor/v1"
    assert document["complete"] is False
    locks = {"operation": "READ", "resource_type": "TOPIC", "resource": "locks-", "pattern": "PREFIXED"}
    assert document["to_grant"] == [locks]
    tap = next(one for one in document["channels"] if one["channel"] == "tap")
    assert tap["state"] == "fails"
    assert tap["missing"][0]["right"] == locks
    assert tap["missing"][0]["coverage"] == {"subject": "topic", "name": "locks-*", "reason": "no-read-right"}


def test_rights_that_an_auditor_must_not_have_are_warned_of_with_the_command_that_takes_them_away(
    capsys: Capture,
) -> None:
    rule = AccessRule("User:auditor", "*", "WRITE", allows=True, resource_type="TOPIC", resource="*", prefixed=False)
    write = Right(Operation.WRITE, Resource(ResourceType.TOPIC, "*"))
    assert doctor(report(beside=(write,), rules=(rule,))) == ExitCode.CLEAN, "a warning is no missing right"
    out, _ = capsys.readouterr()
    assert "Too much  WRITE on topic *" in out
    assert "somebody can write records into what it audits" in out
    assert "--remove --force --allow-principal User:auditor --allow-host '*' --operation Write --topic '*'" in out


def test_a_place_that_does_not_answer_is_a_finding(capsys: Capture) -> None:
    places = (PlaceChecked("connect", "http://connect:8083", "it does not answer (TimeoutError)"),)
    assert doctor(report(places=places)) == ExitCode.FINDINGS
    assert "http://connect:8083: it does not answer (TimeoutError)" in capsys.readouterr().out


def test_a_cluster_that_checks_nobody_is_said_to_be_open(capsys: Capture) -> None:
    assert doctor(report(*LEAST, authorizer=Authorizer.ABSENT)) == ExitCode.CLEAN
    assert "This cluster checks nobody's rights" in capsys.readouterr().out


def test_a_principal_that_only_the_brokers_can_name_is_to_be_filled_in(capsys: Capture) -> None:
    assert doctor(report(READ_LOCKS, principal="")) == ExitCode.FINDINGS
    out, _ = capsys.readouterr()
    assert "as the principal of the client certificate" in out
    assert "Replace User:auditor with the name that your brokers give" in out


def test_a_cluster_that_does_not_answer_ends_with_three(capsys: Capture) -> None:
    assert main(ARGUMENTS, FakeWiring(error=SourceUnreachable("nobody answers"))) == ExitCode.UNREACHABLE
    assert capsys.readouterr().out == ""


def test_without_a_cluster_the_command_is_wrong(capsys: Capture) -> None:
    assert main(["doctor"], FakeWiring(report=report())) == ExitCode.USAGE
    assert capsys.readouterr().out == ""


def test_the_connection_comes_from_the_same_options_as_a_snapshots(tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("kafka: {bootstrap_servers: ['a:1'], client_id: flowaudit-x}\n")
    wiring = FakeWiring(report=report())
    assert main(["doctor", "--config", str(config), "--bootstrap-servers", "b:2", "--tap", "x"], wiring) == 0
    settings = next(asked for asked in wiring.asked if isinstance(asked, Settings))
    assert (settings.kafka.bootstrap_servers, settings.kafka.client_id) == (("b:2",), "flowaudit-x")
    assert settings.tap.topics == ("x",)


def test_what_the_settings_ask_for_is_what_is_looked_into() -> None:
    given = {
        "FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS": "a:1",
        "FLOWAUDIT_TAP__TOPICS": "locks-.*",
        "FLOWAUDIT_RECORDS__TOPICS": "visitors",
        "FLOWAUDIT_OFFSETS_LOG__ENABLED": "false",
        "FLOWAUDIT_BROKER_LOGS__AUDIT_TOPIC": "audit",
        "FLOWAUDIT_BROKER_METRICS__URLS": "http://broker:7071",
    }
    plan = plan_of(load_settings(None, given))
    assert plan == Plan(
        tap=("locks-.*",),
        records=("visitors",),
        reads_offsets_log=False,
        audit_topic="audit",
        places=("broker-metrics",),
    )
