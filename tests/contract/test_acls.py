"""The acls source on a real broker: with and without the right, with and without an authorizer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from kafka.protocol.admin import CreateAclsRequest

from flowaudit.embedded import AclRule, EmbeddedKafka
from flowaudit.facts import AccessListed, AccessRule, NotVisible
from flowaudit.rights import Operation, ResourceType
from flowaudit.rights.authorizer import Names, Rulebook
from flowaudit.sources.acls import AclsSource
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession
from tests.contract.granting import let

pytestmark = pytest.mark.kafka

_TRANSACTIONAL_ID, _LITERAL, _TWO_PHASE_COMMIT, _ALLOW = 5, 3, 15, 3


@contextlib.contextmanager
def session(kafka: EmbeddedKafka, user: str | None) -> Iterator[AdminSession]:
    client = kafka.client(user)
    sasl = client.user is not None
    connection = KafkaConnection(
        bootstrap_servers=kafka.bootstrap_servers,
        security_protocol="SASL_PLAINTEXT" if sasl else "PLAINTEXT",
        sasl_mechanism="PLAIN" if sasl else "",
        sasl_username=client.user or "",
        sasl_password=client.password or "",
    )
    with AdminSession(connection) as opened:
        yield opened


def test_an_open_cluster_says_that_nobodys_rights_are_checked(kafka: EmbeddedKafka) -> None:
    with session(kafka, None) as admin:
        (fact,) = AclsSource(admin).poll(1)
    assert isinstance(fact, NotVisible)
    assert fact.reason == "no-authorizer"


def test_without_the_right_the_rules_are_not_visible_and_with_it_they_are_told_once(
    secured_kafka: EmbeddedKafka,
) -> None:
    with session(secured_kafka, "auditor") as admin:
        source = AclsSource(admin)
        (refused,) = source.poll(1)
        assert isinstance(refused, NotVisible)
        assert (refused.subject, refused.name, refused.reason) == ("cluster", "access rules", "no-describe-right")
        let(
            secured_kafka,
            [
                AclRule("auditor", ("DESCRIBE",), "CLUSTER", "kafka-cluster"),
                AclRule("reader", ("READ",), "TOPIC", "locks.", prefixed=True),
                AclRule("reader", ("READ",), "TOPIC", "locks.secret", allow=False),
            ],
        )
        (listed,) = source.poll(2)
        assert isinstance(listed, AccessListed)
        assert AccessRule("User:reader", "*", "READ", True, "TOPIC", "locks.", True) in listed.rules
        permitted = Rulebook(listed.rules).permitted(
            "User:reader", Operation.READ, ResourceType.TOPIC, Names(["locks.events", "locks.secret", "billing"])
        )
        assert permitted == {"locks.events"}
        assert source.poll(3) == [], "nothing is new"


def test_an_operation_that_the_library_does_not_know_hides_no_rule(secured_kafka: EmbeddedKafka) -> None:
    with session(secured_kafka, "admin") as admin:
        creation = CreateAclsRequest.AclCreation(
            resource_type=_TRANSACTIONAL_ID,
            resource_name="transfers",
            resource_pattern_type=_LITERAL,
            principal="User:writer",
            host="*",
            operation=_TWO_PHASE_COMMIT,
            permission_type=_ALLOW,
        )
        answer = admin.send(CreateAclsRequest(creations=[creation]), admin.brokers()[0])
        assert [result.error_code for result in answer.results] == [0]
        (listed,) = AclsSource(admin).poll(1)
    assert isinstance(listed, AccessListed)
    assert "OPERATION-15" in {rule.operation for rule in listed.rules}
