"""The rights probe on a real broker: it finds what is missing, and it changes and creates nothing."""

from __future__ import annotations

import contextlib
import http.server
import re
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from typing_extensions import override

from flowaudit.embedded import AclRule, EmbeddedKafka, EmbeddedKafkaOptions, SaslAcl, SaslUser
from flowaudit.embedded.prepare import prepare
from flowaudit.errors import SourceUnreachable
from flowaudit.facts import NotVisible
from flowaudit.rights import (
    CLUSTER,
    AccessListing,
    Authorizer,
    ChannelState,
    Diagnosis,
    Operation,
    Plan,
    Right,
    channels_of,
    diagnose,
    least_privilege,
)
from flowaudit.rights.grants import grant_commands
from flowaudit.sources.acls import list_access_rules
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.rights import Credentials, RightsProbe, RightsSource, check_file, check_page
from tests.contract.granting import carry_out, let, take_everything_away

pytestmark = pytest.mark.kafka

PLAN = Plan(tap=(r"locks\..*", "visitors"))
LEAST = least_privilege(channels_of(PLAN))


@pytest.fixture
def without_rights(secured_kafka: EmbeddedKafka) -> EmbeddedKafka:
    """The broker, with no rule for the auditor."""
    take_everything_away(secured_kafka, "auditor")
    return secured_kafka


@pytest.fixture
def fresh_kafka() -> Iterator[EmbeddedKafka]:
    """A broker that nobody has used, and whose authorizer writes down everything that it denies."""
    prepare()
    admin, auditor = (SaslUser(name, secrets.token_hex(16)) for name in ("admin", "auditor"))
    loggers = {"kafka.authorizer.logger": "debug"}
    with EmbeddedKafka(EmbeddedKafkaOptions(security=SaslAcl(admin, (auditor,)), loggers=loggers)) as broker:
        yield broker


def connection(kafka: EmbeddedKafka, password: str | None = None) -> KafkaConnection:
    client = kafka.client("auditor")
    return KafkaConnection(
        bootstrap_servers=kafka.bootstrap_servers,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="PLAIN",
        sasl_username="auditor",
        sasl_password=password or client.password or "",
    )


@contextlib.contextmanager
def session(kafka: EmbeddedKafka) -> Iterator[AdminSession]:
    with AdminSession(connection(kafka)) as opened:
        yield opened


def look(kafka: EmbeddedKafka, plan: Plan = PLAN) -> Diagnosis:
    with session(kafka) as admin:
        probe = RightsProbe(admin)
        topics = probe.topics()
        channels = channels_of(plan, topics)
        resources = {CLUSTER, *(need.right.resource for channel in channels for need in channel.needs)}
        access = list_access_rules(admin)
        rights = probe.rights("User:auditor", resources, access, topics=topics, groups=probe.groups())
    return diagnose(channels, rights)


def grant_rights(kafka: EmbeddedKafka, rights: tuple[Right, ...]) -> None:
    carry_out(kafka, grant_commands(rights, "User:auditor", kafka.bootstrap_servers))


def topics_of(kafka: EmbeddedKafka) -> set[str]:
    admin = KafkaAdminClient(**kafka.client().kafka_python())
    try:
        return set(admin.list_topics())
    finally:
        admin.close()


def authorizer_log(kafka: EmbeddedKafka) -> str:
    time.sleep(0.2)  # what is written after a request is answered
    return kafka.logger_files["kafka.authorizer.logger"].read_text()


def test_a_fresh_cluster_is_asked_about_everything_and_nothing_is_created_or_tried(fresh_kafka: EmbeddedKafka) -> None:
    assert look(fresh_kafka).to_grant == LEAST
    grant_rights(fresh_kafka, LEAST)
    found = look(fresh_kafka)
    assert found.is_complete, [one for one in found.channels if one.missing]
    assert found.excess == ()
    assert topics_of(fresh_kafka) == set(), "not even the internal ones"
    denied = [line for line in authorizer_log(fresh_kafka).splitlines() if "User:auditor is Denied" in line]
    assert {re.sub(".*operation = ([A-Z_]+) .*", r"\1", line) for line in denied} == {"DESCRIBE"}


@pytest.mark.parametrize("right", LEAST, ids=lambda right: f"{right.operation}-{right.resource.name}")
def test_the_one_right_that_was_taken_away_is_found(without_rights: EmbeddedKafka, right: Right) -> None:
    grant_rights(without_rights, tuple(one for one in LEAST if one != right))
    found = look(without_rights)
    assert found.to_grant == (right,)
    grant_rights(without_rights, found.to_grant)
    assert look(without_rights).is_complete


