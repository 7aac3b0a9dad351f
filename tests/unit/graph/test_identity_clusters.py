"""Identity clusters: who belongs together, what a join adds, and that no count lets fewer than k people be seen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.facts import (
    ROW,
    Channel,
    DigestsCompared,
    Fact,
    FieldClass,
    FieldName,
    FieldProfiled,
    PeopleCounted,
    PeopleSet,
    RowsObserved,
)
from flowaudit.graph.document import dump, load
from flowaudit.graph.evidence import Inference, Tier
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.identity_view import Sampling
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.linkage.derived import Inferred, Sharing
from tests.unit.graph.made_facts import (
    CLUSTER,
    derived,
    provenance,
    registers_of_the_first,
    same_people,
    snapshot_of,
)

DOOR = FieldName("locks.events", "$.tenant_id")
MONITOR = FieldName("monitor.sightings", "$.subject")
SCORE = FieldName("score.changes", "$.subject")
BAN = FieldName("travel.bans", "$.passenger")
CAMERA = FieldName("cameras.health", "$.camera")


def profile(field: FieldName, field_class: FieldClass = FieldClass.CODE) -> FieldProfiled:
    return FieldProfiled(provenance(Channel.LINKAGE), field.topic, field.path, field_class, 100, tokenised=False)


def counted(
    people: Mapping[FieldName, tuple[int, int]], *, theta: float = 1.0, key_id: int = 1, bucket_ms: int = 60_000
) -> PeopleCounted:
    """People numbered from, to, by field; every two fields share those whom both hold."""
    fields = tuple(sorted(people))
    sets = [PeopleSet(n, n, crowd(*people[field])) for n, field in enumerate(fields)]
    for one, other in combinations(range(len(fields)), 2):
        low = max(people[fields[one]][0], people[fields[other]][0])
        high = min(people[fields[one]][1], people[fields[other]][1])
        if high > low:
            sets.append(PeopleSet(one, other, crowd(low, high)))
    return PeopleCounted(provenance(Channel.LINKAGE), bucket_ms, 0, key_id, theta, fields, tuple(sets))


def crowd(low: int, high: int) -> bytes:
    return registers_of_the_first(high - low, low)


ESTATE: list[Fact] = [
    counted({DOOR: (0, 1_000), MONITOR: (0, 900), SCORE: (0, 500), BAN: (0, 60), CAMERA: (5_000, 5_040)}),
    profile(DOOR, FieldClass.ENTITY),
    *(profile(FieldName("locks.events", path)) for path in ("$.at", "$.kind", "$key")),
    *(profile(FieldName("monitor.sightings", path)) for path in ("$.at", "$.place", "$.mood")),
    *(profile(FieldName("score.changes", path)) for path in ("$.score", "$.reason", "$.office", "$.clerk")),
    profile(FieldName("travel.bans", "$.until")),
    profile(FieldName("travel.bans", "$.notes['110105194912310021']")),
]


def about(told: int, people: int) -> bool:
    return abs(told - people) <= 0.25 * people


def test_fields_that_share_people_are_one_cluster_and_others_are_not() -> None:
    (cluster,) = snapshot_of(ESTATE).clusters
    assert [told.field for told in cluster.fields] == [DOOR, MONITOR, SCORE, BAN]
    assert about(cluster.people, 1_000)
    assert [about(told.people, people) for told, people in zip(cluster.fields, (1_000, 900, 500, 60), strict=True)]
    assert cluster.since_ms == 60_000
    assert 0.06 < cluster.relative_error < 0.07


def test_each_join_adds_attributes_for_people_the_greatest_gain_first() -> None:
    (cluster,) = snapshot_of(ESTATE).clusters
    first, second, third, last = cluster.additions
    assert (first.topic, first.through) == ("monitor.sightings", None)
    assert first.attributes == ("$.at", "$.mood", "$.place")
    assert (second.topic, second.attributes) == ("score.changes", ("$.clerk", "$.office", "$.reason", "$.score"))
    assert about(second.people, 500)
    assert second.through == (SCORE, MONITOR)
    assert (third.topic, third.attributes) == ("locks.events", ("$.at", "$.kind"))
    assert (last.topic, last.attributes) == ("travel.bans", ("$.until",))


def test_what_a_flow_only_copies_adds_nothing() -> None:
    (cluster,) = snapshot_of(ESTATE, derived("locks.events", "monitor.sightings")).clusters
    joined = {addition.topic: addition.attributes for addition in cluster.additions}
    assert joined["locks.events"] == ("$.kind",)


def test_a_flow_joins_fields_that_share_nobody_within_a_window() -> None:
    facts: list[Fact] = [
        counted({DOOR: (0, 100), SCORE: (500, 600)}),
        profile(DOOR, FieldClass.ENTITY),
        profile(SCORE, FieldClass.INSTANCE),
    ]
    assert snapshot_of(facts).clusters == ()
    (cluster,) = snapshot_of(facts, derived("locks.events", "score.changes")).clusters
    assert [told.field for told in cluster.fields] == [DOOR, SCORE]
    # Each person bears one name in each of them, so they are not added up.
    assert about(cluster.people, 100)


def test_identifiers_that_all_name_events_are_no_people() -> None:
    facts: list[Fact] = [
        counted({DOOR: (0, 100), SCORE: (0, 100)}),
        *(profile(f, FieldClass.INSTANCE) for f in (DOOR, SCORE)),
    ]
    assert snapshot_of(facts).clusters == ()


def test_counts_are_corrected_for_the_sampling_and_the_document_says_what_it_was() -> None:
    facts = [
        counted({DOOR: (0, 100), SCORE: (0, 100)}, theta=0.1),
        counted({DOOR: (0, 50), SCORE: (0, 50)}, theta=0.05, bucket_ms=120_000),
    ]
    snapshot = snapshot_of(facts)
    (cluster,) = snapshot.clusters
    assert about(cluster.people, 1_000)
    assert cluster.relative_error > 0.1
    assert json.loads(dump(snapshot))["linkage"]["sampling"] == {"lowest": 0.05, "highest": 0.1}


def test_the_document_says_where_memory_was_short_of_rows_and_digests() -> None:
    looked_at = counted({DOOR: (0, 100)})
    assert json.loads(dump(snapshot_of([looked_at])))["linkage"]["sampling"] == {"lowest": 1, "highest": 1}
    short: list[Fact] = [
        looked_at,
        *(rows_that_stand_for(weight, bucket_ms) for weight, bucket_ms in ((1.0, 0), (8.0, 60_000), (4.0, 120_000))),
        *(DigestsCompared(provenance(Channel.LINKAGE), 0, 0, kept, kept=kept) for kept in (0.75, 0.5, 1.0)),
    ]
    for facts in (short, short[::-1]):
        document = dump(snapshot_of(facts))
        assert json.loads(document)["linkage"]["sampling"] == {
            "lowest": 1, "highest": 1, "records": 0.125, "digests": 0.5
        }  # fmt: skip
        assert load(document, "short.json").sampling == Sampling(1.0, 1.0, records=0.125, digests=0.5)


def rows_that_stand_for(records: float, bucket_ms: int) -> RowsObserved:
    row = np.zeros(1, dtype=ROW)
    row["weight"] = records
    return RowsObserved(provenance(Channel.LINKAGE), "a", bucket_ms, 0, ("$.id",), (), 9, row.tobytes(), b"")


def test_keys_are_not_added_up() -> None:
    """A new key gives the same people new tokens."""
    facts = [
        counted({DOOR: (n * 1_000, n * 1_000 + 100), SCORE: (n * 1_000, n * 1_000 + 100)}, key_id=n) for n in range(9)
    ]
    (cluster,) = snapshot_of(facts).clusters
    assert about(cluster.people, 100)


SIZES = st.integers(0, 300)
ESTATES = st.builds(
    lambda door, monitor, score, ban, theta: [
        counted({DOOR: (0, door), MONITOR: (0, monitor), SCORE: (3, 3 + score), BAN: (0, ban)}, theta=theta),
        *ESTATE[1:],
    ],
    SIZES, SIZES, SIZES, SIZES, st.sampled_from([1.0, 0.3]),
)  # fmt: skip


def counts_in(value: object) -> Iterator[int]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "people":
                yield inner
            yield from counts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from counts_in(inner)


@settings(max_examples=25, deadline=None)
@given(ESTATES, st.integers(2, 60))
def test_no_count_and_no_difference_or_sum_of_counts_is_of_fewer_than_k_people(facts: list[Fact], k: int) -> None:
    snapshot = snapshot_of(facts, derived("locks.events", "travel.bans"), k_anonymity=k)
    told = set(counts_in(json.loads(dump(snapshot))["linkage"]))
    assert all(count % k == 0 for count in told)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 120), st.integers(2, 60))
def test_fewer_than_k_people_are_never_told(people: int, k: int) -> None:
    facts: list[Fact] = [counted({DOOR: (0, 500), SCORE: (0, people)}), profile(DOOR, FieldClass.ENTITY)]
    snapshot = snapshot_of(facts, derived("locks.events", "score.changes"), k_anonymity=k)
    for cluster in snapshot.clusters:
        (score,) = (told.people for told in cluster.fields if told.field == SCORE)
        shared = [*(pair.people for pair in cluster.shared), cluster.additions[-1].people]
        if people < k:
            assert (score, *shared) == (0,) * (1 + len(shared))


@settings(max_examples=15, deadline=None)
@given(ESTATES, st.randoms(use_true_random=False))
def test_merging_in_any_order_gives_the_same_document(facts: list[Fact], chance: Random) -> None:
    pieces: list[Fact] = [
        PeopleCounted(whole.provenance, whole.bucket_ms, 0, whole.key_id, whole.theta, whole.fields, (told,))
        for whole in facts
        if isinstance(whole, PeopleCounted)
        for told in whole.sets
    ]
    others = [fact for fact in facts if not isinstance(fact, PeopleCounted)]
    told = [*pieces, *pieces, *others]
    chance.shuffle(told)
    assert dump(snapshot_of(told)) == dump(snapshot_of(facts))


def test_a_member_name_that_may_be_somebody_is_never_told() -> None:
    assert b"1101051949" not in dump(snapshot_of(ESTATE))


def test_topics_that_the_graph_leaves_out_are_in_no_cluster() -> None:
    hidden = FieldName("__hidden", "$.x")
    snapshot: GraphSnapshot = snapshot_of([counted({DOOR: (0, 100), hidden: (0, 100)})])
    assert all(told.field.topic != "__hidden" for cluster in snapshot.clusters for told in cluster.fields)


def test_the_same_people_without_a_flow_are_told_with_the_reason() -> None:
    one, other = FieldName("locks.events", "one"), FieldName("score.changes", "two")
    facts: list[Fact] = [counted({one: (0, 100), other: (0, 100)})]
    found = same_people("score.changes", "locks.events", sightings=9)
    folding = GraphFold(CLUSTER, 10, inference=lambda *_: Inferred((), (found, same_people("a", "__hidden"))))
    folding.add_all(facts)
    (told,) = folding.snapshot().same_people
    assert (told.topics, told.sharing) == (("locks.events", "score.changes"), Sharing.HABITS)
    assert about(told.people, 100)
    assert told.sightings == 0, "fewer than k"
    (document,) = json.loads(dump(folding.snapshot()))["linkage"]["same_people"]
    assert (document["sharing"], document["fields"]) == ("shared habits", [["one", "two"]])
    assert not [edge for edge in folding.snapshot().edges if edge.kind == "derives"]


def test_an_edge_says_how_sure_it_is_only_where_linkage_worked_it_out() -> None:
    sure = derived("locks.events", "score.changes")
    (edge,) = snapshot_of([], sure).edges
    assert edge.inference == Inference(0.93, Tier.SUSPECTED, ("committed-offsets",), ("tenants.table",))
    (unsure,) = snapshot_of([], replace(sure, confidence=0.0)).edges
    assert unsure.inference is None
    assert "inference" not in json.loads(dump(snapshot_of([], replace(sure, confidence=0.0))))["edges"][0]
