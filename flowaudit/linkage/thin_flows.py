"""Thin flows that carry all there is: little of the child comes from there, but what was there comes out at once.

A decision that goes back to the device, one small source of a union: measured by the child it is hardly anything, and
measured by the parent it is nearly everything. People's own habits are neither so quick nor so regular.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flowaudit.linkage.bins import entropy_bits, quantile_ms
from flowaudit.linkage.contest import returning
from flowaudit.linkage.entities import caused_by_lag, likely_caused, near_the_best, settle
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.parents import Chosen
from flowaudit.linkage.sums import Masks, RowSum

_COMES_OUT = 0.25
_QUICK_MS = 2_000
_TIGHT_BITS = 2.6
_MIN_RECORDS = 25
_UNEXPLAINED = 0.5


def thin_parents(
    rows: RowSum, left: Masks, candidates: Sequence[int], evidence: Mapping[int, PairEvidence]
) -> list[Chosen]:
    """Parents whose people come out in what nobody else explains (`left`), most of them and soon, best first.

    A relative of a chosen parent is none: what it would explain is explained.
    """
    found: list[Chosen] = []
    open_ = {topic for topic in candidates if _is_all_and_soon(evidence[topic])}
    caused = {topic: caused_by_lag(rows, topic, evidence[topic]) for topic in open_}
    timed = likely_caused(rows, caused)
    questions = returning({topic: evidence[topic].yield_share for topic in open_})
    while open_:
        gain = {topic: rows.mass(rows.mask[:, topic] & left, caused[topic]) for topic in sorted(open_)}
        if max(gain.values()) < _MIN_RECORDS:
            break
        winner = settle(timed, left, near_the_best(gain), questions)
        whole = rows.mass(rows.mask[:, winner.upstream] & rows.people, caused[winner.upstream])
        open_.discard(winner.upstream)
        if gain[winner.upstream] >= _UNEXPLAINED * whole:
            found.append(winner)
            left = left & ~winner.explains
    return found


def _is_all_and_soon(pair: PairEvidence) -> bool:
    lags = pair.caused * pair.entity.preceding
    if pair.yield_share < _COMES_OUT or not lags.any():
        return False
    return quantile_ms(lags, 0.5) <= _QUICK_MS or entropy_bits(lags) <= _TIGHT_BITS
