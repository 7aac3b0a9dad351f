"""Facts of linkage, summed: one `PairSum` for each ordered pair of topics, one `RowSum` for each downstream topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import IdentifierKind, PairObserved, RowsObserved
from flowaudit.linkage.bins import BINS, padded
from flowaudit.linkage.sampling import draw

Masks = NDArray[np.uint64]
_MASK_BITS = 64
_LAST_BIT = 63
_MINTING_SHARE = 0.8
_MOST_ROWS = 5_000
"""Rows of one kind of quoting that are worth looking at, however long the audit has run."""


def _empty() -> NDArray[np.int64]:
    return np.zeros(BINS, dtype=np.int64)


@dataclass(slots=True)
class PairSum:
    """All that was counted for one kind of identifier from one topic to another."""

    preceding: NDArray[np.int64] = field(default_factory=_empty)
    following: NDArray[np.int64] = field(default_factory=_empty)
    shifted: NDArray[np.int64] = field(default_factory=_empty)
    fields: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    first_ms: int = -1
    last_ms: int = -1
    counted: int = 0

    def add(self, fact: PairObserved) -> None:
        """Add what one fact counted."""
        self.preceding += padded(fact.preceding)
        self.following += padded(fact.following)
        self.shifted += padded(fact.shifted)
        self.counted += fact.counted
        for pair in fact.fields:
            self.fields[pair.upstream_path, pair.downstream_path] += pair.sightings
        if fact.first_ms >= 0:
            self.first_ms = fact.first_ms if self.first_ms < 0 else min(self.first_ms, fact.first_ms)
            self.last_ms = max(self.last_ms, fact.last_ms)


@dataclass(frozen=True, slots=True)
class PairKey:
    """Which pair a sum is about."""

    upstream: str
    downstream: str
    identifiers: IdentifierKind


@dataclass(frozen=True, slots=True)
class RowSum:
    """The sampled records of one downstream topic. Masks: bit i stands for `fields[i]`."""

    downstream: str
    fields: tuple[str, ...]
    upstreams: tuple[str, ...]
    time_ms: NDArray[np.int64]
    weight: NDArray[np.float64]
    present: Masks
    instance: Masks
    known: Masks
    lag_ms: NDArray[np.int64]
    """[row, upstream]; -1 where the upstream topic carried none of the row's identifiers before."""
    mask: Masks
    """[row, upstream]: fields that the one best upstream record carries."""
    seen: Masks
    """[row, upstream]: fields that any earlier upstream record carried."""
    first: Masks
    """[row, upstream]: those of `seen` that no topic carried earlier."""
    own: Masks
    """[row, upstream]: those of `seen` that the upstream topic carried under the same name."""
    mints: frozenset[int]
    """Upstream topics nearly all of whose records carry an identifier of their own."""

    @property
    def people(self) -> Masks:
        """Known identifiers that return: of people, places, things."""
        return self.known & ~self.instance

    @property
    def bits(self) -> list[np.uint64]:
        """The bit of each field in a mask, in their order; fields beyond the 64th have none."""
        return [np.uint64(1) << np.uint64(number) for number in range(min(len(self.fields), _MASK_BITS))]

    def seen_in(self, topics: Iterable[int]) -> Masks:
        """Identifiers that any of these topics carried, under whatever name."""
        seen: Masks = np.bitwise_or.reduce(self.seen[:, list(topics)], axis=1, initial=np.uint64(0))
        return seen

    def supplied_by(self, topics: Iterable[int]) -> Masks:
        """Identifiers that any of these topics carried under the same name."""
        mine = list(topics)
        supplied: Masks = np.bitwise_or.reduce(self.seen[:, mine] & self.own[:, mine], axis=1, initial=np.uint64(0))
        return supplied

    def mass(self, masks: Masks, share: NDArray[np.float64] | float = 1.0) -> float:
        """Identifiers that the masks mark, over all records that the rows stand for; `share` weighs each row."""
        return float((np.bitwise_count(masks) * self.weight * share).sum())

    def records(self, masks: Masks) -> float:
        """Records, of all that the rows stand for, in which the masks mark anything."""
        return float(self.weight[masks != 0].sum())


def sum_pairs(facts: Iterable[PairObserved]) -> dict[PairKey, PairSum]:
    """Sum the histograms: every distinct fact of a pair counts once, however often it is told."""
    sums: dict[PairKey, PairSum] = defaultdict(PairSum)
    for fact in dict.fromkeys(facts):
        sums[PairKey(fact.upstream, fact.downstream, fact.identifiers)].add(fact)
    return dict(sums)


