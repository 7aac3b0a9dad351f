"""Little of the child, and nearly all that the parent has: a flow only where it comes out quickly or regularly."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.linkage.made_runs import Sighting
from tests.unit.linkage.test_infer import drawn, people


def ordered(least_ms: int, most_ms: int) -> list[Sighting]:
    """A busy device answers a hundred orders, each after another while, evenly on a logarithmic axis."""
    rng = np.random.default_rng(10)
    ats, whom = np.sort(rng.integers(0, 200_000, 2_000)).tolist(), rng.integers(0, 300, 2_000).tolist()
    ordered_ats, ordered = np.sort(rng.integers(0, 170_000, 100)).tolist(), rng.integers(0, 300, 100).tolist()
    lags = np.exp(rng.uniform(np.log(least_ms), np.log(most_ms), 100)).astype(int).tolist()
    answers = [(at + lag, person) for at, lag, person in zip(ordered_ats, lags, ordered, strict=True)]
    seen = sorted([*zip(ats, whom, strict=True), *answers])
    made = people("orders", ordered_ats, ordered)
    made += people("trains", np.sort(rng.integers(0, 200_000, 3_000)).tolist(), rng.integers(0, 300, 3_000).tolist())
    return [*made, *people("doors", [at for at, _ in seen], [person for _, person in seen])]


@pytest.mark.parametrize(
    ("lags_ms", "is_flow"),
    [
        pytest.param((20, 1_500), True, id="quickly"),
        pytest.param((5_000, 5_900), True, id="regularly"),
        pytest.param((2_500, 30_000), False, id="neither"),
    ],
)
def test_a_thin_flow_is_quick_or_regular(lags_ms: tuple[int, int], is_flow: bool) -> None:
    assert set(drawn(ordered(*lags_ms))) == ({("orders", "doors")} if is_flow else set())
