"""Impact: all that data reaches, or all that reaches a place, and by how many hops, how surely and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.evidence import Tier
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.identity import NodeId
from flowaudit.graph.sweep import Spread, Table

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
    starts = index.at_least(constraint.minimum_tier).starts([index.number[node] for node in sources])
    table, ranks = index.table(constraint, backwards=False), index.lanes(constraint).ranks
    spreads = _spreads(table, starts, ranks)
    return _ranked(index, sources, ranks, spreads)


def origins_of(index: FlowIndex, goals: frozenset[NodeId], constraint: Constraint) -> tuple[Reached, ...]:
    """Every other node from which a way leads to `goals`, in the same order."""
    table, ranks = index.table(constraint, backwards=True), index.lanes(constraint).ranks
    ends = [index.number[node] for node in goals]
    spreads = _spreads(table, table.with_readers(ends), ranks)
    for group, written in index.at_least(constraint.minimum_tier).writing_groups.items():
        for spread in spreads:
            spread.join(group, written)
    backwards = _ranked(index, goals, ranks, spreads)
    return tuple(replace(reached, possible_ms=-reached.possible_ms) for reached in backwards)


def _spreads(table: Table, starts: Collection[int], ranks: Sequence[int]) -> list[Spread]:
    """By each tier that occurs and better; by the better ones only as far as there can be a shortest way."""
    if not ranks:
        return []
    widest = table.spread(starts, ranks[-1])
    most_hops = max(widest.hops)
    better = [table.spread(starts, rank, most_hops) for rank in ranks[:-1]]
    return [spread.merged() for spread in (*better, widest)]


def _ranked(
    index: FlowIndex, own: Collection[NodeId], ranks: Sequence[int], spreads: Sequence[Spread]
) -> tuple[Reached, ...]:
    if not spreads:
        return ()
    widest = spreads[-1]
    left_out = {index.number[node] for node in own}
    found = []
    for number, hops in enumerate(widest.hops):
        if hops and number not in left_out:
            rank = next(rank for rank, one in zip(ranks, spreads, strict=True) if one.hops[number] == hops)
            found.append((hops, rank, number))
    return tuple(
        Reached(index.nodes[number], hops, _TIERS[rank], widest.arrived[number]) for hops, rank, number in sorted(found)
    )
