"""Verdicts over mutated declarations of the reference estate, held against what the estate does."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flowaudit.facts import Fact
from flowaudit.graph.evidence import EdgeKind, Verdict
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.graph.verdicts import topic_of
from flowaudit.sources.declared import declared_facts
from flowaudit.topology.load import load_topology
from flowaudit.topology.model import DeclaredFlow, Topology
from tests.unit.graph.made_facts import commit, derived, group, snapshot_of, topic

REFERENCE: Final = Path(__file__).parents[3] / "topologies" / "beijing-public-housing" / "topology.yaml"
# group: its system, what it reads, what its system writes on account of that (README.md of the estate)
READERS: Final = {
    "lock-gateway": ("lock", ["curfew.orders", "visitors.approvals"], ["locks.events"]),
    "tenancy-control": ("tenancy-control", ["locks.events"], ["tenancy.checks"]),
    "visitor-log": ("visitor-log", ["locks.events"], ["visitors.log"]),
    "central-monitor": ("central-monitor", ["locks.events", "facedb.identities"], ["monitor.sightings"]),
    "national-face-db": ("face-database", ["facedb.lookups"], ["facedb.identities"]),
    "citizen-score": ("citizen-score", ["monitor.sightings", "visitors.log"], ["score.updates"]),
    "travel-ban-office": ("travel-ban", ["score.updates"], ["travel.bans"]),
    "curfew-office": ("curfew", ["score.updates"], ["curfew.orders"]),
    "visitor-approval": ("visitor-approval", ["score.updates"], ["visitors.approvals"]),
    "metro-billing": ("metro", ["transit.taps"], []),
    "parcel-desk": ("parcels", ["parcels.deliveries"], []),
    "utility-billing": ("utilities", ["utilities.readings"], []),
}
OWNERS: Final = {
    "locks.events": "lock",
    "tenancy.checks": "tenancy-control",
    "visitors.log": "visitor-log",
    "visitors.approvals": "visitor-approval",
    "monitor.sightings": "central-monitor",
    "facedb.lookups": "face-database",
    "facedb.identities": "face-database",
    "score.updates": "citizen-score",
    "travel.bans": "travel-ban",
    "curfew.orders": "curfew",
    "transit.taps": "metro",
    "parcels.deliveries": "parcels",
    "utilities.readings": "utilities",
}
FLOWS: Final = [(OWNERS[read], system, read) for system, reads, _ in READERS.values() for read in reads]
"""(from system, to system, by topic): what really flows, by consumer groups."""
COPIES: Final = [(read, written) for _, reads, writes in READERS.values() for read in reads for written in writes]
NAMES: Final = sorted(set(OWNERS.values()))

Mutation = Callable[[Topology], Topology]


@cache
def reference() -> Topology:
    return load_topology(REFERENCE)


def observed() -> list[Fact]:
    facts: list[Fact] = [topic(name) for name in OWNERS]
    for name, (_, reads, _) in READERS.items():
        facts.append(group(name, *reads))
        facts += [commit(name, read, 100) for read in reads]
    return facts


def judged(topology: Topology) -> GraphSnapshot:
    copies = [derived(read, written) for read, written in COPIES]
    return snapshot_of([*observed(), *declared_facts(topology, 1)], *copies)


def declares(source: str, target: str, topics: tuple[str, ...] = ()) -> DeclaredFlow:
    return DeclaredFlow(source=source, target=target, purpose="tenancy-control", legal_basis="law", topics=topics)


def with_flows(topology: Topology, flows: list[DeclaredFlow]) -> Topology:
    """The topology with these flows, one a pair of systems: the file format allows no more."""
    unique = {(flow.source, flow.target): flow for flow in flows}
    return replace(topology, flows=tuple(unique.values()))


def added(source: str, target: str, topics: tuple[str, ...]) -> Mutation:
    return lambda topology: with_flows(topology, [*topology.flows, declares(source, target, topics)])


def removed(at: int) -> Mutation:
    return lambda topology: with_flows(topology, [f for i, f in enumerate(topology.flows) if i != at])


def reversed_(at: int) -> Mutation:
    def mutate(topology: Topology) -> Topology:
        flows = [replace(f, source=f.target, target=f.source) if i == at else f for i, f in enumerate(topology.flows)]
        return with_flows(topology, flows)

    return mutate


def redirected(at: int, target: str) -> Mutation:
    return lambda topology: with_flows(
        topology, [replace(f, target=target) if i == at else f for i, f in enumerate(topology.flows)]
    )


def renamed(name: str) -> Mutation:
    """Another name for a system, everywhere in the file."""

    def new(old: str) -> str:
        return f"{old}-renamed" if old == name else old

    def mutate(topology: Topology) -> Topology:
        systems = tuple(replace(system, name=new(system.name)) for system in topology.systems)
        flows = [replace(flow, source=new(flow.source), target=new(flow.target)) for flow in topology.flows]
        return with_flows(replace(topology, systems=systems), flows)

    return mutate


_SYSTEMS = st.sampled_from(NAMES)
_REAL = st.sampled_from(FLOWS)
_LIMITS = st.just(()) | st.sampled_from(sorted(OWNERS)).map(lambda name: (name,))
MUTATIONS: Final = st.lists(
    st.one_of(
        st.builds(added, _SYSTEMS, _SYSTEMS, _LIMITS),
        st.builds(lambda flow, limit: added(flow[0], flow[1], limit), _REAL, _LIMITS),
        st.builds(lambda flow: added(flow[1], flow[0], ()), _REAL),
        st.builds(removed, st.integers(0, 5)),
        st.builds(reversed_, st.integers(0, 5)),
        st.builds(redirected, st.integers(0, 5), _SYSTEMS),
        st.builds(renamed, _SYSTEMS),
    ),
    min_size=1,
    max_size=8,
)


def mutated(mutations: list[Mutation]) -> Topology:
    topology = reference()
    for mutate in mutations:
        topology = mutate(topology)
    known = {system.name for system in topology.systems}
    # A flow that was added under a name which is gone by then would not be read from a file.
    return with_flows(topology, [flow for flow in topology.flows if {flow.source, flow.target} <= known])


def names_of(topology: Topology) -> dict[str, str]:
    """The estate's systems by the names that the mutated file gives them: the order of the file stays."""
    return {old.name: new.name for old, new in zip(reference().systems, topology.systems, strict=True)}


