"""One index beside a snapshot: integer nodes and sorted neighbours, so that path questions answer in milliseconds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from typing import Final

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.evidence import EdgeKind, Tier
from flowaudit.graph.flow_path import Hop
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.lanes import Lanes
from flowaudit.graph.lookup import Lookup
from flowaudit.graph.program_names import names_a_program
from flowaudit.graph.snapshot import Edge, GraphSnapshot
from flowaudit.graph.sweep import Table

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
        self.carried: list[tuple[int, int, Edge]] = []
        """Every edge that carries data on, parallel ones among them, as (source, target, edge)."""
        self.only_read: list[tuple[int, int, Edge]] = []
        """Readings (topic, reader, edge) of which nothing shows that the reader passes data on."""
        self._snapshot = snapshot
        self._narrowed: dict[Tier, FlowIndex] = {}
        self._lanes: dict[Constraint, Lanes] = {}
        self._tables: dict[tuple[Constraint, bool], Table] = {}
        self._readers: list[dict[int, Edge]] = [{} for _ in self.nodes]
        self._readers_in: list[dict[str, list[int]]] = [{} for _ in self.nodes]
        self._read_by: list[list[int]] = [[] for _ in self.nodes]
        carried = (edge for edge in snapshot.edges if edge.kind in _CARRIERS)
        writers = {edge.source for edge in carried if edge.kind is not EdgeKind.DERIVES and _is_one(edge.source)}
        for edge in snapshot.edges:
            self._enter(edge, passes_on=edge.target in writers)
        self.onward = [_strongest_first(targets) for targets in self._best]

    def at_least(self, tier: Tier) -> FlowIndex:
        """The index of the same nodes and of flows that are known this well or better; made once for each tier."""
        if tier not in self._narrowed:
            edges = tuple(edge for edge in self._snapshot.edges if edge.tier.at_least(tier))
            alike = len(edges) == len(self._snapshot.edges)
            self._narrowed[tier] = self if alike else FlowIndex(replace(self._snapshot, edges=edges))
        return self._narrowed[tier]

    def lanes(self, constraint: Constraint) -> Lanes:
        """The flows that the constraint leaves, made once for each constraint."""
        if constraint not in self._lanes:
            left = self.at_least(constraint.minimum_tier)
            made = Lanes(len(self.nodes), left.carried, left.only_read, in_time=constraint.in_time)
            self._lanes[constraint] = made
        return self._lanes[constraint]

    def table(self, constraint: Constraint, *, backwards: bool) -> Table:
        """The same as arrays, made once for each constraint and direction."""
        key = (constraint, backwards)
        if key not in self._tables:
            self._tables[key] = Table(self.lanes(constraint), backwards=backwards)
        return self._tables[key]

    def starts(self, sources: Collection[int]) -> frozenset[int]:
        """Where ways begin: topics and known writers as they are, other groups by what their system wrote on."""
        written = {
            topic for group in sources if self.is_kind(group, NodeKind.GROUP) for topic in self.written_by(group)
        }
        own = {number for number in sources if self.onward[number] or not self.is_kind(number, NodeKind.GROUP)}
        return frozenset(written | own)

    def readings_by(self, goals: Collection[int]) -> dict[int, list[int]]:
        """Groups among the goals, by the topics that they read; not where one of them supports an edge to a goal."""
        readings: dict[int, list[int]] = {}
        for group in sorted(goals):
            for topic in self._read_by[group]:
                if not self.backed_by(topic, group, goals):
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
        return Hop(self._readers[source][target]) if edge is None else self.hop_by(edge)

    def hop_by(self, edge: Edge) -> Hop:
        """The step that one edge makes, with its support."""
        if edge.kind is EdgeKind.CONSUMES:
            return Hop(edge)  # a reading is its own support
        source, target = self.number[edge.source], self.number[edge.target]
        return Hop(edge, tuple(self._readers[source][group] for group in self._supporters(source, target)))

    def backed_by(self, topic: int, reader: int, goals: Collection[int]) -> list[int]:
        """Those of the goals into which the reader's system wrote on what it read of the topic, by number."""
        found = self._best[topic].keys() & goals
        return sorted(target for target in found if reader in self._supporters(topic, target))

    def written_by(self, group: int) -> set[int]:
        """Topics of the group's own system whose content was seen before in a topic that the group reads."""
        return {
            target
            for topic in self._read_by[group]
            for target in self._best[topic]
            if self._system[target] == self._system[group] != ""
        }

    @cached_property
    def writing_groups(self) -> dict[int, set[int]]:
        """`written_by` of every group that has any."""
        groups = (number for number, node in enumerate(self.nodes) if node.kind is NodeKind.GROUP)
        return {group: written for group in groups if (written := self.written_by(group))}

    def is_kind(self, number: int, kind: NodeKind) -> bool:
        """Is the node of that kind?"""
        return self.nodes[number].kind is kind

    def _enter(self, edge: Edge, *, passes_on: bool) -> None:
        source, target = self.number[edge.source], self.number[edge.target]
        if edge.kind is EdgeKind.CONSUMES:
            self._readers[source][target] = edge
            self._readers_in[source].setdefault(self._system[target], []).append(target)
            self._read_by[target].append(source)
        if edge.kind is EdgeKind.CONSUMES and not passes_on:
            self.only_read.append((source, target, edge))
        elif edge.kind in _CARRIERS or edge.kind is EdgeKind.CONSUMES:
            self.carried.append((source, target, edge))
            self._before[target].add(source)
            held = self._best[source].get(target)
            if held is None or edge.tier.rank < held.tier.rank:
                self._best[source][target] = edge

    def _supporters(self, topic: int, target: int) -> list[int]:
        system = self._system[target]
        return self._readers_in[topic].get(system, []) if system else []


def _strongest_first(targets: dict[int, Edge]) -> tuple[int, ...]:
    return tuple(sorted(targets, key=lambda target: (targets[target].tier.rank, target)))


def _is_one(node: NodeId) -> bool:
    """Is the node one program, so that what it writes may come from what it reads? A shared account is many."""
    if node.kind is NodeKind.CLIENT:
        return names_a_program(node.name)
    return node.kind is not NodeKind.PRINCIPAL
