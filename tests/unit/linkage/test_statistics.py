from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from flowaudit.linkage.bins import BINS, bin_of, entropy_bits, lower_edge_ms, padded, quantile_ms, trimmed
from flowaudit.linkage.statistics import (
    benjamini_hochberg,
    binomial_tail,
    caused_share,
    rank_correlation,
    scan_p_value,
)


def histogram(**counts: int) -> NDArray[np.int64]:
    out = np.zeros(BINS, dtype=np.int64)
    for name, count in counts.items():
        out[int(name[1:])] = count
    return out


@given(st.integers(1, 60), st.data())
def test_the_binomial_tail_is_the_sum_of_its_terms(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    exact = sum(comb(trials, k) for k in range(successes, trials + 1)) / 2**trials
    assert binomial_tail(successes, trials) == pytest.approx(exact, rel=1e-9)


def test_the_binomial_tail_of_very_many_trials_is_that_of_the_normal_distribution() -> None:
    # 3 standard deviations above the mean: 1.35e-3.
    assert binomial_tail(500_000 + 1_500, 1_000_000) == pytest.approx(1.35e-3, rel=0.02)


def test_adjusted_p_values_are_those_of_the_textbook() -> None:
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusting_never_makes_a_p_value_smaller_and_keeps_their_order(p_values: list[float]) -> None:
    q_values = benjamini_hochberg(p_values)
    assert all(q >= p - 1e-12 for p, q in zip(p_values, q_values, strict=True))
    assert [q for _, q in sorted(zip(p_values, q_values, strict=True))] == sorted(q_values)


def test_the_scan_finds_a_spike_that_the_null_lacks() -> None:
    rng = np.random.default_rng(1)
    background = rng.poisson(20, BINS)
    assert scan_p_value(background + histogram(b20=60), rng.poisson(20, BINS)) < 1e-4


def test_the_scan_finds_nothing_in_chance() -> None:
    rng = np.random.default_rng(2)
    p_values = [scan_p_value(rng.poisson(8, BINS), rng.poisson(8, BINS)) for _ in range(200)]
    assert sum(p <= 0.01 for p in p_values) <= 4


def test_a_handful_of_sightings_proves_nothing() -> None:
    assert scan_p_value(histogram(b10=4), histogram()) == 1.0


def test_what_neither_null_model_explains_counts_as_caused() -> None:
    caused = caused_share(histogram(b10=100, b30=50), histogram(b30=50), histogram(b10=5))
    assert caused[10] > 0.9
    assert caused[30] == 0


@given(st.lists(st.integers(-50, 50), min_size=3, max_size=40, unique=True))
def test_ranks_that_rise_together_correlate_fully(values: list[int]) -> None:
    x = np.array(values, dtype=np.float64)
    assert rank_correlation(x, x**3) == pytest.approx(1)
    assert rank_correlation(x, -x) == pytest.approx(-1)


def test_what_does_not_vary_correlates_with_nothing() -> None:
    assert rank_correlation(np.ones(9), np.arange(9.0)) == 0


@given(st.integers(1, 2**21))
def test_every_lag_lies_in_its_bin(lag_ms: int) -> None:
    index = int(bin_of(np.array([lag_ms]))[0])
    assert lower_edge_ms(index) <= lag_ms * (1 + 1e-6)
    assert lag_ms < lower_edge_ms(index + 1) * (1 + 1e-6)


@given(st.lists(st.integers(0, 1000), min_size=BINS, max_size=BINS))
def test_a_histogram_survives_being_trimmed(counts: list[int]) -> None:
    full = np.array(counts, dtype=np.int64)
    assert (padded(trimmed(full)) == full).all()


def test_quantiles_lie_where_the_mass_is() -> None:
    counts = histogram(b30=100).astype(np.float64)
    assert lower_edge_ms(30) <= quantile_ms(counts, 0.5) <= lower_edge_ms(31)
    assert quantile_ms(np.zeros(BINS), 0.5) == 0


def test_a_constant_delay_has_no_entropy_and_an_even_one_the_most() -> None:
    assert entropy_bits(histogram(b7=50).astype(np.float64)) == 0
    assert entropy_bits(np.ones(BINS)) == pytest.approx(np.log2(BINS))
