"""Fewer than k people are not told, however few of them were looked at."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.graph.people_count import LEVEL, Count, People, Sample, fewest_in_sample
from flowaudit.linkage.registers import places, registers_of

THETAS = [0.01, 0.1, 0.3, 1.0]
TRIES = 20_000
NOISE = 5 * (LEVEL / TRIES) ** 0.5


@cache
def _count(sampled: int, theta: float) -> Count:
    tokens = np.random.default_rng(sampled).integers(0, 2**63, sampled, dtype=np.uint64)
    return People({Sample(1, theta): registers_of(*places(tokens))}).count()


def _samples(people: int, theta: float) -> list[int]:
    return list(map(int, np.random.default_rng(people).binomial(people, theta, TRIES)))


@pytest.mark.parametrize("theta", THETAS)
@pytest.mark.parametrize("k", [2, 5, 10, 50])
def test_fewer_than_k_people_are_hardly_ever_told(theta: float, k: int) -> None:
    for people in {1, k // 2, k - 1}:
        told = [_count(sampled, theta).told(k) for sampled in _samples(people, theta)]
        assert np.count_nonzero(told) <= TRIES * (LEVEL + NOISE)


@given(st.sampled_from(THETAS), st.integers(0, 400), st.integers(2, 60))
def test_what_is_told_was_surely_in_the_sample(theta: float, sampled: int, k: int) -> None:
    told = _count(sampled, theta).told(k)
    assert told % k == 0
    if sampled < fewest_in_sample(k, min(theta, 0.999)):
        assert told == 0


@given(st.sampled_from(THETAS), st.integers(2, 60))
def test_many_people_are_told(theta: float, k: int) -> None:
    sampled = int(3 * k * theta) + 20
    assert 0.6 * sampled / theta - k <= _count(sampled, theta).told(k) <= 1.4 * sampled / theta


@pytest.mark.parametrize("theta", [0.01, 0.1, 0.3, 0.9])
@pytest.mark.parametrize("k", [1, 2, 10, 300])
def test_no_more_are_asked_for_than_need_be(theta: float, k: int) -> None:
    fewest, samples = fewest_in_sample(k, theta), np.array(_samples(k - 1, theta))
    assert np.mean(samples >= fewest) <= LEVEL + NOISE
    assert np.mean(samples >= fewest - 1) >= LEVEL - NOISE


def test_without_a_sample_it_is_enough_to_have_seen_k() -> None:
    seen = [_count(people, 1.0) for people in range(40)]
    assert [count.told(10) > 0 for count in seen] == [min(count.people, count.raised) >= 10 for count in seen]
