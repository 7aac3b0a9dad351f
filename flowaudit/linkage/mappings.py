"""Mapping tables: two fields of one topic that are one to one name the same people, under two names.

A program that gives people a surrogate has to keep, somewhere, which is whose; where that table passes through a
topic, flows that go on under the surrogate can be followed (reference measurement: F1 +.01 on real clients, and the
only way at all to see rekeyed flows). A name is taken for another only if no field anywhere would then call one
person by two names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

_MIN_PAIRS: Final = 20
_ONE_TO_ONE: Final = 0.97
_SEEN_ELSEWHERE: Final = 0.3
_RETURNS: Final = 1.3
"""Sightings of a value in some other field, on average: below, the values name events, not people."""

_APART: Final = 0.5
"""Of the records of other topics that hold one of the names, so many must hold it alone."""

Tokens = NDArray[np.uint64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Sightings:
    """What the search for tables looks at: one entry a sighting, all as small numbers."""

    token: Numbers
    column: Numbers
    """Topic and field."""
    topic: Numbers
    record: Numbers
    columns: int
    cell_token: Numbers
    """Token and column of each cell: a token that occurs in a column."""
    cell_column: Numbers
    cell_counts: Numbers
    """Sightings of each cell."""
    minted_in: Numbers
    """Per token: the topic that gave it to an event of its own, -1 for names that return where they come from."""


def same_names(
    token: Numbers, column: Numbers, topic: Numbers, record: Numbers, minted: NDArray[np.bool_]
) -> Numbers | None:
    """For each token number the smallest number of the same person; None when no topic maps names to names.

    Args:
        token: number of each sighting's token, from 0.
        column: number of its topic and field.
        topic: number of its topic.
        record: number of its record.
        minted: is it the first of its token, in a field whose values do not return?
    """
    if not len(token):
        return None
    minted_in = np.full(int(token.max()) + 1, -1, dtype=np.int64)
    minted_in[token[minted]] = topic[minted]
    columns = int(column.max()) + 1
    cells, counts = np.unique(token * columns + column, return_counts=True)
    seen = _Sightings(token, column, topic, record, columns, cells // columns, cells % columns, counts, minted_in)
    tables = sorted(_tables(seen), key=lambda pairs: (-len(pairs), pairs.tobytes()))
    names = np.arange(int(token.max()) + 1, dtype=np.int64)
    accepted = False
    for pairs in tables:
        joined = _joined(names, pairs)
        if _names_nobody_twice(seen, joined, pairs):
            names, accepted = joined, True
    return names if accepted else None


def _tables(seen: _Sightings) -> Iterator[Numbers]:
    """Pairs of tokens `[n, 2]`, of every two fields of a topic that are one to one and both occur elsewhere."""
    eligible, distinct = _returning_columns(seen)
    topic_of = np.zeros(seen.columns, dtype=np.int64)
    topic_of[seen.column] = seen.topic
    held = {column: _by_record(seen, column) for column in eligible.tolist()}
    for topic in sorted(set(topic_of[eligible].tolist())):
        fields = [column for column in held if topic_of[column] == topic]
        for one, other in combinations(fields, 2):
            few, many = sorted((int(distinct[one]), int(distinct[other])))
            if few < _ONE_TO_ONE * many:
                continue
            pairs = _pairs(held[one], held[other])
            if _is_one_to_one(pairs) and _name_no_event(seen, pairs, topic) and _part_ways(seen, pairs, topic):
                yield pairs


def _returning_columns(seen: _Sightings) -> tuple[Numbers, Numbers]:
    """Columns whose values are often seen in other topics, and return there; distinct values of every column."""
    token, column, counts = seen.cell_token, seen.cell_column, seen.cell_counts
    often = np.zeros(int(seen.token.max()) + 1, dtype=np.int64)
    np.maximum.at(often, token, counts)
    columns_of_token = np.bincount(token)
    distinct = np.bincount(column, minlength=seen.columns)
    elsewhere = columns_of_token[token] > 1
    travelling = np.bincount(column[elsewhere], minlength=seen.columns)
    returns = np.bincount(column[elsewhere], weights=often[token[elsewhere]], minlength=seen.columns)
    wanted = (distinct >= _MIN_PAIRS) & (travelling >= _SEEN_ELSEWHERE * distinct)
    return np.flatnonzero(wanted & (returns >= _RETURNS * np.maximum(travelling, 1))), distinct


def _by_record(seen: _Sightings, column: int) -> tuple[Numbers, Numbers]:
    """Records that hold one value in this column, ascending, and the value's token."""
    mine = np.flatnonzero(seen.column == column)
    mine = mine[np.argsort(seen.record[mine], kind="stable")]
    record = seen.record[mine]
    alone = np.ones(len(record), dtype=bool)
    alone[1:] &= record[1:] != record[:-1]
    alone[:-1] &= record[1:] != record[:-1]
    return record[alone], seen.token[mine[alone]]


