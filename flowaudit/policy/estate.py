"""An estate as rules look at it: the graph, its path index, what is declared, and nodes by the places of a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.cuts import smallest_cut
from flowaudit.graph.evidence import EdgeKind, Tier
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.flow_path import FlowPath, Hop
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.reach import reached_from, witness
from flowaudit.graph.snapshot import Edge, GraphSnapshot, Node
from flowaudit.topology.model import System, Topology

_MOVES: Final = frozenset({EdgeKind.CONSUMES, EdgeKind.DERIVES, EdgeKind.PRODUCES, EdgeKind.SINKS, EdgeKind.SOURCES})
_NEVER: Final = 1 << 63

Parties = Mapping[NodeId, frozenset[NodeId]]


class Estate:
    """A snapshot with what rules ask of it. `topology` is None where none was given."""

    def __init__(self, snapshot: GraphSnapshot, topology: Topology | None = None) -> None:
        self.snapshot = snapshot
        self.index = FlowIndex(snapshot)
        self.topology = topology
        self._nodes = {node.id: node for node in snapshot.nodes}
        self._members = self.parties(self._nodes)
        self._categories = {node.id: self._all_categories(node) for node in snapshot.nodes}
        self._selected: dict[str, frozenset[NodeId]] = {}
        self._onward: dict[NodeId, list[Edge]] = {}
        for edge in snapshot.edges:
            if edge.kind in _MOVES:
                self._onward.setdefault(edge.source, []).append(edge)

    def select(self, place: str) -> frozenset[NodeId]:
        """The nodes that a place of a policy names; all nodes when it is empty."""
        if place not in self._selected:
            kind, _, pattern = place.partition(":")
            found = (node.id for node in self.snapshot.nodes if not place or self._is_at(node, kind, pattern))
            self._selected[place] = frozenset(found)
        return self._selected[place]

    def party(self, node: NodeId) -> NodeId:
        """Whose a node is: its system, or the node itself where nothing says whose it is."""
        system = self._nodes[node].system
        return NodeId(NodeKind.SYSTEM, "", system) if system else node

    def parties(self, nodes: Iterable[NodeId]) -> Parties:
        """The nodes by whose they are, in a stable order."""
        held: dict[NodeId, set[NodeId]] = {}
        for node in sorted(nodes):
            held.setdefault(self.party(node), set()).add(node)
        return {party: frozenset(held[party]) for party in sorted(held)}

    def members(self, party: NodeId) -> frozenset[NodeId]:
        """The nodes of a system, or the node that is its own."""
        return self._members[party]

    def topics(self, of: Iterable[NodeId] | None = None) -> list[NodeId]:
        """The topics among some nodes (among all, by default), sorted."""
        nodes = self._nodes if of is None else of
        return sorted(node for node in nodes if node.kind is NodeKind.TOPIC)

    def outflows(self, node: NodeId, minimum_tier: Tier) -> Iterator[Edge]:
        """The edges by which data is seen to leave a node, or to be read from it."""
        return (edge for edge in self._onward.get(node, ()) if edge.tier.at_least(minimum_tier))

    def arrivals(self, sources: frozenset[NodeId], minimum_tier: Tier) -> frozenset[NodeId]:
        """The nodes at which data of the sources can arrive: those that a way leads to."""
        return frozenset(reached_from(self.index, sources, Constraint(minimum_tier)))

    def ways(
        self, sources: frozenset[NodeId], goals: Parties, minimum_tier: Tier
    ) -> Iterator[tuple[NodeId, FlowPath, tuple[Hop, ...]]]:
        """Of several parties, those that data of the sources gets to: each with a shortest way and a smallest cut."""
        # One search over everything spares many that find nothing; for a single goal it would be the dearer one.
        arrivals = self.arrivals(sources, minimum_tier) if len(goals) > 1 else None
        for party, nodes in goals.items():
            can_be = arrivals is None or not nodes.isdisjoint(arrivals)
            way = self.way(sources, nodes, minimum_tier) if can_be else None
            if way is not None:
                yield party, way, self.cut(sources, nodes, minimum_tier)

    def way(self, sources: frozenset[NodeId], goals: frozenset[NodeId], minimum_tier: Tier) -> FlowPath | None:
        """A shortest way of data at a tier, or None."""
        return witness(self.index, sources, goals, Constraint(minimum_tier))

    def cut(self, sources: frozenset[NodeId], goals: frozenset[NodeId], minimum_tier: Tier) -> tuple[Hop, ...]:
        """A smallest set of hops whose removal leaves no way."""
        return smallest_cut(self.index, sources, goals, Constraint(minimum_tier)).hops

    def returns(self, nodes: frozenset[NodeId], minimum_tier: Tier) -> Iterator[tuple[NodeId, tuple[Hop, ...]]]:
        """Nodes of others that data of these nodes can get to and enter these nodes from, with the hops back in.

        A hop back counts when it was still seen after the data can have arrived.
        """
        times = reached_from(self.index, nodes, Constraint(minimum_tier))
        entering: dict[NodeId, list[Edge]] = {}
        for edge in self.snapshot.edges:
            is_entry = edge.kind in _MOVES and edge.target in nodes and edge.tier.at_least(minimum_tier)
            if is_entry and edge.source not in nodes and times.get(edge.source, _NEVER) <= edge.last_seen_ms:
                entering.setdefault(edge.source, []).append(edge)
        for source, edges in sorted(entering.items()):
            carried = [self.index.hop_by(edge) for edge in edges if edge.kind is not EdgeKind.CONSUMES]
            supporting = {edge for hop in carried for edge in hop.support}
            read = [Hop(edge) for edge in edges if edge.kind is EdgeKind.CONSUMES and edge not in supporting]
            yield source, (*carried, *read)

    def through(self, way: FlowPath) -> tuple[str, ...]:
        """The names of those whom a way passes between its ends, in order, each once."""
        ends = {self.party(way.nodes[0]), self.party(way.nodes[-1])}
        passed = dict.fromkeys(self.party(node) for node in way.nodes)
        return tuple(party.name for party in passed if party not in ends)

    def collected_for(self, topic: NodeId) -> frozenset[str]:
        """The purposes for which a topic's data was collected, by the topology's data rules; empty: not said."""
        if self.topology is None:
            return frozenset()
        rules = self.topology.data_of_topic(topic.name)
        return frozenset(purpose for rule in rules for purpose in rule.purposes)

    def declared(self, node: NodeId) -> System | None:
        """What the topology declares of the system that a node belongs to."""
        name = self._nodes[node].system
        systems = self.topology.systems if self.topology is not None else ()
        return next((system for system in systems if system.name == name), None)

    def purposes_of(self, party: NodeId) -> frozenset[str]:
        """What a system may do with data; empty: not said, or no system."""
        systems = self.topology.systems if self.topology is not None and party.kind is NodeKind.SYSTEM else ()
        return frozenset(purpose for system in systems if system.name == party.name for purpose in system.purposes)

    def may_use(self, collected_for: Iterable[str], purposes: Iterable[str]) -> bool:
        """May data that was collected for some purposes serve any of the others?"""
        if self.topology is None:
            return True
        allowed = frozenset().union(*map(self.topology.allowed_uses, collected_for))
        return not allowed.isdisjoint(purposes)

    def _is_at(self, node: Node, kind: str, pattern: str) -> bool:
        if kind == "system":
            return fnmatchcase(node.system, pattern)
        if kind == "category":
            return any(fnmatchcase(category, pattern) for category in self._categories[node.id])
        return node.id.kind.value == kind and fnmatchcase(node.id.name, pattern)

    def _all_categories(self, node: Node) -> frozenset[str]:
        if self.topology is None or node.id.kind is not NodeKind.TOPIC:
            return frozenset(node.categories)
        rules = self.topology.data_of_topic(node.id.name)
        return frozenset(node.categories).union(*(rule.categories for rule in rules))
