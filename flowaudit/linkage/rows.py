"""RowsObserved: a sample of downstream records, each with the upstream records that carry its identifiers.

Parent selection asks of a record as a whole: which topic carried *all* of this before? So sightings are joined on the
upstream record, not on the token.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import PARENT, ROW, RowsObserved
from flowaudit.linkage.neighbours import Neighbours, seen_before_elsewhere
from flowaudit.linkage.pairs import Stamp
from flowaudit.linkage.sampling import draw, ranks
from flowaudit.linkage.slice import Bools, Ints, Slice

_INSTANCE_WEIGHT = 1000
"""An upstream record that holds the very event a record quotes beats any number of shared people."""
_MASK_BITS = 64


@dataclass(frozen=True, slots=True)
class RowSample:
    """The records that were drawn, and their sightings."""

    table: NDArray[np.void]
    """`ROW` entries, one a drawn record."""
    topic: Ints
    """Downstream topic of each drawn record."""
    records: Ints
    """Per topic: records that there were to draw from."""
    sightings: Ints
    """Indexes (into the slice) of all sightings of drawn records."""
    row: Ints
    """For each of `sightings`: its drawn record."""
    bit: NDArray[np.uint64]
    """For each of `sightings`: its field's bit in the masks."""
    fields: tuple[tuple[str, ...], ...]
    """Per topic: what the bits stand for."""


def draw_rows(data: Slice, targets: Bools, rows_per_topic: int) -> RowSample:
    """Draw the records with the smallest rank, of each kind of quoting as many as of any other.

    Records that quote different known events (a refusal that names an order, an ordinary unlock) are drawn
    separately: a thin flow keeps its rows beside a broad one.
    """
    places = np.flatnonzero(targets)
    bit, fields = _field_bits(data, places)
    record, row = np.unique(data.record[places], return_inverse=True)
    first = np.zeros(len(record), dtype=np.int64)
    first[row[::-1]] = places[::-1]
    known = seen_before_elsewhere(data)[places]
    instance = data.instance[places]
    table = np.zeros(len(record), dtype=ROW)
    table["partition"], table["offset"] = data.partition[first], data.offset[first]
    table["timestamp_ms"] = data.time[first]
    np.bitwise_or.at(table["present"], row, bit)
    np.bitwise_or.at(table["instance"], row[instance], bit[instance])
    np.bitwise_or.at(table["known"], row[known], bit[known])
    topic = data.topic[first]
    table["rank"] = ranks(data.topics, topic, table)
    keep, weight = draw(topic, table["known"] & table["instance"], table["rank"], rows_per_topic)
    table["weight"] = weight
    order = np.flatnonzero(keep)
    order = order[np.lexsort((table["rank"][order], topic[order]))]
    new_number = np.full(len(record), -1, dtype=np.int64)
    new_number[order] = np.arange(len(order))
    drawn = new_number[row] >= 0
    return RowSample(
        table=table[order],
        topic=topic[order],
        records=np.bincount(topic, minlength=len(data.topics)),
        sightings=places[drawn],
        row=new_number[row[drawn]],
        bit=bit[drawn],
        fields=fields,
    )


def parents_in(
    data: Slice, near: Neighbours, sample: RowSample, indexes: RecordIndexes, upstream: int
) -> NDArray[np.void]:
    """`PARENT` entries of the drawn rows for the upstream topic that `near` is looking at.

    Of the upstream records that carry any of a row's identifiers the one with most of them is chosen, then the latest.
    """
    before = near.preceding[sample.sightings]
    hits = np.flatnonzero((before >= 0) & (data.topic[sample.sightings] != upstream))
    if not len(hits):
        return np.empty(0, dtype=PARENT)
    row, found = sample.row[hits], before[hits]
    worth = np.where(data.instance[found], _INSTANCE_WEIGHT, 1)
    chosen_rows, chosen = _best_record(row, data.record[found], worth, data.time[found], found)
    entries = np.zeros(len(chosen_rows), dtype=PARENT)
    entries["row"], entries["upstream"] = chosen_rows, upstream
    entries["lag_ms"] = sample.table["timestamp_ms"][chosen_rows] - data.time[chosen]
    place = np.full(len(sample.table), -1, dtype=np.int64)
    place[chosen_rows] = np.arange(len(chosen_rows))
    mine = place[sample.row]
    candidates = np.flatnonzero(mine >= 0)
    tokens = int(data.token[-1]) + 1
    wanted = data.record[chosen[mine[candidates]]] * tokens + data.token[sample.sightings[candidates]]
    carried = candidates[_contains(indexes.by_token, wanted)]
    np.bitwise_or.at(entries["mask"], mine[carried], sample.bit[carried])
    seen = mine[hits]
    np.bitwise_or.at(entries["seen"], seen, sample.bit[hits])
    minted = data.origin[sample.sightings[hits]] == upstream
    np.bitwise_or.at(entries["first"], seen[minted], sample.bit[hits][minted])
    names = indexes.names
    named_so = _contains(indexes.by_name, data.record[found] * names + data.own[sample.sightings[hits]])
    np.bitwise_or.at(entries["own"], seen[named_so], sample.bit[hits][named_so])
    entries["seen"] |= entries["mask"]
    return entries


