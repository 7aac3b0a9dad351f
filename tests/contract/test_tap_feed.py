"""The feed when the audit cluster no longer has what the ledger still needs."""

from __future__ import annotations

import uuid
from functools import partial
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from flowaudit.embedded import EmbeddedKafka
from flowaudit.facts import Channel, OffsetClass, Provenance, RunAudited, Segment, encode_fact
from flowaudit.ledger import Ledger
from flowaudit.sources.tap.audit_cluster import AuditLayout, create_audit_topics
from flowaudit.sources.tap.feed import AuditClusterFeed, FactsDeleted, FeedBatch
from tests.contract.tapping import connection, eventually

pytestmark = pytest.mark.kafka

RUNS = 5


@pytest.fixture
def trimmed(kafka: EmbeddedKafka) -> AuditLayout:
    """An audit cluster from whose facts topic the first three of five runs have been deleted."""
    layout = AuditLayout(slots=1, facts_partitions=1, sighting_shards=1, prefix=f"lost-{uuid.uuid4().hex[:8]}")
    create_audit_topics(connection(kafka), layout)
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    for number in range(RUNS):
        provenance = Provenance(Channel.LINKAGE, number, "")
        segments = (Segment(10 * number, 10 * number + 10, OffsetClass.AUDITED),)
        producer.send(layout.facts_topic, encode_fact(RunAudited(provenance, "t", "id", 0, segments)))
    producer.close()
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    admin.delete_records({TopicPartition(layout.facts_topic, 0): 3})
    admin.close()
    return layout


def test_a_run_that_was_away_too_long_is_told_so_and_how_to_go_on(kafka: EmbeddedKafka, trimmed: AuditLayout) -> None:
    feed = AuditClusterFeed(connection(kafka), trimmed, lambda topic, _: 1 if topic == trimmed.facts_topic else None)
    feed.start(lambda _: None)
    assert eventually(lambda: feed.has_failed)
    with pytest.raises(FactsDeleted, match="another state directory"):
        feed.stop()


def test_a_new_ledger_begins_with_the_facts_that_are_there(
    kafka: EmbeddedKafka, trimmed: AuditLayout, tmp_path: Path
) -> None:
    feed = AuditClusterFeed(connection(kafka), trimmed, lambda _topic, _partition: None)
    with Ledger.open(tmp_path / "ledger", "c") as ledger:
        feed.start(partial(_store, ledger))
        assert eventually(lambda: list(ledger.positions().values()) == [10 * RUNS])
        feed.stop()
        assert list(ledger.starts().values()) == [30]


def _store(ledger: Ledger, batch: FeedBatch) -> None:
    ledger.append(batch.facts)
