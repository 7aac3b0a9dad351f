"""Batches and windows come many at once; people, and whatever chance brings, one by one."""

from __future__ import annotations

import numpy as np

from flowaudit.linkage.bursts import burst_starts, in_bursts

_BATCHES = np.array([10_000 * batch + record for batch in range(12) for record in range(0, 400, 8)], dtype=np.int64)
_PAIRS = np.array([1_000 * number + twin for number in range(200) for twin in (0, 1)], dtype=np.int64)


def test_records_by_chance_are_in_no_bursts() -> None:
    by_chance = np.random.default_rng(1).integers(0, 10**7, 5_000)
    assert in_bursts(by_chance) < 0.02
    assert len(burst_starts(by_chance)) == 0


def test_records_of_batches_are_in_bursts_and_so_are_the_two_ends_of_a_pair() -> None:
    assert in_bursts(_BATCHES) > 0.9
    assert in_bursts(_PAIRS) > 0.9


def test_a_few_records_are_no_burst() -> None:
    assert in_bursts(_PAIRS[:19]) == 0.0
    assert in_bursts(_PAIRS[:20]) > 0.9


def test_each_burst_begins_after_a_pause_however_uneven_it_is_inside() -> None:
    uneven = np.array([at + (at % 400 > 200) * 300 for at in _BATCHES.tolist()], dtype=np.int64)
    shuffled = np.random.default_rng(2).permutation(uneven)
    assert burst_starts(shuffled).tolist() == [10_000 * batch for batch in range(12)]
