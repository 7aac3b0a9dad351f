"""The tap changes nothing on the audited cluster, also not by accident."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from flowaudit.embedded import AclRule, EmbeddedKafka, grant
from flowaudit.facts import NotVisible
from tests.contract.tapping import admin_of, create, end_offsets, events, eventually, produce, tapping

pytestmark = pytest.mark.kafka


def _state(admin: KafkaAdminClient) -> dict[str, object]:
    """Everything that a stray write would change: topics, their configs, groups, and the groups' offsets."""
    topics = sorted(admin.list_topics())
    described = [
        (each["name"], str(each["topic_id"]), len(each["partitions"])) for each in admin.describe_topics(topics)
    ]
    configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in topics])
    groups = sorted(str(each["group_id"]) for each in admin.list_groups())
    offsets = {group: _offsets(admin.list_group_offsets(group)) for group in groups}
    return {"topics": sorted(described), "configs": str(configs), "groups": groups, "offsets": offsets}


def _offsets(listed: Mapping[object, Mapping[TopicPartition, object]]) -> str:
    return str(sorted(str(each) for each in listed.items()))


def test_read_and_describe_are_all_that_the_tap_needs(secured_kafka: EmbeddedKafka) -> None:
    for topic in ("locks.a", "locks.b", "locks.described-only", "other"):
        create(secured_kafka, topic, 2)
        produce(secured_kafka, topic, events(50))
    grant(
        secured_kafka,
        [
            AclRule("auditor", ("READ", "DESCRIBE"), "TOPIC", "locks.a"),
            AclRule("auditor", ("READ", "DESCRIBE"), "TOPIC", "locks.b"),
            AclRule("auditor", ("DESCRIBE",), "TOPIC", "locks.described-only"),
        ],
    )
    with admin_of(secured_kafka) as admin:
        before = _state(admin)
        with tapping(secured_kafka, ".*", user="auditor") as told:
            assert eventually(
                lambda: all(told.reached(each) == end_offsets(secured_kafka, each) for each in ("locks.a", "locks.b"))
            )
            time.sleep(3)
        assert _state(admin) == before
    hidden = {(each.name, each.reason) for each in told.facts if isinstance(each, NotVisible)}
    assert {each for each in hidden if each[0].startswith("locks.")} == {("locks.described-only", "no-read-right")}
    assert not told.runs("other")
    assert not told.runs("locks.described-only")


def test_a_right_that_is_taken_away_is_reported_and_the_others_go_on(secured_kafka: EmbeddedKafka) -> None:
    for topic in ("doors.kept", "doors.lost"):
        create(secured_kafka, topic)
        produce(secured_kafka, topic, events(20))
    readable = [AclRule("auditor", ("READ", "DESCRIBE"), "TOPIC", topic) for topic in ("doors.kept", "doors.lost")]
    grant(secured_kafka, readable)
    with tapping(secured_kafka, "doors.*", user="auditor") as told:
        assert eventually(lambda: told.reached("doors.lost") == {0: 20} and told.reached("doors.kept") == {0: 20})
        grant(secured_kafka, [AclRule("auditor", ("READ",), "TOPIC", "doors.lost", allow=False)])
        assert eventually(
            lambda: any(isinstance(each, NotVisible) and each.name == "doors.lost" for each in told.facts)
        )
        produce(secured_kafka, "doors.lost", events(5))
        produce(secured_kafka, "doors.kept", events(30))
        assert eventually(lambda: told.reached("doors.kept") == {0: 50})
    assert told.reached("doors.lost") == {0: 20}
    told.account("doors.kept")


def test_a_topic_that_its_owner_deletes_stays_deleted(kafka: EmbeddedKafka) -> None:
    # This broker lets anybody create topics by asking for them: exactly where a careless client re-creates one.
    gone, kept = f"gone-{uuid.uuid4().hex[:8]}", f"kept-{uuid.uuid4().hex[:8]}"
    for topic in (gone, kept):
        create(kafka, topic)
        produce(kafka, topic, events(20))
    with admin_of(kafka) as admin, tapping(kafka, f"{gone}|{kept}") as told:
        assert eventually(lambda: told.reached(gone) == {0: 20} and told.reached(kept) == {0: 20})
        before = _state(admin)
        admin.delete_topics([gone])
        time.sleep(6)
        produce(kafka, kept, events(10))
        assert eventually(lambda: told.reached(kept) == {0: 30})
        assert gone not in admin.list_topics()
        assert _state(admin)["groups"] == before["groups"]


def test_a_topic_that_is_made_anew_is_another_one_and_read_from_its_beginning(kafka: EmbeddedKafka) -> None:
    topic = f"again-{uuid.uuid4().hex[:8]}"
    create(kafka, topic)
    produce(kafka, topic, events(20))
    with admin_of(kafka) as admin, tapping(kafka, topic) as told:
        assert eventually(lambda: told.reached(topic) == {0: 20})
        admin.delete_topics([topic])
        assert eventually(lambda: topic not in admin.list_topics())
        create(kafka, topic)
        produce(kafka, topic, events(7))
        assert eventually(lambda: len({run.topic_id for run in told.runs(topic)}) == 2)
        assert eventually(lambda: told.runs(topic)[-1].high == 7)
    assert told.runs(topic)[-1].topic_id != told.runs(topic)[0].topic_id