def test_the_source_names_each_missing_right_and_falls_silent_when_it_is_granted(without_rights: EmbeddedKafka) -> None:
    with session(without_rights) as admin:
        source = RightsSource(admin, PLAN, list_access_rules)
        told = source.poll(1)
        assert {(f.subject, f.name, f.reason) for f in told if isinstance(f, NotVisible)} == {
            ("topic", "*", "no-describe-right"),
            ("group", "*", "no-describe-right"),
            ("transactional-id", "*", "no-describe-right"),
            ("cluster", "access rules", "no-describe-right"),
            ("topic", "__consumer_offsets", "no-read-right"),
            ("topic", "__transaction_state", "no-read-right"),
            ("topic", "locks.*", "no-read-right"),
            ("topic", "visitors", "no-read-right"),
        }
        assert source.poll(2) == [], "nothing is new"
        grant_rights(without_rights, LEAST)
        assert source.poll(600_000) == []


def test_rights_beyond_the_set_are_found(without_rights: EmbeddedKafka) -> None:
    grant_rights(without_rights, LEAST)
    let(
        without_rights,
        [
            AclRule("auditor", ("WRITE",), "TOPIC", "locks.", prefixed=True),
            AclRule("auditor", ("CREATE", "ALTER"), "CLUSTER", "kafka-cluster"),
            AclRule("auditor", ("READ", "DELETE"), "GROUP", "*"),
            AclRule("auditor", ("WRITE",), "TRANSACTIONAL_ID", "*"),
        ],
    )
    found = {(one.operation, one.resource_type.value) for one in look(without_rights).excess}
    assert found >= {
        ("WRITE", "TOPIC"),
        ("CREATE", "CLUSTER"),
        ("ALTER", "CLUSTER"),
        ("READ", "GROUP"),
        ("DELETE", "GROUP"),
        ("WRITE", "TRANSACTIONAL_ID"),
    }


def test_wrong_credentials_do_not_reach_the_cluster(without_rights: EmbeddedKafka) -> None:
    with pytest.raises(SourceUnreachable):
        AdminSession(connection(without_rights, "wrong"))


def test_topics_and_groups_that_a_rule_denies_are_named(without_rights: EmbeddedKafka) -> None:
    topic, group = "locks.events", "monitor"
    options = without_rights.client().kafka_python()
    producer = KafkaProducer(**options)
    producer.send(topic, b"{}").get(10)
    producer.close()
    consumer = KafkaConsumer(topic, group_id=group, auto_offset_reset="earliest", **options)
    while not consumer.poll(500):
        pass
    consumer.commit()
    consumer.close()
    grant_rights(without_rights, LEAST)
    assert look(without_rights).is_complete
    denials = [
        AclRule("auditor", ("READ",), "TOPIC", topic, allow=False),
        AclRule("auditor", ("DESCRIBE",), "GROUP", group, allow=False),
    ]
    let(without_rights, denials)
    found = look(without_rights)
    told = {one.channel.name: one for one in found.channels}
    assert told["tap"].missing[0].denied_for == (topic,)
    assert told["groups"].missing[0].denied_for == (group,)
    assert told["groups"].state is ChannelState.PARTLY
    assert found.to_grant == (), "a grant beside a rule that denies changes nothing"


def test_an_open_cluster_lets_everything_work(kafka: EmbeddedKafka) -> None:
    with AdminSession(KafkaConnection(kafka.bootstrap_servers)) as admin:
        access = list_access_rules(admin)
        assert access == AccessListing(Authorizer.ABSENT)
        probe = RightsProbe(admin)
        rights = probe.rights("User:ANONYMOUS", {CLUSTER}, access, topics={}, groups={})
    assert rights.may(Right(Operation.ALTER, CLUSTER))
    assert diagnose(channels_of(PLAN), rights).is_complete


# Places outside of Kafka.


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", "/found")
        elif self.path.startswith("/closed") and not self.headers.get("Authorization"):
            self.send_response(401)
        else:
            self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"kafka_cluster_id": "c1"}')

    @override
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def pages() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def problem(url: str, path: str = "/", credentials: Credentials | None = None, told: str = "") -> str:
    return check_page("connect", url, path, credentials or Credentials(), lambda _: told).problem


def test_a_page_answers_or_why_it_does_not(pages: str) -> None:
    assert problem(pages) == ""
    assert problem(f"{pages}/closed") == "it refuses the credentials (HTTP 401)"
    assert problem(f"{pages}/closed", credentials=Credentials("me", "secret")) == ""
    assert problem(f"{pages}/away") == "it answers with HTTP 302; is this the right address?"
    assert problem(pages, told="it is another cluster's") == "it is another cluster's"
    assert problem("http://127.0.0.1:1").startswith("it does not answer")


def test_a_file_can_be_read_or_why_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    assert check_file("broker-logs", tmp_path / "log").problem == ""
    assert check_file("broker-logs", tmp_path / "none").problem == "there is no such file"
    assert check_file("broker-logs", tmp_path).problem == "it is a folder; name the file"
