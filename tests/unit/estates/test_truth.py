from __future__ import annotations

from pathlib import Path

import pytest

from flowaudit.estates.catalogue import DECOY_TOPICS, PARTS, all_topics
from flowaudit.estates.truth import Truth, TruthInvalid, dump_truth, load_truth, truth_of
from flowaudit.topology.load import load_topology

TOPOLOGY = Path(__file__).parents[3] / "topologies" / "beijing-public-housing" / "topology.yaml"
DERIVES = {
    ("locks.events", "tenancy.checks"),
    ("locks.events", "visitors.log"),
    ("locks.events", "facedb.lookups"),
    ("facedb.lookups", "facedb.identities"),
    ("facedb.identities", "monitor.sightings"),
    ("locks.events", "monitor.sightings"),
    ("monitor.sightings", "score.updates"),
    ("visitors.log", "score.updates"),
    ("score.updates", "travel.bans"),
    ("score.updates", "curfew.orders"),
    ("score.updates", "visitors.approvals"),
    ("curfew.orders", "locks.events"),
    ("visitors.approvals", "locks.events"),
}


@pytest.fixture(scope="module")
def truth() -> Truth:
    return truth_of(PARTS, load_topology(TOPOLOGY))


def named(node_id: str) -> str:
    return node_id.split(":", 1)[1]


def test_the_derives_edges_are_those_of_the_story(truth: Truth) -> None:
    assert {(named(e.source), named(e.target)) for e in truth.edges if e.kind == "derives"} == DERIVES


def test_only_tenancy_control_is_declared(truth: Truth) -> None:
    assert {(e.kind, e.source, e.target) for e in truth.edges if not e.hidden} == {
        ("consumes", "topic:locks.events", "group:tenancy-control"),
        ("derives", "topic:locks.events", "topic:tenancy.checks"),
    }


def test_every_decoy_pair_touches_a_neighbour_and_none_is_a_flow(truth: Truth) -> None:
    flows = {(e.source, e.target) for e in truth.edges}
    others = len(all_topics()) - len(DECOY_TOPICS)
    assert len(truth.decoys) == 2 * len(DECOY_TOPICS) * others + len(DECOY_TOPICS) * (len(DECOY_TOPICS) - 1)
    for pair in truth.decoys:
        assert {named(pair.source), named(pair.target)} & set(DECOY_TOPICS)
        assert (pair.source, pair.target) not in flows


def test_every_node_belongs_to_a_system_and_every_edge_to_nodes(truth: Truth) -> None:
    nodes = {node.id for node in truth.nodes}
    systems = {system.name for system in truth.systems}
    assert all(node.system in systems for node in truth.nodes)
    assert all({edge.source, edge.target} <= nodes for edge in truth.edges)


def test_each_part_that_reads_has_a_group_of_its_own_and_the_kinds_of_client_differ() -> None:
    groups = [part.group for part in PARTS if part.consumed]
    assert None not in groups
    assert len(set(groups)) == len(groups)
    assert {part.client for part in PARTS} == {"confluent-kafka", "kafka-python", "aiokafka", "faust"}
    assert {part.commit for part in PARTS if part.group} == {"auto", "manual", "transactional"}


def test_the_document_survives_writing_and_reading(truth: Truth, tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    path.write_bytes(dump_truth(truth))
    assert load_truth(path) == truth
    assert dump_truth(truth) == dump_truth(load_truth(path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a flowaudit.truth/v1 document"),
        (b"\xff", "not a flowaudit.truth/v1 document"),
        (b"{}", "missing required field"),
        (b"[" * 200_000, "not a flowaudit.truth/v1 document"),
        (b'{"schema":"x","topology":"t","nodes":[],"edges":[],"decoys":[],"systems":[]}', "its schema is 'x'"),
    ],
)
def test_another_document_is_refused_by_name(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "truth.json"
    path.write_bytes(content)
    with pytest.raises(TruthInvalid, match=r"truth\.json") as caught:
        load_truth(path)
    assert said in str(caught.value)


def test_a_missing_document_says_who_writes_it(tmp_path: Path) -> None:
    with pytest.raises(TruthInvalid, match="flowaudit simulate --truth"):
        load_truth(tmp_path / "truth.json")
