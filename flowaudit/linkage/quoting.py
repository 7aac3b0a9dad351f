"""Records that quote events and records that do not: what is left to be explained by people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.child import Child
from flowaudit.linkage.contest import hangs_on
from flowaudit.linkage.entities import caused_by_lag
from flowaudit.linkage.parents import Chosen, explained_by
from flowaudit.linkage.sums import Masks, RowSum

_WORTH_EXPLAINING = 0.1
_WAKES = 0.7


def quoting(rows: RowSum, by_events: Sequence[Chosen]) -> NDArray[np.bool_]:
    """Which records quote an event of a chosen parent."""
    return np.asarray(explained_by(by_events, rows) != 0)


def people_to_explain(rows: RowSum, by_events: Sequence[Chosen]) -> Masks:
    """The people of records that no quoted event explains.

    Who quotes an event knows the people in it, or looks them up, and needs no second source for them.
    """
    quoted = explained_by(by_events, rows)
    people = np.where(quoted != 0, np.uint64(0), rows.people)
    if _quoting_share(rows, quoted) < 1 - _WORTH_EXPLAINING:
        return people
    return np.where(_never_quoting(rows, quoted != 0), people, np.uint64(0))


def _quoting_share(rows: RowSum, quoted: Masks) -> float:
    """Share of the topic's records that quote an event of a chosen parent (`quoted`), sampled or not.

    Each identifier of a record is sampled by itself, so many records show a person and not the event that they quote.
    Fields that all records hold show as often as each other: the quoting ones are held against the commonest.
    """
    shown = max((rows.records(rows.present & bit) for bit in rows.bits), default=0.0)
    if shown <= 0:
        return 0.0
    return min(1.0, sum(rows.records(quoted & bit) for bit in rows.bits) / shown)


def _never_quoting(rows: RowSum, quotes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Records with a field that no record which quotes has: they have another source, as in a union.

    That a record shows no quoted event may be the sampling; that none of many does is not.
    """
    others = np.bitwise_or.reduce(rows.present[quotes], initial=np.uint64(0))
    apart = ~quotes & ((rows.present & ~others) != 0)
    is_worth_it = rows.records(apart) >= _WORTH_EXPLAINING * float(rows.weight.sum())
    return apart if is_worth_it else np.zeros_like(apart)


def waking(child: Child, by_events: Sequence[Chosen], candidates: Sequence[int]) -> list[int]:
    """Topics whose people set the moment at which a remembered event is passed on: the near side of a stateful join."""
    rows = child.rows
    found = []
    for topic in sorted(candidates):
        names = rows.seen[:, topic] & rows.people
        for parent in by_events:
            both = (names != 0) & (parent.explains != 0)
            near = both & (rows.lag_ms[:, topic] < rows.lag_ms[:, parent.upstream])
            caused = float((rows.weight * caused_by_lag(rows, topic, child.evidence[topic]))[near].sum())
            if caused < _WAKES * rows.records(parent.explains):
                continue
            verdict = hangs_on(rows, both, parent.upstream, topic)
            if verdict is not None and verdict.winner == topic:
                found.append(topic)
                break
    return found
