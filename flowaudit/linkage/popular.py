"""Popular values: constants, operators, test cards. They match everything at every lag and reverse edges."""

from __future__ import annotations

import numpy as np

from flowaudit.linkage.slice import Bools, Ints, Slice


def popular(data: Slice, share: float, more_than_records: int) -> Bools:
    """Which sightings are of a token that fills more than `share` of some topic's records (and enough of them).

    Measured as the single largest gain on real clients, before any statistics. A topic's records are counted by the
    offsets that the slice spans, so the answer does not depend on how many of them the sample kept.
    """
    if not len(data):
        return np.zeros(0, dtype=bool)
    order = np.lexsort((data.record, data.topic, data.token))
    token, topic, record = data.token[order], data.topic[order], data.record[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (token[1:] != token[:-1]) | (record[1:] != record[:-1])
    pairs, counts = np.unique(token[new] * len(data.topics) + topic[new], return_counts=True)
    records = _spanned_records(data)
    too_often = (counts > more_than_records) & (counts > share * records[pairs % len(data.topics)])
    marked = np.zeros(int(data.token[-1]) + 1, dtype=bool)
    marked[pairs[too_often] // len(data.topics)] = True
    return np.asarray(marked[data.token], dtype=bool)


def _spanned_records(data: Slice) -> Ints:
    """Per topic: offsets between the first and the last sighting of each partition, summed."""
    order = np.lexsort((data.offset, data.partition, data.topic))
    topic, partition, offset = data.topic[order], data.partition[order], data.offset[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (topic[1:] != topic[:-1]) | (partition[1:] != partition[:-1])
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(order)) - 1
    spans = offset[ends] - offset[starts] + 1
    return np.bincount(topic[starts], weights=spans, minlength=len(data.topics)).astype(np.int64)
