"""FA006: somebody holds two records of the same people that were made for different purposes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from flowaudit.graph.evidence import Tier, Verdict
from flowaudit.graph.flow_path import FlowPath, Hop
from flowaudit.graph.identity import NodeId
from flowaudit.graph.snapshot import Edge
from flowaudit.policy.estate import Estate
from flowaudit.policy.finding import Case
from flowaudit.policy.model import Parameters, Place, Severity
from flowaudit.policy.rule import Rule

_Readings = dict[NodeId, dict[NodeId, Edge]]


class CrossReferencing(Parameters, frozen=True, kw_only=True):
    """By whom; empty: by anybody."""

    by: Place = ""


def cross_references(estate: Estate, parameters: CrossReferencing) -> Iterator[Case]:
    """A case for each system and two owners whose topics it gets, of the same people, for different purposes."""
    tier = parameters.minimum_tier
    holders = frozenset(estate.parties(estate.select(parameters.by)))
    readings = _readings(estate, tier)
    told: dict[tuple[NodeId, ...], Case] = {}
    for one, other in _same_people(estate, tier):
        here, there = readings.get(one, {}), readings.get(other, {})
        for holder in sorted(here.keys() & there.keys() & holders):
            edges = (here[holder], there[holder])
            subject = (*sorted({estate.party(one), estate.party(other)}), holder)
            if subject not in told and _lacks_basis(estate, (one, other), edges):
                told[subject] = _case(estate, subject, edges, tier)
    yield from told.values()


def _same_people(estate: Estate, minimum_tier: Tier) -> list[tuple[NodeId, NodeId]]:
    """Pairs of topics that carry the same people, whether one flows into the other or not."""
    snapshot = estate.snapshot
    joins = (
        (join.upstream_topic, join.downstream_topic) for join in snapshot.joins if join.tier.at_least(minimum_tier)
    )
    shared = (
        (shared.fields[0].topic, shared.fields[1].topic) for cluster in snapshot.clusters for shared in cluster.shared
    )
    beside = (found.topics for found in snapshot.same_people)
    known = {node.name: node for node in estate.topics()}
    pairs = {(min(pair), max(pair)) for pair in chain(joins, shared, beside) if pair[0] != pair[1]}
    return [(known[one], known[other]) for one, other in sorted(pairs) if one in known and other in known]


def _readings(estate: Estate, minimum_tier: Tier) -> _Readings:
    """By topic, who else gets its data directly, and by which edge: the best supported one."""
    readings: _Readings = {}
    for topic in estate.topics():
        for edge in sorted(estate.outflows(topic, minimum_tier), key=lambda edge: (edge.tier.rank, edge.target)):
            holder = estate.party(edge.target)
            if holder != estate.party(topic):
                readings.setdefault(topic, {}).setdefault(holder, edge)
    return readings


def _lacks_basis(estate: Estate, topics: tuple[NodeId, NodeId], edges: tuple[Edge, Edge]) -> bool:
    one, other = (_purposes(estate, topic) for topic in topics)
    differ = bool(one and other) and not estate.may_use(one, other) and not estate.may_use(other, one)
    return differ and any(edge.verdict is not Verdict.VERIFIED for edge in edges)


def _purposes(estate: Estate, topic: NodeId) -> frozenset[str]:
    return estate.collected_for(topic) or estate.purposes_of(estate.party(topic))


def _case(estate: Estate, subject: tuple[NodeId, ...], edges: tuple[Edge, Edge], minimum_tier: Tier) -> Case:
    holder = subject[-1]
    members = estate.members(holder)
    words = [f"{edge.source.name} ({', '.join(sorted(_purposes(estate, edge.source)))})" for edge in edges]
    message = f"{holder.name} gets {' and '.join(words)}, which carry the same people, without a declared basis"
    ways = tuple(
        estate.way(frozenset({edge.source}), members, minimum_tier) or FlowPath((Hop(edge),)) for edge in edges
    )
    # It is enough to keep one of the two topics from the holder.
    cuts = [estate.cut(frozenset({edge.source}), members, minimum_tier) or (Hop(edge),) for edge in edges]
    return Case(subject, message, ways, min(cuts, key=len))


CROSS_REFERENCE: Final = Rule(
    code="FA006",
    name="cross-reference-without-basis",
    title="Records of the same people, made for different purposes, come together",
    rationale="""\
What a door knows and what a register of faces knows are two things; whoever holds both knows a third, and the people
in them agreed to neither. The rule finds systems that get topics of two other owners in which the same people appear
(by linkage's joins and identity clusters) although their purposes differ and are not compatible, unless the topology
declares both flows. Purposes are those of the data, or else of the system that owns the topic. Data of one's own
counts for nothing here: what flows into it is the matter of FA005.""",
    keys=(("by", "place of those who must not bring such records together; anybody, if it is left out"),),
    example="""\
- rule: FA006
  by: system:central-monitor""",
    severity=Severity.ERROR,
    parameters=CrossReferencing,
    evaluate=cross_references,
    needs_topology=True,
)
