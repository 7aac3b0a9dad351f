"""Drift: what differs between two graphs, and which systems can be reached now that could not be reached before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.flow_path import FlowPath, Hop
from flowaudit.graph.identity import NodeId
from flowaudit.graph.reach import reached_from, reaching, witness
from flowaudit.graph.snapshot import Edge, GraphSnapshot
from flowaudit.graph.system_reach import busiest_moment, system_reach

DEFAULT_MOST_PATHS: Final = 100

Pair = tuple[str, str]
_Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One edge, before and after."""

    before: Edge
    after: Edge


@dataclass(frozen=True, slots=True)
class Opened:
    """Data of one system can reach another, and could not before."""

    source: str
    target: str
    path: FlowPath
    """A shortest way that there is now."""
    opened_by: tuple[Hop, ...]
    """Those of its hops that were not there before, or were known less well than is asked for; where there are none of
    these, those that were seen for longer than before."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs. Nodes and edges are the same if their identities are; everything is sorted by identity."""

    added_nodes: tuple[NodeId, ...]
    gone_nodes: tuple[NodeId, ...]
    added: tuple[Edge, ...]
    gone: tuple[Edge, ...]
    changed_tier: tuple[Change, ...]
    changed_verdict: tuple[Change, ...]
    opened_pairs: tuple[Pair, ...]
    """Every pair of systems between which a way has opened; a node without a system stands for itself."""
    opened: tuple[Opened, ...]
    """Of those pairs, as many as were asked for, each with a witness."""

    @property
    def is_none(self) -> bool:
        """Is there no difference at all?"""
        nodes = self.added_nodes or self.gone_nodes
        edges = self.added or self.gone or self.changed_tier or self.changed_verdict
        return not (nodes or edges or self.opened_pairs)


class Moment:
    """One of two graphs that are compared, and what is worth making only once for several comparisons."""

    def __init__(self, snapshot: GraphSnapshot, constraint: Constraint | None = None) -> None:
        self.snapshot = snapshot
        self.constraint = constraint or Constraint()
        self.index = FlowIndex(snapshot)

    @cached_property
    def edges(self) -> dict[_Key, Edge]:
        """Edges by the numbers of their ends, and kind."""
        number = self.index.number
        return {(number[edge.source], number[edge.target], edge.kind.value): edge for edge in self.snapshot.edges}

    @cached_property
    def places(self) -> list[str]:
        """The system of each node, by number; a node without one stands for itself."""
        return [node.system or node.id.document_id for node in self.snapshot.nodes]

    @cached_property
    def members(self) -> Mapping[str, frozenset[NodeId]]:
        """The nodes of each place."""
        found: dict[str, set[NodeId]] = {}
        for node, place in zip(self.index.nodes, self.places, strict=True):
            found.setdefault(place, set()).add(node)
        return {place: frozenset(nodes) for place, nodes in found.items()}

    @cached_property
    def at_most(self) -> Mapping[str, frozenset[str]]:
        """What systems reach if time does not matter."""
        return system_reach(self.index.lanes(self.constraint), self.places)

    @cached_property
    def at_least(self) -> Mapping[str, frozenset[str]]:
        """What systems reach by flows that were all seen at one moment: all of it is possible."""
        if not self.constraint.in_time:
            return self.at_most
        lanes = self.index.lanes(self.constraint)
        return system_reach(lanes, self.places, busiest_moment(lanes))

    def possible(self, pairs: Iterable[Pair]) -> set[Pair]:
        """Those of the pairs between which a way leads, exactly."""
        wanted = {(source, target) for source, target in pairs if target in self.at_most.get(source, ())}
        sources, targets = {source for source, _ in wanted}, {target for _, target in wanted}
        by_source = len(sources) <= len(targets)
        found: set[Pair] = set()
        for place in sources if by_source else targets:
            ask = reached_from if by_source else reaching
            others = {
                self.places[self.index.number[node]] for node in ask(self.index, self.members[place], self.constraint)
            }
            found.update((place, other) if by_source else (other, place) for other in others)
        return wanted & found


def compare(before: Moment, after: Moment, most_paths: int = DEFAULT_MOST_PATHS) -> Drift:
    """What `after` has that `before` has not, and the other way round.

    A way has opened where one is possible after, under the constraint of `after`, and none was before.
    """
    pairs = sorted(_opened_pairs(before, after))
    added, gone, kept = _edges(before, after)
    return Drift(
        added_nodes=tuple(node for node in after.index.nodes if node not in before.index.number),
        gone_nodes=tuple(node for node in before.index.nodes if node not in after.index.number),
        added=tuple(added),
        gone=tuple(gone),
        changed_tier=tuple(change for change in kept if change.before.tier is not change.after.tier),
        changed_verdict=tuple(change for change in kept if change.before.verdict is not change.after.verdict),
        opened_pairs=tuple(pairs),
        opened=tuple(_opened(before, after, pairs[:most_paths])),
    )


def _edges(before: Moment, after: Moment) -> tuple[list[Edge], list[Edge], list[Change]]:
    """Added, gone, and kept with another tier or verdict."""
    number = [after.index.number.get(node, -1) for node in before.index.nodes]
    added = after.edges.copy()
    gone: list[Edge] = []
    changed: list[Change] = []
    for (source, target, kind), edge in before.edges.items():
        now = added.pop((number[source], number[target], kind), None)
        if now is None:
            gone.append(edge)
        elif now.tier is not edge.tier or now.verdict is not edge.verdict:
            changed.append(Change(edge, now))
    return list(added.values()), gone, changed


def _opened_pairs(before: Moment, after: Moment) -> set[Pair]:
    doubtful = {
        (source, target)
        for source, targets in after.at_most.items()
        for target in targets - before.at_least.get(source, frozenset())
    }
    return after.possible(doubtful - before.possible(doubtful))


def _opened(before: Moment, after: Moment, pairs: Iterable[Pair]) -> Iterator[Opened]:
    for source, target in pairs:
        path = witness(after.index, after.members[source], after.members[target], after.constraint)
        if path is not None:
            new = tuple(hop for hop in path.hops if _edge_before(before, hop) is None)
            yield Opened(source, target, path, new or tuple(hop for hop in path.hops if _seen_longer(before, hop)))


def _edge_before(before: Moment, hop: Hop) -> Edge | None:
    """The hop's edge as it was, if it was known well enough to count."""
    number = before.index.number
    edge = before.edges.get((number.get(hop.source, -1), number.get(hop.target, -1), hop.kind.value))
    return edge if edge is not None and edge.tier.at_least(before.constraint.minimum_tier) else None


def _seen_longer(before: Moment, hop: Hop) -> bool:
    edge = _edge_before(before, hop)
    return edge is not None and (hop.first_seen_ms < edge.first_seen_ms or hop.last_seen_ms > edge.last_seen_ms)
