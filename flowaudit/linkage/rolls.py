"""Rolls: topics that name each of their people once, before anybody else does. Whoever names them refers to the roll.

What a foreign key is in a database at rest (each value of the child's is one of the parent's, which has it once) is in
a stream that, and its order: inclusion and uniqueness are what finders of foreign keys go by (HoPF, VLDB 2019; Motl and
Kordík, ITAT 2017). No delay says anything here, for people come back when they like.
"""

from __future__ import annotations

import numpy as np

from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.parents import Chosen
from flowaudit.linkage.sums import Masks, RowSum

_NEARLY_ALL = 0.8
_TOLD_AGAIN = 0.05
_MIN_RECORDS = 10


def enrolled(rows: RowSum, people: Masks, topic: int, pair: PairEvidence) -> Chosen | None:
    """The names (marked in `people`) of fields that refer to a topic, if it is a roll of them; else None.

    Nearly every record that has the field names somebody whom this topic named first, and it names nobody again.
    """
    if int(pair.entity.following.sum()) > _TOLD_AGAIN * int(pair.entity.preceding.sum()):
        return None
    first = rows.first[:, topic] & rows.own[:, topic] & people
    explains = np.zeros_like(people)
    for bit in rows.bits:
        named = rows.records(rows.present & bit)
        if rows.records(first & bit) >= max(_NEARLY_ALL * named, _MIN_RECORDS):
            explains |= first & bit
    return Chosen(topic, explains, None, ()) if explains.any() else None
