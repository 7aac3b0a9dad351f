"""One index beside a snapshot: integer nodes and sorted neighbours, so that path questions answer in milliseconds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.flow_path import Hop
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.lookup import Lookup
from flowaudit.graph.program_names import names_a_program
from flowaudit.graph.snapshot import Edge, GraphSnapshot

_CARRIERS: Final = frozenset({EdgeKind.DERIVES, EdgeKind.PRODUCES, EdgeKind.SINKS, EdgeKind.SOURCES})
"""Edges that data is known to have passed on. A reader has what it read; where it went only these tell."""


class FlowIndex:
    """The flows of a snapshot, by node number. Numbers follow the order of node identities."""

    def __init__(self, snapshot: GraphSnapshot) -> None:
        self.lookup = Lookup(snapshot)
        self.nodes: tuple[NodeId, ...] = tuple(node.id for node in snapshot.nodes)
        self.number = {node: number for number, node in enumerate(self.nodes)}
        self._system = [node.system for node in snapshot.nodes]
        self._best: list[dict[int, Edge]] = [{} for _ in self.nodes]
        self._before: list[set[int]] = [set() for _ in self.nodes]
        self._readers: list[dict[int, Edge]] = [{} for _ in self.nodes]
        self._read_by: list[list[int]] = [[] for _ in self.nodes]
        carried = (edge for edge in snapshot.edges if edge.kind in _CARRIERS)
        writers = {edge.source for edge in carried if edge.kind is not EdgeKind.DERIVES and _is_one(edge.source)}
        for edge in snapshot.edges:
            self._enter(edge, passes_on=edge.target in writers)
        self.onward = [_strongest_first(targets) for targets in self._best]

    def readings_by(self, goals: Collection[int]) -> dict[int, list[int]]:
        """Groups among the goals, by the topics that they read; not where one of them supports an edge to a goal."""
        readings: dict[int, list[int]] = {}
        for group in sorted(goals):
            for topic in self._read_by[group]:
                if not any(group in self._supporters(topic, target) for target in self._best[topic].keys() & goals):
                    readings.setdefault(topic, []).append(group)
        return readings

    def distances(self, goals: Collection[int], readings: dict[int, list[int]], within: int) -> dict[int, int]:
        """Fewest hops to any of the goals, by node; nodes that cannot arrive `within` so many hops are absent."""
        found = dict.fromkeys(goals, 0)
        frontier = set(goals)
        reached = set(readings)
        for hops in range(1, within + 1):
            frontier = reached.union(*(self._before[node] for node in frontier)) - found.keys()
            found.update(dict.fromkeys(frontier, hops))
            reached = set()
        return found

    def hop(self, source: int, target: int) -> Hop:
        """The step from one node to a neighbour, with its support."""
        edge = self._best[source].get(target)
        if edge is None:
            return Hop(self._readers[source][target])
        return Hop(edge, tuple(self._readers[source][group] for group in self._supporters(source, target)))

    def written_by(self, group: int) -> set[int]:
        """Topics of the group's own system whose content was seen before in a topic that the group reads."""
        return {
            target
            for topic in self._read_by[group]
            for target in self._best[topic]
            if group in self._supporters(topic, target)
        }

    def is_kind(self, number: int, kind: NodeKind) -> bool:
        """Is the node of that kind?"""
        return self.nodes[number].kind is kind

    def _enter(self, edge: Edge, *, passes_on: bool) -> None:
        source, target = self.number[edge.source], self.number[edge.target]
        if edge.kind is EdgeKind.CONSUMES:
            self._readers[source][target] = edge
            self._read_by[target].append(source)
        if edge.kind in _CARRIERS or (edge.kind is EdgeKind.CONSUMES and passes_on):
            self._before[target].add(source)
            held = self._best[source].get(target)
            if held is None or edge.tier.rank < held.tier.rank:
                self._best[source][target] = edge

    def _supporters(self, topic: int, target: int) -> list[int]:
        system = self._system[target]
        return sorted(group for group in self._readers[topic] if system and self._system[group] == system)


def _strongest_first(targets: dict[int, Edge]) -> tuple[int, ...]:
    return tuple(sorted(targets, key=lambda target: (targets[target].tier.rank, target)))


def _is_one(node: NodeId) -> bool:
    """Is the node one program, so that what it writes may come from what it reads? A shared account is many."""
    if node.kind is NodeKind.CLIENT:
        return names_a_program(node.name)
    return node.kind is not NodeKind.PRINCIPAL
