"""One downstream topic and everything known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flowaudit.linkage.bursts import in_bursts
from flowaudit.linkage.collisions import without_collisions
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.sums import RowSum

_ECHO_ADVANTAGE = 1.5
_QUOTED = 5
"""Records that name an event which was minted upstream: order is then no matter of chance."""
_SURELY_QUOTED = 10
"""So many of them need no other evidence."""


@dataclass(frozen=True, slots=True)
class Child:
    """A downstream topic with its sampled records and its significant pairs."""

    rows: RowSum
    pairs: Mapping[int, PairEvidence]
    """By upstream topic (index into `rows.upstreams`)."""
    evidence: Mapping[int, PairEvidence]
    """Those of them that hold beside all others that were tried."""
    quoted: frozenset[int]
    """Those of them whose events the child names."""
    in_bursts: float
    """Share (0-1) of its records that come many at once, beyond chance."""
    echoes: frozenset[int]
    """Those of them that know the child's people because the child, or somebody like it, told them."""

    @property
    def topic(self) -> str:
        """The topic's name."""
        return self.rows.downstream


def children_of(tables: list[RowSum], evidence: Mapping[tuple[str, str], PairEvidence]) -> list[Child]:
    """One child for each downstream topic that has rows."""
    return [_child(rows, evidence) for rows in without_collisions(tables)]


def _child(rows: RowSum, evidence: Mapping[tuple[str, str], PairEvidence]) -> Child:
    pairs = {
        number: evidence[upstream, rows.downstream]
        for number, upstream in enumerate(rows.upstreams)
        if (upstream, rows.downstream) in evidence
    }
    mine: dict[int, PairEvidence] = {}
    quoted, echoes = set(), set()
    for number, pair in pairs.items():
        minted = rows.mass(rows.first[:, number] & rows.instance)
        if not (pair.is_significant or minted >= _SURELY_QUOTED):
            continue
        mine[number] = pair
        if pair.quotes or minted >= _QUOTED:
            quoted.add(number)
        reverse = evidence.get((rows.downstream, rows.upstreams[number]))
        if reverse is not None and number not in quoted and _is_echo(pair, reverse):
            echoes.add(number)
    return Child(rows, pairs, mine, frozenset(quoted), in_bursts(rows.time_ms), frozenset(echoes))


def _is_echo(pair: PairEvidence, reverse: PairEvidence) -> bool:
    """Do the people come back because the child itself sent them there (the own-past rule, Granger 1969)?

    Where both directions hold, the one with events beats the one with people only, and a larger caused share a
    smaller one.
    """
    if not reverse.is_significant:
        return False
    return reverse.quotes or caused_share_of(reverse) > _ECHO_ADVANTAGE * caused_share_of(pair)


def caused_share_of(pair: PairEvidence) -> float:
    """Share (0-1) of the people whom the child names after the other topic that chance does not explain."""
    return pair.caused_sightings / max(1, int(pair.entity.preceding.sum()))
