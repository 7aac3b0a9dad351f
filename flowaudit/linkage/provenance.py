"""Sole provenance: identifiers that were seen before in one other topic only, and there first, came from it.

A table has no lag to speak of: a name that was written down minutes ago is looked up now. What it has is names that
nobody else carries.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flowaudit.linkage.parents import Chosen
from flowaudit.linkage.sums import Masks, RowSum

_MIN_RECORDS = 25
_SOLE_SHARE = 0.8
_FIRST_SHARE = 0.9
_KNOWN_SHARE = 0.9
"""Of a field's sightings so many must have been seen before: two topics that share people meet them in turn."""


def sole_parents(rows: RowSum, wanted: Masks, candidates: Sequence[int], chosen: Sequence[int]) -> list[Chosen]:
    """Parents for fields whose identifiers (marked in `wanted`) only one of the candidates had before."""
    named = rows.seen & rows.own
    found: dict[int, Masks] = {}
    for number in range(len(rows.fields)):
        bit = np.uint64(1) << np.uint64(number)
        source = _sole_source(rows, named, wanted, bit)
        if source in candidates and source not in chosen:
            explains = named[:, source] & wanted & bit
            found[source] = found.get(source, np.zeros_like(wanted)) | explains
    return [Chosen(source, explains, None, ()) for source, explains in sorted(found.items())]


def _sole_source(rows: RowSum, named: Masks, wanted: Masks, bit: np.uint64) -> int:
    """The topic that alone had this field's identifiers before, and had them first; -1 when there is none."""
    known = (wanted & bit) != 0
    records = float(rows.weight[known].sum())
    present = float(rows.weight[(rows.present & bit) != 0].sum())
    if records < max(_MIN_RECORDS, _KNOWN_SHARE * present):
        return -1
    had = (named[known] & bit) != 0
    weight = rows.weight[known]
    sole = had & (had.sum(axis=1) == 1)[:, None]
    share = weight @ sole
    source = int(np.argmax(share)) if share.size else -1
    if source < 0 or share[source] < _SOLE_SHARE * records:
        return -1
    first = float(weight[sole[:, source] & ((rows.first[known, source] & bit) != 0)].sum())
    return source if first >= _FIRST_SHARE * share[source] else -1
