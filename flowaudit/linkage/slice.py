"""A slice of the window, indexed: which sightings share a token, which share a record, who came first.

All of it is array work on one sorted table; nothing here loops over sightings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.mappings import same_names

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_FIRST_HERE_SHARE = 0.9
_TOLD_AGAIN = 1.8
"""Sightings of a value in a column whose values return, on average."""
_ORDER = ("field", "offset", "partition", "topic", "timestamp_ms")
"""Within a person, least significant first."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Sightings of a stretch of event time, sorted by token and time. Arrays have one entry a sighting."""

    topics: tuple[str, ...]
    fields: tuple[str, ...]
    from_ms: int
    to_ms: int
    """The stretch `[from_ms, to_ms)` that was looked at, whether or not its ends hold sightings."""
    token: Ints
    """Number of the person, place or event, ascending: of the token, where no table maps tokens to tokens."""
    own: Ints
    """Number of the token itself (and its key)."""
    key: Ints
    """Which pseudonymisation key made the token."""
    bits: NDArray[np.uint64]
    """The token itself, for what must be chosen alike by everyone who holds the same token."""
    own_bits: NDArray[np.uint64]
    """The token itself, whoever else a mapping table says that it is."""
    time: Ints
    topic: Ints
    field: Ints
    record: Ints
    """Number of the record (topic, partition, offset)."""
    partition: Ints
    offset: Ints
    instance: Bools
    """Does the token name one event?"""
    origin: Ints
    """The topic that carried the token first; -1 when two topics did in the same millisecond."""
    group_start: Ints
    """Index of the first sighting of the same token."""
    group_end: Ints
    """One past the last sighting of the same token."""

    def __len__(self) -> int:
        """Sightings in the slice."""
        return len(self.token)


def index_slice(
    rows: NDArray[np.void], topics: tuple[str, ...], fields: tuple[str, ...], stretch: tuple[int, int]
) -> Slice:
    """Index rows as `SightingColumns.between` returns them."""
    own = np.cumsum(_changes(rows["key"]) | _changes(rows["token"])) - 1
    record = _record_numbers(rows)
    named = _same_names(rows, own, record, len(fields))
    bits, name = rows["token"].astype(np.uint64), own
    if named is not None:
        bits, name = bits[np.flatnonzero(_changes(own))[named[own]]], named[own]
        order = np.lexsort((*(rows[part] for part in _ORDER), name))
        rows, own, record, bits, name = rows[order], own[order], record[order], bits[order], name[order]
    new_token = _changes(name)
    token = np.cumsum(new_token) - 1
    starts = np.flatnonzero(new_token)
    sizes = np.diff(np.append(starts, len(rows)))
    time = rows["timestamp_ms"].astype(np.int64)
    topic = rows["topic"].astype(np.int64)
    field = rows["field"].astype(np.int64)
    origin = _origins(time, topic, starts)[token] if len(rows) else topic
    return Slice(
        topics=topics,
        fields=fields,
        from_ms=stretch[0],
        to_ms=stretch[1],
        token=token,
        own=own,
        key=rows["key"].astype(np.int64),
        bits=bits,
        own_bits=rows["token"].astype(np.uint64),
        time=time,
        topic=topic,
        field=field,
        record=record,
        partition=rows["partition"].astype(np.int64),
        offset=rows["offset"].astype(np.int64),
        instance=_instance_tokens(topic * len(fields) + field, rows["instance"], origin, topic, (token, starts)),
        origin=origin,
        group_start=np.repeat(starts, sizes),
        group_end=np.repeat(starts + sizes, sizes),
    )


def _same_names(rows: NDArray[np.void], own: Ints, record: Ints, fields: int) -> Ints | None:
    topic = rows["topic"].astype(np.int64)
    is_first = _changes(own)
    origin = _origins(rows["timestamp_ms"].astype(np.int64), topic, np.flatnonzero(is_first))[own]
    minted = is_first & rows["instance"] & (origin == topic)
    return same_names(own, topic * fields + rows["field"], topic, record, minted)


