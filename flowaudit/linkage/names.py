"""Names that a child has and its causes have not: looked up in tables, or those of a roll."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flowaudit.linkage.child import Child
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.parents import Chosen
from flowaudit.linkage.provenance import looked_up, tables_among
from flowaudit.linkage.rolls import enrolled
from flowaudit.linkage.sums import Masks

_TABLE_LEAD = 2.0
_TABLE_YIELD = 0.05
"""More of a topic's people come out soon after when they are passed on."""
_SUPPLIED = 0.5


def tables(child: Child, people: Masks, by_entities: Iterable[Chosen], by_events: Iterable[Chosen]) -> set[int]:
    """Topics whose people are the child's because it looks up their names there, whoever it was that came by."""
    chosen = [parent.upstream for parent in by_entities]
    found = tables_among(child.rows, people, chosen, [parent.upstream for parent in by_events])
    return {n for n in found if _comes_before(child.pairs[n]) and child.pairs[n].yield_share <= _TABLE_YIELD}


def sole_sources(child: Child, allowed: frozenset[str] | None, chosen: set[int]) -> list[Chosen]:
    """Sources of names that no chosen parent carries."""
    rows = child.rows
    may = [n for n in child.pairs if allowed is None or rows.upstreams[n] in allowed]
    open_ = [n for n in may if _comes_before(child.pairs[n])]
    quiet = {n for n in open_ if child.pairs[n].yield_share <= _TABLE_YIELD}
    return looked_up(rows, rows.people, open_, sorted(chosen), quiet)


def _comes_before(pair: PairEvidence) -> bool:
    """Are its people mostly seen before the child, and not as often after it?"""
    before = int(pair.entity.preceding.sum() + pair.instance.preceding.sum())
    after = int(pair.entity.following.sum() + pair.instance.following.sum())
    return before >= _TABLE_LEAD * max(after, 1)


def rolls(child: Child, allowed: frozenset[str] | None) -> dict[int, Chosen]:
    """Topics that enrolled the child's people."""
    rows = child.rows
    found = {n: enrolled(rows, rows.people, n, pair) for n, pair in child.pairs.items()}
    return {n: roll for n, roll in found.items() if roll and (allowed is None or rows.upstreams[n] in allowed)}


def referred_to(child: Child, enrolled_by: Mapping[int, Chosen], chosen: Sequence[int]) -> list[Chosen]:
    """The rolls whose names come from no chosen parent: who passes a name on is nearer than who gave it."""
    rows = child.rows
    supplied = rows.supplied_by(chosen)
    return [
        roll
        for number, roll in sorted(enrolled_by.items())
        if number not in chosen and rows.mass(roll.explains & ~supplied) > _SUPPLIED * rows.mass(roll.explains)
    ]
