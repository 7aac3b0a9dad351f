"""Parents by returning identifiers alone: people, places. The weak kind of evidence, held to more conditions.

Everybody meets the same people. What makes a flow of it is that *most* of what a topic already knows came from the
parent just before (explained share), at a lag of the program's own and not of people's habits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.bins import bin_of
from flowaudit.linkage.contest import Question, contest, returning
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.parents import Chosen, explained_by
from flowaudit.linkage.sums import Masks, RowSum

_MOST_PARENTS = 3
_TIE_SHARE = 0.9
_MIN_SHARE = 0.15
_LIKELY_CAUSED = 0.3


def choose_by_entities(
    rows: RowSum, wanted: Masks, candidates: Sequence[int], evidence: Mapping[int, PairEvidence]
) -> list[Chosen]:
    """Choose parents for the returning identifiers that `wanted` marks in each row, best first.

    `evidence` is by candidate. Each parent newly explains at least 15 % of what is wanted, chance subtracted. Who
    carries identifiers under the child's own names comes before who carries them under others that a table maps.
    """
    named = dataclasses.replace(rows, mask=rows.mask & rows.own)
    least = _MIN_SHARE * rows.mass(wanted)
    chosen = _choose(named, wanted, candidates, evidence, least)
    left = wanted & ~explained_by(chosen, rows)
    open_ = [topic for topic in candidates if topic not in {parent.upstream for parent in chosen}]
    return [*chosen, *_choose(rows, left, open_, evidence, least)][:_MOST_PARENTS]


def _choose(
    rows: RowSum, wanted: Masks, candidates: Sequence[int], evidence: Mapping[int, PairEvidence], least: float
) -> list[Chosen]:
    caused = {topic: caused_by_lag(rows, topic, evidence[topic]) for topic in candidates}
    rows = likely_caused(rows, caused)
    left, open_, chosen = wanted.copy(), set(candidates), list[Chosen]()
    questions = returning({topic: evidence[topic].yield_share for topic in candidates})
    while open_ and len(chosen) < _MOST_PARENTS:
        gain = {topic: rows.mass(rows.seen[:, topic] & left, caused[topic]) for topic in sorted(open_)}
        best = max(gain.values())
        if best <= 0 or best < least:
            break
        winner = settle(rows, left, near_the_best(gain), questions)
        chosen.append(winner)
        left &= ~winner.explains
        open_.discard(winner.upstream)
    return chosen


def likely_caused(rows: RowSum, caused: Mapping[int, NDArray[np.float64]]) -> RowSum:
    """The rows as if these topics had carried nothing but what likely caused a row; `caused` says so, by topic."""
    likely = np.zeros_like(rows.seen)
    for topic, share in caused.items():
        likely[:, topic] = np.where(share >= _LIKELY_CAUSED, rows.mask[:, topic], np.uint64(0))
    return dataclasses.replace(rows, seen=likely)


def near_the_best(gain: Mapping[int, float]) -> list[int]:
    """The topics that gain nearly as much as the best one does."""
    best = max(gain.values())
    return [topic for topic in gain if gain[topic] >= _TIE_SHARE * best]


def caused_by_lag(rows: RowSum, topic: int, evidence: PairEvidence) -> NDArray[np.float64]:
    """Per row: how likely the topic's record caused it, by its lag; 0 where there is none."""
    lag = rows.lag_ms[:, topic]
    caused = np.zeros(len(lag))
    timed = lag > 0
    caused[timed] = evidence.caused[bin_of(lag[timed])]
    return caused


def settle(rows: RowSum, left: Masks, tied: list[int], questions: Sequence[Question]) -> Chosen:
    """The one of these topics that beats all others, and who lost against it by likelihood only."""
    holder, reason, undecided = tied[0], None, set[int]()
    for rival in tied[1:]:
        verdict = contest(rows, left, holder, rival, questions)
        if verdict.reason.is_a_guess:
            undecided.add(verdict.loser)
        elif verdict.winner == rival:
            undecided.clear()
        holder, reason = verdict.winner, verdict.reason
    return Chosen(holder, rows.seen[:, holder] & left, reason, tuple(sorted(undecided - {holder})))
