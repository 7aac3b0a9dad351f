"""Looked-up names: where a child calls somebody by a name that its parents do not have, it looked the name up.

A table has no lag to speak of: what was written down minutes ago is looked up now. What it has are records that hold
both names, the one that is looked up and the one to look it up by; or names that nobody else carries at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from flowaudit.linkage.parents import Chosen
from flowaudit.linkage.sums import Masks, RowSum

_MIN_RECORDS = 25
_MIN_SHARE = 0.08
_SHARE = 0.8
_FIRST_SHARE = 0.3
_RIVALS_SHARE = 0.3


def tables_among(rows: RowSum, people: Masks, chosen: Sequence[int], others: Sequence[int]) -> list[int]:
    """Those chosen parents that are tables: the names which they alone supply were seen there before anywhere else.

    `others` supply names, too. Where nobody else does anything, no parent is a table: something must have asked it.
    """
    named = rows.seen & rows.own
    found = []
    for table in chosen:
        rest = [n for n in (*chosen, *others) if n != table]
        missing = people & ~rows.supplied_by(rest)
        if rest and rows.records(_first_here(rows, named, missing, table)) >= _MIN_RECORDS:
            found.append(table)
    return found


def looked_up(
    rows: RowSum, people: Masks, candidates: Sequence[int], chosen: Sequence[int], quiet: Collection[int]
) -> list[Chosen]:
    """Tables among the candidates that supply names (marked in `people`) which no chosen parent carries so.

    A table's record holds such a name beside one that a chosen parent supplies; or it is the only one that had the
    name before; or, of the `quiet` ones, from which hardly anything comes out soon after, the first one that had it.
    """
    supplied = rows.supplied_by(chosen)
    missing = people & ~supplied
    found: list[Chosen] = []
    while len(found) < len(rows.fields):
        best = _best_table(rows, missing, supplied, [n for n in candidates if n not in chosen], quiet)
        if best is None:
            break
        found.append(best)
        missing &= ~best.explains
        chosen = [*chosen, best.upstream]
    return found


def _best_table(
    rows: RowSum, missing: Masks, supplied: Masks, candidates: Sequence[int], quiet: Collection[int]
) -> Chosen | None:
    named = rows.seen & rows.own
    best: Chosen | None = None
    most = max(_MIN_RECORDS, _MIN_SHARE * float(rows.weight.sum()))
    for table in candidates:
        in_one_record = rows.mask[:, table] & rows.own[:, table]
        translates = (in_one_record & missing != 0) & (in_one_record & supplied != 0)
        explains = np.where(translates, in_one_record & missing, np.uint64(0))
        explains |= _only_here(rows, named, missing, table)
        if table in quiet:
            explains |= _first_here(rows, named, missing, table)
        records = rows.records(explains)
        if records > most:
            best, most = Chosen(table, explains, None, ()), records
    return best


def _only_here(rows: RowSum, named: Masks, missing: Masks, table: int) -> Masks:
    """Missing names of fields that were seen before in this topic, and nearly never in any other."""
    others = np.bitwise_or.reduce(np.delete(named, table, axis=1), axis=1, initial=np.uint64(0))
    only = np.zeros_like(missing)
    for bit in rows.bits:
        here = (named[:, table] & missing & bit) != 0
        alone = here & ((others & bit) == 0)
        if float(rows.weight[alone].sum()) >= _SHARE * max(float(rows.weight[here].sum()), _MIN_RECORDS):
            only |= np.where(here, bit, np.uint64(0))
    return only


def _first_here(rows: RowSum, named: Masks, missing: Masks, table: int) -> Masks:
    """Missing names of fields that this topic had before all others: they carry them now, and took them from it."""
    first = rows.first & named
    firsts = np.zeros_like(missing)
    for bit in rows.bits:
        here = np.where(missing & named[:, table] & bit != 0, bit, np.uint64(0))
        by_topic = [rows.records(first[:, topic] & here) for topic in range(len(rows.upstreams))]
        mine = by_topic.pop(table)
        if (
            mine >= _FIRST_SHARE * max(rows.records(here), _MIN_RECORDS)
            and max(by_topic, default=0) <= _RIVALS_SHARE * mine
        ):
            firsts |= here
    return firsts
