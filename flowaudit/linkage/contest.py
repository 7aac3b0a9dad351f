"""Two topics could be the parent of the same records: which one is it?

Questions in turn, each a reason of its own. *Presence*: a parent has the identifier before its child, every time; a
sibling only when it happens to be faster. *Company*: its records hold other identifiers of the child's as well, which
nobody else supplies. *Own names*: a topic that gives its records names of their own, none of
which the child quotes although it quotes the other's, is a sibling. *Timing*: a child's lag behind its true parent
does not depend on how long the parent took itself, so it is uncorrelated with the difference of both lags (the
directed analogue of the data processing inequality in ARACNE, 2006). *Boundary*: what was due in one window of the
child's does not come out in the next. *Comes out*: what a filter has let through comes out of its child, and little of
what went into it; two filters would hardly have chosen the same. *Minting*: an identifier was most likely taken from
where it first appeared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.bursts import burst_starts
from flowaudit.linkage.statistics import rank_correlation
from flowaudit.linkage.sums import Masks, RowSum

_MIN_TIMED_ROWS = 20
_MISSING_AT_LEAST = 0.05
_MISSING_AT_MOST = 0.01
_MINTED_SHARE = 0.8
_MIN_BURSTS = 4
_LEFT_OVER = 3
_MUCH_OFTENER = 2
_MUCH_MORE = 1.5
_MORE_AT_LEAST = 0.15


class Reason(StrEnum):
    """What decided a contest."""

    PRESENCE = "presence"
    COMPANY = "company"
    OWN_NAMES = "own names"
    COMES_OUT = "comes out"
    TIMING = "timing"
    BOUNDARY = "boundary"
    MINTING = "minting"
    LATEST = "latest predecessor"
    """Nothing decided: the later one is taken, and the other is named as an alternate."""

    @property
    def is_a_guess(self) -> bool:
        """Is it a likelihood, and no observation?"""
        return self in (Reason.MINTING, Reason.LATEST)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who won, and why."""

    winner: int
    loser: int
    reason: Reason


Question = Callable[[RowSum, Masks, int, int], Verdict | None]


def contest(rows: RowSum, wanted: Masks, x: int, y: int, questions: Sequence[Question]) -> Verdict:
    """Decide between two upstream topics (indexes) for the identifiers that `wanted` marks in each row.

    The first question that has an answer decides; when none has, the later predecessor is taken.
    """
    for question in questions:
        answer = question(rows, wanted, x, y)
        if answer is not None:
            return answer
    both = _both(rows, wanted, x, y)
    x_is_later = float(np.median(rows.lag_ms[both, x] - rows.lag_ms[both, y])) <= 0 if both.any() else x < y
    return Verdict(x, y, Reason.LATEST) if x_is_later else Verdict(y, x, Reason.LATEST)


def _both(rows: RowSum, wanted: Masks, x: int, y: int) -> NDArray[np.bool_]:
    return np.asarray((rows.seen[:, x] & rows.seen[:, y] & wanted) != 0, dtype=bool)


def presence(rows: RowSum, wanted: Masks, x: int, y: int) -> Verdict | None:
    """Does one of them lack the identifiers now and then, when the other never does?"""
    shared = _shared_fields(rows, wanted, x, y)
    has_x, has_y = (rows.seen[:, x] & wanted & shared) != 0, (rows.seen[:, y] & wanted & shared) != 0
    total = float(rows.weight[has_x | has_y].sum())
    if total <= 0:
        return None
    only_x = float(rows.weight[has_x & ~has_y].sum()) / total
    only_y = float(rows.weight[has_y & ~has_x].sum()) / total
    if only_x >= _MISSING_AT_LEAST and only_y <= _MISSING_AT_MOST:
        return Verdict(x, y, Reason.PRESENCE)
    if only_y >= _MISSING_AT_LEAST and only_x <= _MISSING_AT_MOST:
        return Verdict(y, x, Reason.PRESENCE)
    return None


def company(supplied: Masks) -> Question:
    """Whose records hold, beside what is in question, identifiers that nobody has supplied yet, and the other's not?"""

    def question(rows: RowSum, wanted: Masks, x: int, y: int) -> Verdict | None:
        both = _both(rows, wanted, x, y)
        total = float(rows.weight[both].sum())
        beside = np.where(both, rows.known & ~supplied & ~wanted, np.uint64(0))
        only_x = float(rows.weight[(rows.mask[:, x] & ~rows.mask[:, y] & beside) != 0].sum())
        only_y = float(rows.weight[(rows.mask[:, y] & ~rows.mask[:, x] & beside) != 0].sum())
        if only_x >= _MISSING_AT_LEAST * total and only_y <= _MISSING_AT_MOST * total and only_x > only_y:
            return Verdict(x, y, Reason.COMPANY)
        if only_y >= _MISSING_AT_LEAST * total and only_x <= _MISSING_AT_MOST * total and only_y > only_x:
            return Verdict(y, x, Reason.COMPANY)
        return None

    return question


def _shared_fields(rows: RowSum, wanted: Masks, x: int, y: int) -> np.uint64:
    """Fields whose identifiers both topics carried, in whatever rows."""
    mine = np.bitwise_or.reduce(rows.seen[:, x] & wanted, initial=np.uint64(0))
    theirs = np.bitwise_or.reduce(rows.seen[:, y] & wanted, initial=np.uint64(0))
    return np.uint64(mine & theirs)