@settings(max_examples=150, deadline=None)
@given(MUTATIONS)
@example([removed(0)])
@example([reversed_(0)])
@example([added("lock", "central-monitor", ()), added("metro", "citizen-score", ())])
def test_every_verdict_is_right_whatever_is_declared(mutations: list[Mutation]) -> None:
    topology = mutated(mutations)
    named = names_of(topology)
    limits = {(flow.source, flow.target): flow.topics for flow in topology.flows}

    def is_declared(source: str, target: str, by: str) -> bool:
        return source == target or ((source, target) in limits and limits[source, target] in {(), (by,)})

    moved = {(named[source], named[target], by) for source, target, by in FLOWS}
    moved |= {(named[OWNERS[read]], named[OWNERS[written]], read) for read, written in COPIES}
    wanted: dict[tuple[str, str, str], Verdict] = {
        ends: Verdict.VERIFIED if is_declared(*ends) else Verdict.UNDECLARED for ends in moved
    }
    borne_out = {(source, target) for source, target, by in moved if is_declared(source, target, by)}
    wanted |= {(source, target, ""): Verdict.PHANTOM for source, target in limits.keys() - borne_out}

    snapshot = judged(topology)
    system_of = {node.id: node.system for node in snapshot.nodes}
    found = {
        (system_of[edge.source], system_of[edge.target], topic_of(edge.source, edge.target)): edge.verdict
        for edge in snapshot.edges
    }
    assert found == wanted
    for edge in snapshot.edges:
        ends = (system_of[edge.source], system_of[edge.target])
        assert edge.verdict_reason
        if edge.verdict is Verdict.UNDECLARED:
            assert repr(ends[0]) in edge.verdict_reason
            assert ("reverse" in edge.verdict_reason) == (ends not in limits and ends[::-1] in limits)
        if edge.kind is EdgeKind.DECLARED:
            assert "committed-offsets (watching since 1970-01-01T00:00:01.000Z)" in edge.verdict_reason


def test_the_file_as_it_stands_admits_one_flow_and_leaves_all_others_undeclared() -> None:
    verdicts = {(edge.source.name, edge.target.name): edge.verdict for edge in judged(reference()).edges}
    verified = {ends for ends, verdict in verdicts.items() if verdict is Verdict.VERIFIED}
    own = {("transit.taps", "metro-billing"), ("parcels.deliveries", "parcel-desk")}
    own |= {("utilities.readings", "utility-billing"), ("facedb.lookups", "national-face-db")}
    own |= {("facedb.lookups", "facedb.identities")}
    assert verified == own | {("locks.events", "tenancy-control"), ("locks.events", "tenancy.checks")}
    assert Verdict.PHANTOM not in verdicts.values()
