"""Records that quote events and records that do not: what is left to be explained by people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.child import Child
from flowaudit.linkage.contest import hangs_on
from flowaudit.linkage.entities import caused_by_lag
from flowaudit.linkage.parents import Chosen
from flowaudit.linkage.sums import Masks, RowSum

_WORTH_EXPLAINING = 0.1
_WAKES = 0.7


def quoting(rows: RowSum, by_events: Sequence[Chosen]) -> NDArray[np.bool_]:
    """Which records quote an event of a chosen parent."""
    quotes = np.zeros(len(rows.weight), dtype=bool)
    for parent in by_events:
        quotes |= parent.explains != 0
    return quotes


def people_to_explain(rows: RowSum, by_events: Sequence[Chosen]) -> Masks:
    """The people of records that no quoted event explains.

    Who quotes an event knows the people in it, or looks them up, and needs no second source for them.
    """
    people = np.where(quoting(rows, by_events), np.uint64(0), rows.known & ~rows.instance)
    if _quoting_share(rows, by_events) < 1 - _WORTH_EXPLAINING:
        return people
    return np.where(_never_quoting(rows, by_events), people, np.uint64(0))


def _quoting_share(rows: RowSum, by_events: Sequence[Chosen]) -> float:
    """Share of the topic's records that quote an event of a chosen parent, sampled or not.

    Each identifier of a record is sampled by itself, so many records show a person and not the event that they quote.
    Fields that all records hold show as often as each other: the quoting ones are held against the commonest.
    """
    quoted = np.zeros_like(rows.known)
    for parent in by_events:
        quoted |= parent.explains
    shown = max((_shown(rows, rows.present, bit) for bit in range(len(rows.fields))), default=0.0)
    if shown <= 0:
        return 0.0
    return min(1.0, sum(_shown(rows, quoted, bit) for bit in range(len(rows.fields))) / shown)


def _shown(rows: RowSum, masks: Masks, bit: int) -> float:
    return float(rows.weight[(masks >> np.uint64(bit)) & np.uint64(1) != 0].sum())


def _never_quoting(rows: RowSum, by_events: Sequence[Chosen]) -> NDArray[np.bool_]:
    """Records with a field that no record which quotes has: they have another source, as in a union.

    That a record shows no quoted event may be the sampling; that none of many does is not.
    """
    quotes = quoting(rows, by_events)
    others = np.bitwise_or.reduce(rows.present[quotes], initial=np.uint64(0))
    apart = ~quotes & ((rows.present & ~others) != 0)
    is_worth_it = float(rows.weight[apart].sum()) >= _WORTH_EXPLAINING * float(rows.weight.sum())
    return apart if is_worth_it else np.zeros_like(apart)


def waking(child: Child, by_events: Sequence[Chosen], candidates: Sequence[int]) -> list[int]:
    """Topics whose people set the moment at which a remembered event is passed on: the near side of a stateful join."""
    rows = child.rows
    found = []
    for topic in sorted(candidates):
        names = rows.seen[:, topic] & rows.known & ~rows.instance
        for parent in by_events:
            both = (names != 0) & (parent.explains != 0)
            near = both & (rows.lag_ms[:, topic] < rows.lag_ms[:, parent.upstream])
            caused = float((rows.weight * caused_by_lag(rows, topic, child.evidence[topic]))[near].sum())
            if caused < _WAKES * float(rows.weight[parent.explains != 0].sum()):
                continue
            verdict = hangs_on(rows, both, parent.upstream, topic)
            if verdict is not None and verdict.winner == topic:
                found.append(topic)
                break
    return found
