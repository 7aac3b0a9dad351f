"""The truth of a generated estate against what it really wrote."""

from __future__ import annotations

from collections import Counter, defaultdict

import networkx as nx
import pytest

from benchmarks.linkage.decoys import decoy_cases
from benchmarks.linkage.encode import Encoded, decode
from benchmarks.linkage.estate import Fields, PlayedEstate
from benchmarks.linkage.flows import direct_flows
from benchmarks.linkage.truth import EXERCISED
from tests.unit.benchmarks.linkage_estates import short, spec_of

SEEDS = (0, 1, 2)


def decoded(estate: PlayedEstate) -> dict[str, list[tuple[int, Fields]]]:
    """By topic: place in the log, and what the record says."""
    topics = {topic.name: topic for topic in estate.spec.topics}
    told: dict[str, list[tuple[int, Fields]]] = defaultdict(list)
    for place, record in enumerate(estate.log):
        fields = decode(topics[record.topic], Encoded(record.key, record.value, record.headers))
        told[record.topic].append((place, fields))
    return told


@pytest.mark.parametrize("seed", SEEDS)
def test_every_true_flow_carries_what_its_parent_said_before(seed: int) -> None:
    estate = short(seed)
    told = decoded(estate)
    said: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for topic, records in told.items():
        for place, fields in records:
            for slot in fields.items():
                said[topic].setdefault(slot, place)
    for case in estate.cases:
        if "translated" in case.cases:
            continue
        carrying = sum(
            any(said[case.source].get(slot, place) < place for slot in fields.items())
            for place, fields in told[case.target]
        )
        assert carrying >= 0.9 * case.carried >= EXERCISED * 0.9, case


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_translated_goes_through_a_mapping_a_table_or_a_digest(seed: int) -> None:
    spec = spec_of(seed)
    for case in short(seed).cases:
        if "translated" in case.cases:
            assert spec.writer(case.target).operation.kind in ("rekey", "table-join", "digest"), case


@pytest.mark.parametrize("seed", range(8))
def test_no_decoy_has_a_path_in_its_direction(seed: int) -> None:
    spec = spec_of(seed)
    flows = nx.DiGraph(direct_flows(spec))
    flows.add_nodes_from(topic.name for topic in spec.topics)
    decoys = decoy_cases(spec)
    assert decoys
    assert [d for d in decoys if d.source == d.target or nx.has_path(flows, d.source, d.target)] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_truth_document_and_the_cases_name_the_same_flows(seed: int) -> None:
    estate = short(seed)
    derives = {(edge.source, edge.target) for edge in estate.truth.edges if edge.kind == "derives"}
    assert derives == {(f"topic:{case.source}", f"topic:{case.target}") for case in estate.cases}
    assert len(estate.truth.decoys) == len(estate.decoys)
    exercised = {(case.source, case.target) for case in estate.cases}
    assert exercised | set(estate.not_exercised) == set(direct_flows(estate.spec))
    assert exercised.isdisjoint(estate.not_exercised)


def test_the_log_is_in_order_of_arrival_and_every_partition_without_a_gap() -> None:
    estate = short(0)
    assert [r.arrived_ms for r in estate.log] == sorted(r.arrived_ms for r in estate.log)
    ends: Counter[tuple[str, int]] = Counter()
    for record in estate.log:
        assert record.offset == ends[record.topic, record.partition]
        ends[record.topic, record.partition] += 1


def test_topics_with_the_brokers_clock_tell_the_time_of_arrival() -> None:
    estate = short(1)
    clocks = {topic.name: topic.clock for topic in estate.spec.topics}
    appended = [r for r in estate.log if clocks[r.topic] == "append"]
    assert appended
    assert all(record.timestamp == record.arrived_ms for record in appended)
    assert any(r.timestamp != r.arrived_ms for r in estate.log if clocks[r.topic] == "create")
