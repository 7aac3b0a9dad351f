"""LSH Ensemble (Zhu, Nargesian, Pu, Miller: "LSH Ensemble: Internet-Scale Domain Search", VLDB 2016), by datasketch.

The field's way of finding columns that are contained in another one. Columns are the domains: a downstream column that
is contained in an upstream one is what a foreign key or a filtered copy looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from benchmarks.linkage.baselines.leaves import Columns, Pair, Record, columns_of, is_first

_PERMUTATIONS: Final = 128
_PARTITIONS: Final = 8
_LEAST_VALUES: Final = 10
"""A column of fewer distinct values is contained in many by chance."""


def containment(records: Sequence[Record]) -> Callable[[float], set[Pair]]:
    """A threshold to pairs of topics: a column of one is so far contained in one that held its values first.

    Raises:
        ImportError: datasketch is not installed.
    """
    columns = {key: column for key, column in columns_of(records).items() if len(column) >= _LEAST_VALUES}
    sketches = _sketches(columns)
    return lambda threshold: _contained(columns, sketches, threshold) if columns else set()


def _contained(columns: Columns, sketches: Mapping[Pair, object], threshold: float) -> set[Pair]:
    from datasketch import MinHashLSHEnsemble  # noqa: PLC0415 - of the extra `benchmarks`

    index = MinHashLSHEnsemble(threshold=threshold, num_perm=_PERMUTATIONS, num_part=_PARTITIONS)
    index.index((key, sketch, len(columns[key])) for key, sketch in sketches.items())
    return {
        (holder[0], held[0])
        for held, sketch in sketches.items()
        for holder in index.query(sketch, len(columns[held]))
        if holder[0] != held[0] and _flows(columns, holder, held)
    }


def _sketches(columns: Columns) -> dict[Pair, object]:
    from datasketch import MinHash  # noqa: PLC0415 - as above

    keys = sorted(columns)
    domains = ([value.encode() for value in sorted(columns[key])] for key in keys)
    return dict(zip(keys, MinHash.bulk(domains, num_perm=_PERMUTATIONS, seed=1), strict=True))


def _flows(columns: Columns, holder: Pair, held: Pair) -> bool:
    upstream, downstream = columns[holder], columns[held]
    return is_first(upstream, downstream, upstream.keys() & downstream.keys())
