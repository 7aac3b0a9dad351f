"""Impact: all that data reaches, or all that reaches a place, and by how many hops, how surely and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.evidence import Tier
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.identity import NodeId
from flowaudit.graph.lanes import ALWAYS, NEVER, Lane, Lanes

_TIERS = tuple(Tier)


@dataclass(frozen=True, slots=True)
class Reached:
    """A node that data reaches, or comes from."""

    node: NodeId
    hops: int
    """Of a shortest possible way."""
    tier: Tier
    """The weakest on such a way; of several the best."""
    possible_ms: int
    """The earliest moment, Unix milliseconds, at which data can have come there (upstream: the latest at which it can
    have left), by whichever way."""


def reached_by(index: FlowIndex, sources: frozenset[NodeId], constraint: Constraint) -> tuple[Reached, ...]:
    """Every other node to which a way leads from `sources`: nearest first, then best tier, then by identity."""
    lanes = index.lanes(constraint)
    starts = index.at_least(constraint.minimum_tier).starts([index.number[node] for node in sources])
    first = {start: lanes.onward[start] for start in starts}
    spreads = _spreads(lanes, lanes.onward, lanes.read_by, first)
    return _ranked(index, sources, lanes, spreads)


def origins_of(index: FlowIndex, goals: frozenset[NodeId], constraint: Constraint) -> tuple[Reached, ...]:
    """Every other node from which a way leads to `goals`, in the same order."""
    lanes = index.lanes(constraint)
    ends = [index.number[node] for node in goals]
    first = {goal: [*lanes.back[goal], *lanes.reads[goal]] for goal in ends}
    spreads = _spreads(lanes, lanes.back, None, first)
    for group, written in index.at_least(constraint.minimum_tier).writing_groups.items():
        for spread in spreads:
            spread.join(group, written, spread)
    backwards = _ranked(index, goals, lanes, spreads)
    return tuple(replace(reached, possible_ms=-reached.possible_ms) for reached in backwards)


@dataclass(frozen=True, slots=True)
class _Spread:
    """How far data gets by edges of some tier and better."""

    hops: dict[int, int]
    arrived: dict[int, int]

    def enter(self, lanes: Sequence[Lane], now_ms: int, hops: int, rank: int) -> list[int]:
        """Take these edges; where do they bring data earlier than before?"""
        improved: list[int] = []
        for other, opens_ms, closes_ms, worth, _ in lanes:
            at_ms = max(now_ms, opens_ms)
            if worth <= rank and at_ms <= closes_ms and at_ms < self.arrived.get(other, NEVER):
                self.arrived[other] = at_ms
                self.hops.setdefault(other, hops)
                improved.append(other)
        return improved

    def join(self, node: int, others: Iterable[int], spread: _Spread) -> None:
        """The node is wherever the others are in `spread`, too."""
        for other in others:
            if other in spread.hops:
                self.hops[node] = min(spread.hops[other], self.hops.get(node, NEVER))
                self.arrived[node] = min(spread.arrived[other], self.arrived.get(node, NEVER))


def _spreads(
    lanes: Lanes,
    through: Sequence[Sequence[Lane]],
    ends: Sequence[Sequence[Lane]] | None,
    first: Mapping[int, Sequence[Lane]],
) -> list[_Spread]:
    """By each tier that occurs and better; by the better ones only as far as there can be a shortest way."""
    if not lanes.ranks:
        return []
    *better, worst = lanes.ranks
    widest = _spread(through, ends, first, worst, NEVER)
    most_hops = max(widest.hops.values(), default=0)
    return [*(_spread(through, ends, first, rank, most_hops) for rank in better), widest]


def _spread(
    lanes: Sequence[Sequence[Lane]],
    ends: Sequence[Sequence[Lane]] | None,
    first: Mapping[int, Sequence[Lane]],
    rank: int,
    most_hops: int,
) -> _Spread:
    """Layer by layer; a node is entered again when more hops bring data there earlier. Over `ends` nothing goes on."""
    through, ended = _Spread({}, {}), _Spread({}, {})
    frontier = dict.fromkeys(first, ALWAYS)
    hops = 0
    while frontier and hops < most_hops:
        hops += 1
        improved: set[int] = set()
        for node, now_ms in frontier.items():
            improved.update(through.enter(first[node] if hops == 1 else lanes[node], now_ms, hops, rank))
            if ends:
                ended.enter(ends[node], now_ms, hops, rank)
        frontier = {node: through.arrived[node] for node in improved if node not in first}
    for node in ended.hops:
        through.join(node, (node,), ended)
    return through


def _ranked(index: FlowIndex, own: Collection[NodeId], lanes: Lanes, spreads: Sequence[_Spread]) -> tuple[Reached, ...]:
    if not spreads:
        return ()
    widest = spreads[-1]
    found = []
    for number, hops in widest.hops.items():
        rank = next(rank for rank, one in zip(lanes.ranks, spreads, strict=True) if one.hops.get(number) == hops)
        if index.nodes[number] not in own:
            found.append((hops, rank, number))
    return tuple(
        Reached(index.nodes[number], hops, _TIERS[rank], widest.arrived[number]) for hops, rank, number in sorted(found)
    )