@dataclass(frozen=True, slots=True)
class RecordIndexes:
    """Which record holds whom, as sorted arrays of numbers."""

    by_token: Ints
    """All (record, token)."""
    by_name: Ints
    """All (record, own)."""
    names: int

    @classmethod
    def of(cls, data: Slice) -> RecordIndexes:
        """The indexes of a slice."""
        tokens, names = (int(numbers.max(initial=0)) + 1 for numbers in (data.token, data.own))
        by_token = np.sort(data.record * tokens + data.token)
        return cls(by_token, np.sort(data.record * names + data.own), names)


def _contains(index: Ints, wanted: Ints) -> Bools:
    spot = np.minimum(np.searchsorted(index, wanted), len(index) - 1)
    return np.asarray(index[spot] == wanted)


def row_facts(data: Slice, sample: RowSample, parents: NDArray[np.void], stamp: Stamp) -> list[RowsObserved]:
    """One fact for each downstream topic that has rows."""
    facts = []
    edges = np.searchsorted(sample.topic, np.arange(len(data.topics) + 1))
    parents = parents[np.lexsort((parents["upstream"], parents["row"]))]
    cuts = np.searchsorted(parents["row"], edges)
    for topic, name in enumerate(data.topics):
        if edges[topic] == edges[topic + 1]:
            continue
        mine = parents[cuts[topic] : cuts[topic + 1]].copy()
        mine["row"] -= np.uint32(edges[topic])
        facts.append(
            RowsObserved(
                provenance=stamp.provenance,
                downstream=name,
                bucket_ms=stamp.bucket_ms,
                shard=stamp.shard,
                fields=sample.fields[topic],
                upstreams=data.topics,
                records=int(sample.records[topic]),
                rows=sample.table[edges[topic] : edges[topic + 1]].tobytes(),
                parents=mine.tobytes(),
            )
        )
    return facts


def _field_bits(data: Slice, places: Ints) -> tuple[NDArray[np.uint64], tuple[tuple[str, ...], ...]]:
    """Each sighting's bit, and per topic the fields behind the bits. Fields beyond the 64th share the last bit."""
    size = max(len(data.fields), 1)
    columns, inverse = np.unique(data.topic[places] * size + data.field[places], return_inverse=True)
    starts = np.searchsorted(columns // size, np.arange(len(data.topics) + 1))
    number = np.arange(len(columns)) - starts[columns // size]
    bit = np.left_shift(np.uint64(1), np.minimum(number, _MASK_BITS - 1).astype(np.uint64))
    names = [data.fields[column % size] for column in columns.tolist()]
    fields = tuple(tuple(names[starts[topic] : starts[topic + 1]][:_MASK_BITS]) for topic in range(len(data.topics)))
    return bit[inverse], fields


def _best_record(row: Ints, record: Ints, worth: Ints, time: Ints, found: Ints) -> tuple[Ints, Ints]:
    """Per row: a sighting of the candidate record of greatest worth, the latest of equals."""
    order = np.lexsort((record, row))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (row[order][1:] != row[order][:-1]) | (record[order][1:] != record[order][:-1])
    starts = np.flatnonzero(new)
    total = np.add.reduceat(worth[order], starts)
    one = order[starts]
    ranked = np.lexsort((record[one], time[one], total, row[one]))
    last = np.ones(len(ranked), dtype=bool)
    last[:-1] = row[one][ranked][1:] != row[one][ranked][:-1]
    best = one[ranked[last]]
    return row[best], found[best]