def _pairs(one: tuple[Numbers, Numbers], other: tuple[Numbers, Numbers]) -> Numbers:
    """Distinct pairs of tokens that stand in one record."""
    if not len(one[0]) or not len(other[0]):
        return np.empty((0, 2), dtype=np.int64)
    spot = np.minimum(np.searchsorted(other[0], one[0]), len(other[0]) - 1)
    both = other[0][spot] == one[0]
    pairs = np.column_stack([one[1][both], other[1][spot[both]]])
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    new = np.ones(len(pairs), dtype=bool)
    new[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    return np.asarray(pairs[new], dtype=np.int64)


def _is_one_to_one(pairs: Numbers) -> bool:
    if len(pairs) < _MIN_PAIRS:
        return False
    return bool(_once(pairs[:, 0]) & _once(pairs[:, 1]))


def _name_no_event(seen: _Sightings, pairs: Numbers, table: int) -> bool:
    """Is neither side the number of an event of another topic? A table may well be where a surrogate is given."""
    minted_in = seen.minted_in[pairs]
    events = ((minted_in >= 0) & (minted_in != table)).mean(axis=0)
    return bool((events < _APART).all())


def _part_ways(seen: _Sightings, pairs: Numbers, table: int) -> bool:
    """Do other topics carry either name without the other? An order's number never goes without the address."""
    size = int(seen.token.max()) + 1
    partner = np.full(size, -1, dtype=np.int64)
    partner[pairs[:, 0]], partner[pairs[:, 1]] = pairs[:, 1], pairs[:, 0]
    mine = np.flatnonzero((partner[seen.token] >= 0) & (seen.topic != table))
    held = np.sort(seen.record[mine] * size + seen.token[mine])
    # A sort of whole numbers is several times as fast as the table of hashes that `np.unique` makes of so many.
    held = held[np.append(True, held[1:] != held[:-1])[: len(held)]]
    alone = ~np.isin(held // size * size + partner[held % size], held)
    is_left = np.isin(held % size, pairs[:, 0])
    return all(float(alone[side].sum()) >= _APART * max(int(side.sum()), 1) for side in (is_left, ~is_left))


def _once(tokens: Numbers) -> bool:
    _, counts = np.unique(tokens, return_counts=True)
    return float((counts == 1).sum()) >= _ONE_TO_ONE * len(tokens)


def _joined(names: Numbers, pairs: Numbers) -> Numbers:
    """Names after both sides of each pair have become one: the smallest name spreads until nothing changes."""
    joined = names.copy()
    one, other = names[pairs[:, 0]], names[pairs[:, 1]]
    while True:
        smallest = np.minimum(joined[one], joined[other])
        before = joined.copy()
        np.minimum.at(joined, one, smallest)
        np.minimum.at(joined, other, smallest)
        joined = joined[joined]
        if np.array_equal(joined, before):
            return np.asarray(joined[names], dtype=np.int64)


def _names_nobody_twice(seen: _Sightings, names: Numbers, pairs: Numbers) -> bool:
    """Would no field anywhere call one person by two names?

    A person with two flats is in the way of taking flats for people, and so are two people in one flat.
    """
    touched = np.zeros(len(names), dtype=bool)
    touched[names[pairs.ravel()]] = True
    mine = touched[names[seen.cell_token]]
    people, counts = np.unique(names[seen.cell_token[mine]] * seen.columns + seen.cell_column[mine], return_counts=True)
    return float((counts > 1).sum()) <= (1 - _ONE_TO_ONE) * max(len(people), 1)
