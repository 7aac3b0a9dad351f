"""Two topics that count through the same numbers: what looks quoted is there by accident.

An identifier counts as an event's where it was first seen in the field that gives such identifiers, so whatever meets
it later seems to quote it. By accident it is met as often the other way round: the field then holds values that the
other topic had before. The identifiers that a topic gives itself nobody has before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from flowaudit.linkage.sums import RowSum

_GIVEN_SHARE = 0.5
"""A field gives identifiers when at least so many of its values were never seen before, and name one event each."""
_ACCIDENTS = 0.5
"""Identifiers met the other way round, for each that seems to be quoted."""


def without_collisions(tables: Iterable[RowSum]) -> list[RowSum]:
    """The tables without identifiers that were met by accident: nobody knew them before."""
    held = list(tables)
    met = _met_before(held)
    return [_cleaned(table, met) for table in held]


def _met_before(tables: Iterable[RowSum]) -> dict[tuple[str, str], float]:
    """For (topic, other): how many identifiers of those that the topic gives itself the other had before.

    The same event told again is no such case.
    """
    found: dict[tuple[str, str], float] = {}
    for table in tables:
        given = _given(table)
        for number, other in enumerate(table.upstreams):
            foreign = (table.first[:, number] | (table.seen[:, number] & ~table.instance)) & given
            if foreign.any():
                found[table.downstream, other] = table.mass(foreign)
    return found


def _cleaned(table: RowSum, met: dict[tuple[str, str], float]) -> RowSum:
    accidental = np.zeros_like(table.known)
    for number, other in enumerate(table.upstreams):
        quoted = table.first[:, number] & table.instance
        if 0 < table.mass(quoted) * _ACCIDENTS < met.get((other, table.downstream), 0.0):
            accidental |= quoted
    if not accidental.any():
        return table
    known = ~accidental
    by_topic = known[:, np.newaxis]
    return replace(
        table,
        known=table.known & known,
        mask=table.mask & by_topic,
        seen=table.seen & by_topic,
        first=table.first & by_topic,
        own=table.own & by_topic,
    )


def _given(table: RowSum) -> np.uint64:
    """The fields that give identifiers, as a mask."""
    new = table.instance & ~table.known
    fields = np.uint64(0)
    for bit in table.bits:
        if table.records(new & bit) > _GIVEN_SHARE * table.records(table.present & bit):
            fields |= bit
    return fields
