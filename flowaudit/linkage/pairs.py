"""PairObserved: the lag histograms of every ordered pair of topics, under both null models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flowaudit.facts import FieldPair, IdentifierKind, PairObserved, Provenance
from flowaudit.linkage.bins import BINS, bin_of, trimmed
from flowaudit.linkage.neighbours import Neighbours
from flowaudit.linkage.slice import Bools, Ints, Slice


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every fact of one computation carries."""

    provenance: Provenance
    bucket_ms: int
    shard: int
    theta: float
    """The share (0-1) of all identifiers that was looked at."""


@dataclass(frozen=True, slots=True)
class _Histograms:
    """Counts by [identifier kind, downstream topic, lag bin] against one upstream topic."""

    preceding: Ints
    following: Ints
    shifted: Ints
    counted: Ints
    """Without the lag bin: every sighting that could have had a neighbour."""


def observe_pairs(data: Slice, near: Neighbours, targets: Bools, upstream: int, stamp: Stamp) -> Iterator[PairObserved]:
    """Facts of every pair with this upstream topic, which `near` must be looking at; only `targets` are counted."""
    counted = targets & (data.topic != upstream)
    before, after = near.preceding, near.following()
    histograms = _histograms(data, near, counted, before, after)
    for kind, is_instance in ((IdentifierKind.INSTANCE, True), (IdentifierKind.ENTITY, False)):
        linked = np.flatnonzero(counted & (before >= 0) & (data.instance == is_instance))
        by_topic = linked[np.argsort(data.topic[linked], kind="stable")]
        edges = np.searchsorted(data.topic[by_topic], np.arange(len(data.topics) + 1))
        for downstream in range(len(data.topics)):
            counts = histograms.preceding[int(is_instance), downstream]
            reverse = histograms.following[int(is_instance), downstream]
            if not counts.any() and not reverse.any():
                continue
            sightings = by_topic[edges[downstream] : edges[downstream + 1]]
            times = data.time[sightings]
            yield PairObserved(
                provenance=stamp.provenance,
                upstream=data.topics[upstream],
                downstream=data.topics[downstream],
                identifiers=kind,
                bucket_ms=stamp.bucket_ms,
                shard=stamp.shard,
                preceding=trimmed(counts),
                following=trimmed(reverse),
                shifted=trimmed(histograms.shifted[int(is_instance), downstream]),
                first_ms=int(times.min()) if len(times) else -1,
                last_ms=int(times.max()) if len(times) else -1,
                fields=_field_pairs(data, before, sightings),
                counted=int(histograms.counted[int(is_instance), downstream]),
            )


def _histograms(data: Slice, near: Neighbours, counted: Bools, before: Ints, after: Ints) -> _Histograms:
    """Instance identifiers count at any lag in the window, entity ones within the symmetric horizon.

    An instance identifier is minted once, so the order of its sightings does not depend on where the data ends; and it
    follows only where it did not precede, for a record that is delivered twice follows its own children.
    """
    back = data.time - data.time[before]
    ahead = data.time[after] - data.time
    shifted = near.shifted_lag()
    fair = counted & (data.instance | (back <= near.horizon))
    follows = counted & (after >= 0) & np.where(data.instance, before < 0, ahead <= near.horizon)
    return _Histograms(
        preceding=_count(data, fair & (before >= 0), back),
        following=_count(data, follows, ahead),
        shifted=_count(data, counted & ~data.instance & (shifted > 0) & (shifted <= near.horizon), shifted),
        counted=_count_all(data, counted),
    )


def _count(data: Slice, chosen: Bools, lag: Ints) -> Ints:
    places = np.flatnonzero(chosen)
    topics = len(data.topics)
    cell = (data.instance[places] * topics + data.topic[places]) * BINS + bin_of(lag[places])
    return np.bincount(cell, minlength=2 * topics * BINS).reshape(2, topics, BINS)


def _count_all(data: Slice, chosen: Bools) -> Ints:
    places = np.flatnonzero(chosen)
    topics = len(data.topics)
    cell = data.instance[places] * topics + data.topic[places]
    return np.bincount(cell, minlength=2 * topics).reshape(2, topics)


def _field_pairs(data: Slice, before: Ints, sightings: Ints) -> tuple[FieldPair, ...]:
    size = len(data.fields)
    pairs, counts = np.unique(data.field[before[sightings]] * size + data.field[sightings], return_counts=True)
    return tuple(
        FieldPair(data.fields[pair // size], data.fields[pair % size], count)
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
    )
