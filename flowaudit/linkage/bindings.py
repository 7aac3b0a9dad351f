"""Explain each writer by one consumer group: a program is, mostly, one group and what it writes.

It needs nothing but committed offsets and producer ids, no name and no host, and settles most cases in which timing
cannot tell two ancestors of the same family apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from flowaudit.linkage.assignment import best_assignment
from flowaudit.linkage.child import Child, Fit, fit
from flowaudit.linkage.readers import Programs

_AGREEMENT = 0.15
"""Bonus where the group reads every parent that a free choice finds."""
_SECOND_PROGRAM = 0.2
"""Penalty for a group that serves two programs: it happens, but one each is likelier."""
_WORSE_AT_MOST = 0.2
"""How much less than a free choice a group's topics may explain."""


def bind(children: Sequence[Child], free: Mapping[str, Fit], programs: Programs) -> dict[str, Fit]:
    """The fit of every child whose writer could be explained by a consumer group, by topic.

    `free` is each child's fit among all topics that may be parents. A child is left out when no group's topics
    explain about as much as that.
    """
    writers = _writers(children, free, programs)
    if not writers or not programs.read_by:
        return {}
    fits = {
        (child.topic, group): fit(child, topics)
        for writer in writers
        for child in writer
        for group, topics in programs.read_by
    }
    groups = [group for group, _ in programs.read_by]
    gain = np.array([[_gain(writer, group, free, fits) for group in groups] for writer in writers])
    nobody = np.zeros((len(writers), len(writers)))
    table = np.hstack([gain, gain - _SECOND_PROGRAM, nobody])
    bound: dict[str, Fit] = {}
    for writer, column in zip(writers, best_assignment(table), strict=True):
        if column >= 2 * len(groups):
            continue
        for child in writer:
            mine = fits[child.topic, groups[column % len(groups)]]
            if mine.explained >= free[child.topic].explained - _WORSE_AT_MOST:
                bound[child.topic] = mine
    return bound


def _writers(children: Sequence[Child], free: Mapping[str, Fit], programs: Programs) -> list[list[Child]]:
    """Children that have any parent, put together where one program writes them."""
    writers: dict[frozenset[str], list[Child]] = {}
    for child in children:
        if free[child.topic].parents:
            writers.setdefault(programs.siblings_of(child.topic), []).append(child)
    return list(writers.values())


def _gain(writer: list[Child], group: str, free: Mapping[str, Fit], fits: Mapping[tuple[str, str], Fit]) -> float:
    total = 0.0
    for child in writer:
        mine = fits[child.topic, group]
        agrees = free[child.topic].parents <= mine.parents
        total += mine.explained + (_AGREEMENT if agrees else 0.0)
    return total