def own_names(rows: RowSum, wanted: Masks, x: int, y: int) -> Verdict | None:
    """Does the child quote the names that one of them gives, and never those that the other gives?"""
    both = rows.seen[:, x] & rows.seen[:, y] & wanted
    total = rows.mass(both)
    for one, other in ((x, y), (y, x)):
        named = rows.mass(rows.first[:, other] & rows.instance) if other in rows.mints else total
        if total > 0 and named <= _MISSING_AT_MOST * total and _mints(rows, one, both):
            return Verdict(one, other, Reason.OWN_NAMES)
    return None


def timing(rows: RowSum, wanted: Masks, x: int, y: int) -> Verdict | None:
    """Whose lag does not depend on the difference of both lags?"""
    return hangs_on(rows, _both(rows, wanted, x, y), x, y)


def hangs_on(rows: RowSum, both: NDArray[np.bool_], x: int, y: int) -> Verdict | None:
    """Timing, over these rows."""
    both = both & (rows.lag_ms[:, x] >= 0) & (rows.lag_ms[:, y] >= 0)
    count = int(both.sum())
    if count < _MIN_TIMED_ROWS:
        return None
    lag_x, lag_y = rows.lag_ms[both, x].astype(np.float64), rows.lag_ms[both, y].astype(np.float64)
    difference = lag_x - lag_y
    rho_x, rho_y = abs(rank_correlation(lag_x, difference)), abs(rank_correlation(lag_y, difference))
    noise = 3 / float(np.sqrt(count))
    if rho_y > noise and rho_y >= 2 * rho_x:
        return Verdict(x, y, Reason.TIMING)
    if rho_x > noise and rho_x >= 2 * rho_y:
        return Verdict(y, x, Reason.TIMING)
    return None


def boundary(rows: RowSum, wanted: Masks, x: int, y: int) -> Verdict | None:
    """Of which topic do bursts hold what came between two moments that are as far apart as bursts are, and no more?

    A batch or window writes what has come since the last one, all of it after the same wait. What an ancestor or a
    sibling wrote is early or late by a detour that is never the same: some of it seems left over, or ahead of time.
    """
    starts_ms = burst_starts(rows.time_ms)
    both = _both(rows, wanted, x, y) & (rows.lag_ms[:, x] >= 0) & (rows.lag_ms[:, y] >= 0)
    if len(starts_ms) < _MIN_BURSTS or not both.any():
        return None
    into_ms = rows.time_ms[both] - starts_ms[np.searchsorted(starts_ms, rows.time_ms[both], side="right") - 1]
    width_ms = float(np.median(np.diff(starts_ms)))
    out_x, out_y = (_outside(rows.lag_ms[both, topic] - into_ms, width_ms) for topic in (x, y))
    only_x, only_y = int((out_x & ~out_y).sum()), int((out_y & ~out_x).sum())
    for winner, loser, its, others in ((x, y, only_x, only_y), (y, x, only_y, only_x)):
        if others >= _LEFT_OVER and others >= _MUCH_OFTENER * its:
            return Verdict(winner, loser, Reason.BOUNDARY)
    return None


def _outside(values: NDArray[np.int64], width: float) -> NDArray[np.bool_]:
    """What lies outside the stretch of this width that holds most values."""
    ordered = np.sort(values)
    held = np.searchsorted(ordered, ordered + width, side="right") - np.arange(len(ordered))
    least = ordered[int(np.argmax(held))]
    return np.asarray((values < least) | (values > least + width), dtype=bool)


def comes_out(yields: Mapping[int, float]) -> Question:
    """Of which topic does much more come out in the child? `yields` are shares (0-1) by topic."""

    def question(_rows: RowSum, _wanted: Masks, x: int, y: int) -> Verdict | None:
        for one, other in ((x, y), (y, x)):
            if yields[one] >= _MUCH_MORE * yields[other] and yields[one] >= yields[other] + _MORE_AT_LEAST:
                return Verdict(one, other, Reason.COMES_OUT)
        return None

    return question


def minting(rows: RowSum, wanted: Masks, x: int, y: int) -> Verdict | None:
    """Who carried the identifiers before anybody else?"""
    both = rows.seen[:, x] & rows.seen[:, y] & wanted
    total = rows.mass(both)
    if total <= 0:
        return None
    for one, other in ((x, y), (y, x)):
        if _mints(rows, one, both):
            return Verdict(one, other, Reason.MINTING)
    return None


def _mints(rows: RowSum, topic: int, masks: Masks) -> bool:
    return rows.mass(rows.first[:, topic] & masks) >= _MINTED_SHARE * rows.mass(masks)


def untriggered(supplied: Masks, yields: Mapping[int, float]) -> tuple[Question, ...]:
    """For rows whose moment no other parent explains yet; `supplied` is what other parents carry in each row."""
    return (presence, company(supplied), timing, boundary, comes_out(yields), own_names, minting)


def triggered(supplied: Masks, yields: Mapping[int, float]) -> tuple[Question, ...]:
    """For rows that another parent has triggered: nobody else's timing says much any more."""
    return (presence, company(supplied), comes_out(yields), minting, timing)


def returning(yields: Mapping[int, float]) -> tuple[Question, ...]:
    """For identifiers that return: they have no mint, and everybody had them at some time before."""
    return (timing, boundary, comes_out(yields))