def subset(data: Slice, keep: Bools) -> Slice:
    """The same slice with only some sightings; what is known of each token stays as it was."""
    token = data.token[keep]
    new_token = _changes(token)
    starts = np.flatnonzero(new_token)
    sizes = np.diff(np.append(starts, len(token)))
    return Slice(
        topics=data.topics,
        fields=data.fields,
        from_ms=data.from_ms,
        to_ms=data.to_ms,
        token=np.cumsum(new_token) - 1,
        own=data.own[keep],
        key=data.key[keep],
        bits=data.bits[keep],
        own_bits=data.own_bits[keep],
        time=data.time[keep],
        topic=data.topic[keep],
        field=data.field[keep],
        record=data.record[keep],
        partition=data.partition[keep],
        offset=data.offset[keep],
        instance=data.instance[keep],
        origin=data.origin[keep],
        group_start=np.repeat(starts, sizes),
        group_end=np.repeat(starts + sizes, sizes),
    )


def _changes(values: NDArray[np.generic]) -> Bools:
    changed = np.ones(len(values), dtype=bool)
    changed[1:] = values[1:] != values[:-1]
    return changed


def _record_numbers(rows: NDArray[np.void]) -> Ints:
    order = np.lexsort((rows["offset"], rows["partition"], rows["topic"]))
    new = np.logical_or.reduce([_changes(rows[name][order]) for name in ("topic", "partition", "offset")])
    numbers = np.empty(len(rows), dtype=np.int64)
    numbers[order] = np.cumsum(new) - 1
    return numbers


def _instance_tokens(column: Ints, flagged: Bools, origin: Ints, topic: Ints, group: tuple[Ints, Ints]) -> Bools:
    """A token names one event when the field that carried it first mints identifiers.

    A person's identifier looks unique in a topic that names each person once (a ban); only the place where a value
    first appears can tell a minted identifier from a quoted one. A field mints when the tap says that its values do
    not return (most of its sightings carry that word), and when hardly any of its values was seen elsewhere before:
    people are met first here, then there.
    """
    token, starts = group
    if not len(token):
        return np.zeros(0, dtype=bool)
    size = int(column.max()) + 1
    said, all_ = np.bincount(column, weights=flagged, minlength=size), np.bincount(column, minlength=size)
    travels = np.logical_or.reduceat(topic != topic[starts][token], starts)[token]
    shared = np.bincount(column[travels], minlength=size)
    first_here = np.bincount(column[travels & (origin == topic)], minlength=size)
    mints = (said * 2 > all_) & (first_here >= _FIRST_HERE_SHARE * shared) & ~_are_told_again(column, said, all_, group)
    return np.asarray(mints[column[starts]][token], dtype=bool)


def _are_told_again(column: Ints, said: Ints, all_: Ints, group: tuple[Ints, Ints]) -> Bools:
    """Per column: do its values return in other columns, again and again, as people do and events do not?

    A table names each of its people once, like an event; where they are used they return, and in more than one place.
    """
    token, starts = group
    size = len(all_)
    cells, counts = np.unique(token * size + column, return_counts=True)
    cell_token, cell_column = cells // size, cells % size
    returns = said[cell_column] * 2 <= all_[cell_column]
    told = np.bincount(cell_token[returns], weights=counts[returns], minlength=len(starts))
    places = np.bincount(cell_token[returns], minlength=len(starts))
    used = places[cell_token] > 1
    return np.bincount(cell_column[used], weights=told[cell_token[used]], minlength=size) > _TOLD_AGAIN * np.bincount(
        cell_column[used], weights=places[cell_token[used]], minlength=size
    )


def _origins(time: Ints, topic: Ints, starts: Ints) -> Ints:
    """Per token: the topic of its earliest sighting, or -1 if another topic saw it in the same millisecond."""
    sizes = np.diff(np.append(starts, len(time)))
    first_time = np.repeat(time[starts], sizes)
    first_topic = np.repeat(topic[starts], sizes)
    tied = (time == first_time) & (topic != first_topic)
    return np.where(np.logical_or.reduceat(tied, starts), -1, topic[starts])
