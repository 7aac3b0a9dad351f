"""What a worker ships: where each message goes, and that nothing of a run gets lost between."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from flowaudit.facts import (
    SIGHTING,
    Channel,
    FieldProfiled,
    NotVisible,
    Provenance,
    RunAudited,
    SightingRun,
    decode_fact,
)
from flowaudit.sources.kafka_admin import ListedTopic
from flowaudit.sources.tap.audit_cluster import AuditLayout, Progress
from flowaudit.sources.tap.in_process import TapBatch, TapOutbox, not_visible
from flowaudit.sources.tap.plan import TapPartition, TopicFilter, owns_all, plan_of
from flowaudit.sources.tap.progress import furthest
from flowaudit.sources.tap.shipping import messages_of, progress_of
from flowaudit.sources.tap.sightings import merged_sightings, sharded
from tests.unit.tap.records import NOW_MS, audit_all, door_events, in_runs

LAYOUT = AuditLayout(slots=4, facts_partitions=2, sighting_shards=3)


def batch_of(count: int = 200) -> TapBatch:
    outbox = TapOutbox()
    for audited in audit_all(in_runs(door_events(count), [40])):
        outbox.add(audited.fact, audited.facts[1:], audited.sightings)
    outbox.add_fact(not_visible("locks.secret", "no-read-right", NOW_MS))
    batch = outbox.take()
    assert batch is not None
    assert outbox.take() is None
    return batch


def test_an_outbox_hands_over_one_account_a_partition_and_all_else() -> None:
    batch = batch_of()
    runs = [fact for fact in batch.facts if isinstance(fact, RunAudited)]
    assert [(run.low, run.high) for run in runs] == [(0, 200)]
    assert sum(isinstance(fact, FieldProfiled) for fact in batch.facts) > 5
    assert sum(isinstance(fact, NotVisible) for fact in batch.facts) == 1
    assert sum(each.records for each in batch.sightings) == 200


def test_messages_carry_every_fact_and_every_sighting() -> None:
    batch = batch_of()
    messages = messages_of(batch, LAYOUT)
    facts = [decode_fact(each.value) for each in messages if each.topic == LAYOUT.facts_topic]
    assert facts == list(batch.facts)
    shipped = [msgspec.msgpack.decode(each.value, type=SightingRun) for each in messages if each.partition is not None]
    assert sum(len(each.table()) for each in shipped) == sum(len(each.table()) for each in batch.sightings)
    for message in messages:
        if message.topic == LAYOUT.sightings_topic:
            tokens = msgspec.msgpack.decode(message.value, type=SightingRun).table()["token"]
            assert set((tokens % np.uint64(3)).tolist()) <= {message.partition}


def test_progress_is_what_the_batch_has_reached_in_its_slot() -> None:
    saved = progress_of(batch_of(), LAYOUT)
    assert [msgspec.msgpack.decode(each.value, type=Progress) for each in saved] == [
        Progress("locks.events", "topic-1", 0, 200)
    ]
    assert saved[0].partition == LAYOUT.slot_of("locks.events", 0)
    assert saved[0].topic == LAYOUT.progress_topic


def test_of_progress_the_furthest_counts_whoever_wrote_last() -> None:
    encode = msgspec.msgpack.Encoder().encode
    positions: dict[TapPartition, int] = {}
    furthest(positions, [encode(Progress("t", "id", 0, 50)), None, encode(Progress("t", "id", 0, 30))])
    furthest(positions, [encode(Progress("t", "id", 1, 7))])
    assert positions == {TapPartition("t", "id", 0): 50, TapPartition("t", "id", 1): 7}


def test_every_partition_is_in_one_slot() -> None:
    slots = [LAYOUT.slot_of("locks.events", partition) for partition in range(100)]
    assert set(slots) == {0, 1, 2, 3}
    assert slots == [LAYOUT.slot_of("locks.events", partition) for partition in range(100)]


def sighting_run(rows: list[tuple[int, int, int, int]], records: int = 5, theta: float = 1.0) -> SightingRun:
    return SightingRun("t", 0, ("$.a", "$.b"), (True, False), 0, theta, records, np.array(rows, SIGHTING).tobytes())


rows = st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 99), st.integers(0, 9), st.integers(0, 1)))


@how(deadline=None)
@given(rows, st.integers(1, 5))
def test_shards_hold_each_sighting_once_and_all_know_how_much_was_read(
    table: list[tuple[int, int, int, int]], shards: int
) -> None:
    parts = sharded(sighting_run(table), shards)
    assert len(parts) == shards
    assert {each.records for each in parts} == {5}
    assert sorted(row for each in parts for row in each.table().tolist()) == sorted(table)


@how(deadline=None)
@given(rows, rows)
def test_merged_sightings_are_those_of_all_runs_in_offset_order(
    one: list[tuple[int, int, int, int]], other: list[tuple[int, int, int, int]]
) -> None:
    (together,) = merged_sightings([sighting_run(one), sighting_run(other)])
    assert together.records == 10
    assert sorted(together.table().tolist()) == sorted([*one, *other])
    assert together.table()["offset"].tolist() == sorted(together.table()["offset"].tolist())


def test_sightings_of_other_rates_stay_apart() -> None:
    assert len(merged_sightings([sighting_run([]), sighting_run([], theta=0.1)])) == 2


def listed(name: str, *, readable: bool = True, internal: bool = False, partitions: int = 2) -> ListedTopic:
    return ListedTopic(name, f"id of {name}", partitions, internal, readable, ())


@pytest.mark.parametrize(
    ("patterns", "exclude", "taken"),
    [
        ((r"locks\..*",), (), ["locks.a", "locks.b"]),
        (("locks",), (), []),
        ((".*",), ("locks.*",), ["other"]),
        ((), (), []),
    ],
)
def test_patterns_match_whole_names_and_internal_topics_never(
    patterns: tuple[str, ...], exclude: tuple[str, ...], taken: list[str]
) -> None:
    topics = [listed("locks.a"), listed("locks.b"), listed("other"), listed("__consumer_offsets", internal=True)]
    plan = plan_of(topics, TopicFilter(patterns, exclude), owns_all)
    assert sorted({each.topic for each in plan.partitions}) == taken


def test_a_plan_holds_the_share_that_is_ones_own_and_names_what_may_not_be_read() -> None:
    plan = plan_of(
        [listed("a", partitions=4), listed("b", readable=False)],
        TopicFilter((".*",)),
        lambda _, partition: partition < 2,
    )
    assert plan.partitions == {TapPartition("a", "id of a", 0), TapPartition("a", "id of a", 1)}
    assert plan.unreadable == {"b"}


def test_a_fact_of_what_cannot_be_seen_says_what_it_hides() -> None:
    fact = not_visible("t", "no-read-right", NOW_MS)
    assert fact.provenance == Provenance(Channel.LINKAGE, NOW_MS, "Fetch and Metadata")
    assert "records" in fact.hides
