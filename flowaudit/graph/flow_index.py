"""One index beside a snapshot: integer nodes and sorted neighbours, so that path questions answer in milliseconds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.flow_path import Hop
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.snapshot import Edge, GraphSnapshot

_CARRIERS: Final = frozenset({EdgeKind.DERIVES, EdgeKind.PRODUCES, EdgeKind.SINKS, EdgeKind.SOURCES})
"""Edges that data is known to have passed. A group that reads a topic has it; where it went only these tell."""


class FlowIndex:
    """The flows of a snapshot, by node number. Numbers follow the order of node identities."""

    def __init__(self, snapshot: GraphSnapshot) -> None:
        self.nodes: tuple[NodeId, ...] = tuple(node.id for node in snapshot.nodes)
        self.number = {node: number for number, node in enumerate(self.nodes)}
        self._system = [node.system for node in snapshot.nodes]
        self._best: list[dict[int, Edge]] = [{} for _ in self.nodes]
        self._readers: list[dict[int, Edge]] = [{} for _ in self.nodes]
        for edge in snapshot.edges:
            self._enter(edge)
        self.onward = [_strongest_first(targets) for targets in self._best]

    def readers_among(self, goals: Collection[int]) -> list[tuple[int, int]]:
        """(topic, group) for each reading by a group among the goals that supports no edge to another of the goals."""
        return [
            (topic, group)
            for topic, readers in enumerate(self._readers)
            for group in readers.keys() & goals
            if not any(group in self._supporters(topic, target) for target in self._best[topic].keys() & goals)
        ]

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
            for topic, readers in enumerate(self._readers)
            if group in readers
            for target in self._best[topic]
            if group in self._supporters(topic, target)
        }

    def is_kind(self, number: int, kind: NodeKind) -> bool:
        """Is the node of that kind?"""
        return self.nodes[number].kind is kind

    def _enter(self, edge: Edge) -> None:
        source, target = self.number[edge.source], self.number[edge.target]
        if edge.kind is EdgeKind.CONSUMES:
            self._readers[source][target] = edge
        elif edge.kind in _CARRIERS:
            held = self._best[source].get(target)
            if held is None or edge.tier.rank < held.tier.rank:
                self._best[source][target] = edge

    def _supporters(self, topic: int, target: int) -> list[int]:
        system = self._system[target]
        return sorted(group for group in self._readers[topic] if system and self._system[group] == system)


def _strongest_first(targets: dict[int, Edge]) -> tuple[int, ...]:
    return tuple(sorted(targets, key=lambda target: (targets[target].tier.rank, target)))


def distances(goals: Iterable[int], before: dict[int, list[int]]) -> dict[int, int]:
    """Fewest hops to any of the goals, by node; nodes that cannot arrive are absent."""
    frontier = sorted(set(goals))
    found = dict.fromkeys(frontier, 0)
    hops = 0
    while frontier:
        hops += 1
        reached = [node for goal in frontier for node in before.get(goal, ()) if node not in found]
        frontier = list(dict.fromkeys(reached))
        found.update(dict.fromkeys(frontier, hops))
    return found
