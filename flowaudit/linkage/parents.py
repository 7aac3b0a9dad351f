"""Parent selection: the fewest upstream topics that account for the identifiers of a downstream topic.

Overlap alone links everything with everything (precision 0.1-0.3 on generated estates); a parent must *carry* what its
child has. Greedy set cover over the sampled records (Chvátal, 1979), with a contest wherever two topics could have
supplied the same identifiers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.contest import Question, Reason, contest, timing, triggered, untriggered
from flowaudit.linkage.sums import Masks, RowSum

_MOST_PARENTS = 6
_RIVAL_SHARE = 0.5
_MIN_FIELD_SHARE = 0.05
_MIN_ROWS = 5
_LATE_SHARE = 0.25
_ALWAYS = 0.9


@dataclass(frozen=True, slots=True)
class Chosen:
    """One parent, as selection left it."""

    upstream: int
    explains: Masks
    """Per row: the identifiers that this parent was chosen for."""
    reason: Reason | None
    """What decided against its rivals; None when it had none."""
    rivals: tuple[int, ...]
    """Topics that explain the same identifiers and lost by likelihood only."""


def explained_by(chosen: Iterable[Chosen], rows: RowSum) -> Masks:
    """Per row: the identifiers that any of the parents was chosen for."""
    explained = np.zeros_like(rows.known)
    for parent in chosen:
        explained |= parent.explains
    return explained


def choose_parents(rows: RowSum, wanted: Masks, yields: Mapping[int, float]) -> list[Chosen]:
    """Choose parents for the identifiers that `wanted` marks in each row, best first.

    `yields` holds the candidates, and which share (0-1) of each comes out in the child. A parent must newly explain at
    least 5 % of the known identifiers of some field, in at least five records: a thin flow that is all there is in its
    field counts, a remainder of a broad one does not.
    """
    chosen: list[Chosen] = []
    left = wanted.copy()
    open_ = set(yields)
    while open_ and len(chosen) < _MOST_PARENTS:
        leader = max(sorted(open_), key=lambda topic: rows.mass(rows.seen[:, topic] & left))
        winner = _settle(rows, left, leader, open_, _questions(rows, chosen, leader, left, yields))
        explains = rows.seen[:, winner.upstream] & left
        open_.discard(winner.upstream)
        if _is_substantial(rows, wanted, explains):
            chosen.append(Chosen(winner.upstream, explains, winner.reason, winner.rivals))
            left &= ~explains
        elif winner.upstream == leader:
            break
    kept = _needed(rows, chosen)
    return [*kept, *_triggers(rows, kept, yields.keys() - {parent.upstream for parent in kept})]


def _triggers(rows: RowSum, chosen: Sequence[Chosen], others: Set[int]) -> list[Chosen]:
    """Topics whose records set the moment at which another parent's content is passed on: the later side of a join.

    They carry the same event, nearly always and later than the parent does, and timing says that the child hangs on
    them. The parent stays one, for it was chosen for what they do not have.
    """
    found: dict[int, Chosen] = {}
    for parent in chosen:
        mine = rows.seen[:, parent.upstream] & parent.explains
        for rival in sorted(others - found.keys()):
            shared = rows.seen[:, rival] & mine
            both = shared != 0
            later = both & (rows.lag_ms[:, rival] < rows.lag_ms[:, parent.upstream])
            if float(rows.weight[later].sum()) < _ALWAYS * rows.records(mine):
                continue
            verdict = timing(rows, shared, parent.upstream, rival)
            if verdict is not None and verdict.winner == rival:
                found[rival] = Chosen(rival, shared, verdict.reason, ())
    return list(found.values())


def _needed(rows: RowSum, chosen: list[Chosen]) -> list[Chosen]:
    """Without parents whose identifiers the others supply anyway, the smallest first."""
    kept = list(chosen)
    for upstream in [each.upstream for each in sorted(chosen, key=lambda each: rows.mass(each.explains))]:
        parent = next(each for each in kept if each.upstream == upstream)
        rest = [each for each in kept if each.upstream != upstream]
        others = rows.seen_in(other.upstream for other in rest)
        if rows.mass(parent.explains & ~others) < _MIN_FIELD_SHARE * rows.mass(parent.explains):
            kept = _heirs(rows, parent, rest)
    return kept


def _heirs(rows: RowSum, dropped: Chosen, kept: Sequence[Chosen]) -> list[Chosen]:
    """The others, with what the dropped one explained."""
    left, heirs = dropped.explains.copy(), []
    for parent in kept:
        more = rows.seen[:, parent.upstream] & left
        left &= ~more
        heirs.append(dataclasses.replace(parent, explains=parent.explains | more))
    return heirs


@dataclass(frozen=True, slots=True)
class _Winner:
    upstream: int
    reason: Reason | None
    rivals: tuple[int, ...]


def _settle(rows: RowSum, left: Masks, leader: int, open_: set[int], questions: Sequence[Question]) -> _Winner:
    """The leader against everyone who carries much the same, until nobody beats the winner."""
    holder, reason, undecided = leader, None, set[int]()
    for rival in _rivals(rows, left, leader, open_):
        verdict = contest(rows, left, holder, rival, questions)
        if verdict.reason.is_a_guess:
            undecided.add(verdict.loser)
        elif verdict.winner == rival:
            undecided = set()
        holder, reason = verdict.winner, verdict.reason
    return _Winner(holder, reason, tuple(sorted(undecided - {holder})))


def _rivals(rows: RowSum, left: Masks, leader: int, open_: set[int]) -> list[int]:
    mine = rows.seen[:, leader] & left
    bar = _RIVAL_SHARE * rows.mass(mine)
    overlap = {topic: rows.mass(rows.seen[:, topic] & mine) for topic in sorted(open_ - {leader})}
    return [topic for topic, mass in sorted(overlap.items(), key=lambda item: -item[1]) if mass >= max(bar, 1e-9)]


def _questions(
    rows: RowSum, chosen: list[Chosen], leader: int, left: Masks, yields: Mapping[int, float]
) -> tuple[Question, ...]:
    supplied = np.zeros_like(left)
    for parent in chosen:
        supplied |= rows.mask[:, parent.upstream]
    return triggered(supplied, yields) if _is_triggered(rows, chosen, leader, left) else untriggered(supplied, yields)


def _is_triggered(rows: RowSum, chosen: list[Chosen], leader: int, left: Masks) -> bool:
    """Do parents chosen so far already explain most of the records that are in question now?"""
    in_question = (rows.seen[:, leader] & left) != 0
    total = rows.records(in_question)
    return total > 0 and rows.records(in_question & (explained_by(chosen, rows) != 0)) > 0.5 * total


def _is_substantial(rows: RowSum, wanted: Masks, explains: Masks) -> bool:
    hit = explains != 0
    if float(rows.weight[hit].sum()) < _MIN_ROWS or not _lasts(rows, hit):
        return False
    for bit in rows.bits:
        known, new = rows.records(wanted & bit), rows.records(explains & bit)
        if new >= _MIN_ROWS and new >= _MIN_FIELD_SHARE * known:
            return True
    return False


def _lasts(rows: RowSum, hit: NDArray[np.bool_]) -> bool:
    """Does it go on, or is it only the beginning of the data, before which the true parent was not seen?"""
    late = float(rows.weight[hit & (rows.time_ms >= _median_time_ms(rows))].sum())
    return late >= _LATE_SHARE * float(rows.weight[hit].sum())


def _median_time_ms(rows: RowSum) -> int:
    """When half of the records had been seen: one record with a wrong clock hardly moves it."""
    order = np.argsort(rows.time_ms, kind="stable")
    seen = np.cumsum(rows.weight[order])
    return int(rows.time_ms[order][np.searchsorted(seen, seen[-1] / 2)])
