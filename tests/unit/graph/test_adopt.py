"""What is there today, as a topology: it can be read, and held against the same facts it leaves nothing undeclared."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.facts import Fact
from flowaudit.graph.adopt import NothingToAdopt, adopt
from flowaudit.graph.evidence import Tier, Verdict
from flowaudit.graph.fold import GraphFold
from flowaudit.linkage.derived import Grade
from flowaudit.sources.declared import declared_facts
from flowaudit.topology.draft import TODO, draft_text
from flowaudit.topology.load import parse_topology
from tests.unit.graph.made_facts import CLUSTER, FACTS, conclude, derived, group, snapshot_of, topic

SEEN: list[Fact] = [
    topic("locks.events"),
    topic("locks.orders"),
    topic("score.changes"),
    group("scorer", "locks.events"),
]


def test_the_draft_names_systems_by_their_parts_and_admits_what_was_seen() -> None:
    text = draft_text(adopt(snapshot_of(SEEN)))
    topology = parse_topology(text)
    assert [(s.name, s.match.topics, s.match.groups) for s in topology.systems] == [
        ("locks", ("locks.*",), ()),
        ("score", ("score.changes",), ()),
        ("scorer", (), ("scorer",)),
    ]
    assert [(f.source, f.target, f.purpose, f.legal_basis) for f in topology.flows] == [("locks", "scorer", TODO, TODO)]
    assert "# observed by group-membership, first seen 1970-01-01T00:00:01.000Z" in text


@pytest.mark.parametrize(("grade", "adopted"), [(Grade.CONFIRMED, True), (Grade.PROBABLE, False)])
def test_what_is_weaker_than_confirmed_is_named_and_not_adopted(grade: Grade, adopted: bool) -> None:
    text = draft_text(adopt(snapshot_of(SEEN, derived("locks.events", "score.changes", grade))))
    flows = {(flow.source, flow.target) for flow in parse_topology(text).flows}
    assert (("locks", "score") in flows) == adopted
    assert ("# - locks → score: probable only, look before you declare it" in text) != adopted


def test_a_graph_without_systems_has_nothing_to_adopt() -> None:
    with pytest.raises(NothingToAdopt, match="no node that belongs to a system"):
        adopt(snapshot_of([]))


@settings(max_examples=60, deadline=None)
@given(st.lists(FACTS, max_size=25))
def test_what_was_adopted_is_a_valid_topology_that_leaves_nothing_sure_undeclared(facts: list[Fact]) -> None:
    folding = GraphFold(CLUSTER, inference=conclude)
    folding.add_all([*SEEN, *facts])
    topology = parse_topology(draft_text(adopt(folding.snapshot())))
    folding.add_all(declared_facts(topology, 2**62 + 1))
    for edge in folding.snapshot().edges:
        assert edge.verdict is not Verdict.UNDECLARED or not edge.tier.at_least(Tier.CONFIRMED), edge
