"""A burst costs identifiers for as long as it lasts, and what is counted stays fair all the while."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import BucketsClosed, Channel, Fact, PairObserved, Provenance, SightingRun
from flowaudit.linkage.kept_share import KeptShare, token_limit
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow
from tests.unit.linkage.made_runs import START_MS, Sighting, runs

WINDOW_MS = 5_000
ROOMY = LinkageSettings(window_ms=WINDOW_MS, bucket_ms=WINDOW_MS)
TIGHT = LinkageSettings(window_ms=WINDOW_MS, bucket_ms=WINDOW_MS, max_sightings=1_500)
BURST_S = range(30, 45)
LENGTH_S = 110


def seconds(seed: int) -> list[list[SightingRun]]:
    """People and events that go from topic to topic: 15 of them a second, 200 while the burst lasts."""
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 2**64, 400, dtype=np.uint64)
    by_second: dict[int, list[Sighting]] = defaultdict(list)
    offset = 0
    for second in range(LENGTH_S):
        for _ in range(200 if second in BURST_S else 15):
            offset += 1
            at_ms = 1000 * second + int(rng.integers(0, 1000))
            event, person = int(rng.integers(0, 2**64, dtype=np.uint64)), int(rng.choice(people))
            for topic, lag_ms in (("a", 0), ("b", int(rng.integers(20, 2_500)))):
                seen = [
                    Sighting(topic, offset, at_ms + lag_ms, event, "$.event"),
                    Sighting(topic, offset, at_ms + lag_ms, person, "$.person", instance=False),
                ]
                by_second[(at_ms + lag_ms) // 1000] += seen
    return [runs(by_second[second]) for second in range(LENGTH_S)]


def below(batch: Iterable[SightingRun], share: float) -> list[SightingRun]:
    limit = token_limit(share)
    if limit is None:
        return list(batch)
    tables = [(run, run.table()) for run in batch]
    return [msgspec.structs.replace(run, rows=rows[rows["token"] < np.uint64(limit)].tobytes()) for run, rows in tables]


def counted(facts: Iterable[Fact]) -> list[PairObserved]:
    told_alike = Provenance(Channel.LINKAGE, 0, "")
    return [msgspec.structs.replace(fact, provenance=told_alike) for fact in facts if isinstance(fact, PairObserved)]


def counts_of(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if not isinstance(fact, BucketsClosed)]


def share_of(facts: Iterable[Fact]) -> float | None:
    told = {float(fact.provenance.reference.rpartition("theta ")[2]) for fact in facts}
    assert len(told) <= 1
    return told.pop() if told else None


@pytest.mark.parametrize("seed", [1, 2])
def test_a_bucket_says_what_its_tokens_alone_say_through_burst_and_recovery(seed: int) -> None:
    tight = LinkageWindow(TIGHT)
    alone = {0.5**n: LinkageWindow(ROOMY) for n in range(8)}
    shares: list[float] = []
    for second, batch in enumerate(seconds(seed)):
        for run in batch:
            tight.add(run)
        for share, window in alone.items():
            for run in below(batch, share):
                window.add(run)
        watermark_ms = START_MS + 1000 * (second + 1)
        for ask in (lambda window, at_ms=watermark_ms: window.close(at_ms), LinkageWindow.provisional):
            told = counts_of(ask(tight))
            expected = {share: counts_of(ask(window)) for share, window in alone.items()}
            used = share_of(told)
            if used is not None:
                assert counted(told) == counted(expected[used])
                shares.append(used)
    assert shares[0] == 1.0
    assert min(shares) <= 0.25
    assert tight.theta == 1.0
    assert shares[-1] == 1.0


def test_a_load_that_stays_is_halved_once_and_not_again_and_again() -> None:
    window = LinkageWindow(TIGHT)
    thetas = []
    rng = np.random.default_rng(3)
    for second in range(120):
        tokens = rng.integers(0, 2**64, 150, dtype=np.uint64).tolist()
        for run in runs([Sighting("a", 150 * second + n, 1000 * second, token) for n, token in enumerate(tokens)]):
            window.add(run)
        window.close(START_MS + 1000 * second)
        thetas.append(window.theta)
    assert thetas[0] == 1.0
    assert set(thetas[30:]) == {0.5}


def test_older_sightings_are_held_against_newer_ones_at_their_own_share() -> None:
    kept = KeptShare()
    for _ in range(3):
        kept.halve()
    kept.rise(held_since_ms=100, latest_ms=500, filled=0.13)
    assert (kept.newest, kept.over(501), kept.over(500)) == (0.25, 0.25, 0.125)
    kept.rise(held_since_ms=400, latest_ms=900, filled=0.0)
    assert kept.newest == 0.25
    kept.rise(held_since_ms=501, latest_ms=900, filled=0.0)
    assert (kept.newest, kept.over(900), kept.over(901)) == (1.0, 0.25, 1.0)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 50), st.floats(0, 1)), max_size=60))
def test_the_share_stays_between_nothing_and_all_and_no_older_one_is_larger(
    steps: list[tuple[bool, int, float]],
) -> None:
    kept, now_ms = KeptShare(), 0
    for is_full, passed_ms, filled in steps:
        now_ms += passed_ms
        if is_full:
            kept.halve()
        else:
            kept.rise(now_ms - 60, now_ms, filled)
        assert 0 < kept.over(0) <= kept.over(now_ms) <= kept.over(now_ms + 1) == kept.newest <= 1