def sum_rows(facts: Iterable[RowsObserved]) -> list[RowSum]:
    """Merge the rows, one sum a downstream topic, in alphabetical order. The latest telling of a bucket stands."""
    latest: dict[tuple[str, int, int], RowsObserved] = {}
    for fact in facts:
        key = (fact.downstream, fact.bucket_ms, fact.shard)
        held = latest.get(key)
        if held is None or held.provenance.observed_ms < fact.provenance.observed_ms:
            latest[key] = fact
    by_topic: dict[str, list[RowsObserved]] = defaultdict(list)
    for key in sorted(latest):
        by_topic[key[0]].append(latest[key])
    tables = [_merge(topic, batch) for topic, batch in sorted(by_topic.items())]
    minting = {table.downstream for table in tables if _mints(table)}
    return [
        replace(table, mints=frozenset(n for n, name in enumerate(table.upstreams) if name in minting))
        for table in tables
    ]


def _mints(table: RowSum) -> bool:
    own = (table.instance & ~table.known) != 0
    return float(table.weight[own].sum()) >= _MINTING_SHARE * float(table.weight.sum())


def _merge(downstream: str, batch: list[RowsObserved]) -> RowSum:
    fields = tuple(sorted({path for fact in batch for path in fact.fields}))
    rows = np.concatenate([fact.row_table() for fact in batch])
    starts = np.cumsum([0] + [len(fact.row_table()) for fact in batch])
    place = {path: min(number, _LAST_BIT) for number, path in enumerate(fields)}
    for start, fact in zip(starts, batch, strict=False):
        bits = [place[path] for path in fact.fields]
        for name in ("present", "instance", "known"):
            part = rows[name][start : start + len(fact.row_table())]
            part[:] = _translate(part, bits)
    _, one, inverse = np.unique(rows[["partition", "offset"]], return_index=True, return_inverse=True)
    upstreams = tuple(sorted({name for fact in batch for name in fact.upstreams}))
    parents = _Parents.empty(len(one), len(upstreams))
    for start, fact in zip(starts, batch, strict=False):
        table = fact.parent_table()
        bits = [place[path] for path in fact.fields]
        topics = np.array([upstreams.index(name) for name in fact.upstreams], dtype=np.int64)
        parents.add(table, inverse[start + table["row"]], topics[table["upstream"]], bits)
    known, instance = _joined(rows["known"], inverse, len(one)), _joined(rows["instance"], inverse, len(one))
    alike = np.zeros(len(one), dtype=np.int64)
    keep, share = draw(alike, known & instance, rows["rank"][one], _MOST_ROWS)
    return RowSum(
        downstream=downstream,
        fields=fields,
        upstreams=upstreams,
        time_ms=rows["timestamp_ms"][one][keep].astype(np.int64),
        weight=(_greatest(rows["weight"], inverse, len(one)) * share)[keep],
        present=_joined(rows["present"], inverse, len(one))[keep],
        instance=instance[keep],
        known=known[keep],
        lag_ms=parents.lag_ms[keep],
        mask=parents.mask[keep],
        seen=parents.seen[keep],
        first=parents.first[keep],
        own=parents.own[keep],
        mints=frozenset(),
    )


@dataclass(frozen=True, slots=True)
class _Parents:
    lag_ms: NDArray[np.int64]
    mask: Masks
    seen: Masks
    first: Masks
    own: Masks

    @classmethod
    def empty(cls, rows: int, topics: int) -> _Parents:
        masks = [np.zeros((rows, topics), dtype=np.uint64) for _ in range(4)]
        return cls(np.full((rows, topics), -1, dtype=np.int64), *masks)

    def add(self, table: NDArray[np.void], row: NDArray[np.int64], topic: NDArray[np.int64], bits: list[int]) -> None:
        """Merge one batch. Of two shards' upstream records the one that carries more stays, then the later one."""
        mask = _translate(table["mask"], bits)
        more = np.bitwise_count(mask) > np.bitwise_count(self.mask[row, topic])
        equal = np.bitwise_count(mask) == np.bitwise_count(self.mask[row, topic])
        held = self.lag_ms[row, topic]
        better = (held < 0) | more | (equal & (table["lag_ms"] < held))
        self.lag_ms[row[better], topic[better]] = table["lag_ms"][better]
        self.mask[row[better], topic[better]] = mask[better]
        self.seen[row, topic] |= _translate(table["seen"], bits)
        self.first[row, topic] |= _translate(table["first"], bits)
        self.own[row, topic] |= _translate(table["own"], bits)


def _translate(masks: Masks, bits: list[int]) -> Masks:
    """Masks whose bit i means field `bits[i]` of the sum."""
    out = np.zeros(len(masks), dtype=np.uint64)
    for old, new in enumerate(bits):
        out |= ((masks >> np.uint64(old)) & np.uint64(1)) << np.uint64(new)
    return out


def _joined(masks: Masks, inverse: NDArray[np.int64], size: int) -> Masks:
    out = np.zeros(size, dtype=np.uint64)
    np.bitwise_or.at(out, inverse, masks)
    return out


def _greatest(values: NDArray[np.float32], inverse: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    out = np.zeros(size, dtype=np.float64)
    np.maximum.at(out, inverse, values.astype(np.float64))
    return out
