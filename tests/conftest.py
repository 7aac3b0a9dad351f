"""Fixtures shared by all tests: the real Apache Kafka that contract and end-to-end tests run against."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions, SaslAcl, SaslUser
from flowaudit.embedded.prepare import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

# How long an example takes depends on who else uses the machine; pytest's own timeout ends what hangs.
settings.register_profile("flowaudit", deadline=None)
settings.load_profile("flowaudit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for a broker, so that ``-m "not kafka"`` needs none."""
    for item in items:
        if {"kafka", "secured_kafka"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.kafka)


@pytest.fixture(scope="session")
def kafka() -> Iterator[EmbeddedKafka]:
    """A PLAINTEXT broker that all tests of the session share: use topic and group names of your own."""
    prepare()
    with EmbeddedKafka() as broker:
        yield broker


@pytest.fixture(scope="module")
def secured_kafka() -> Iterator[EmbeddedKafka]:
    """A broker with SASL/PLAIN and StandardAuthorizer, one per test module, so that grants do not leak.

    Super user ``admin``; ``auditor``, ``reader`` and ``writer`` may do nothing until `flowaudit.embedded.grant` lets
    them. Connect with ``secured_kafka.client("auditor").kafka_python()`` (or ``.librdkafka()``, ``.aiokafka()``).
    """
    prepare()
    admin, *others = (SaslUser(name, secrets.token_hex(16)) for name in ("admin", "auditor", "reader", "writer"))
    with EmbeddedKafka(EmbeddedKafkaOptions(security=SaslAcl(admin, tuple(others)))) as broker:
        yield broker
