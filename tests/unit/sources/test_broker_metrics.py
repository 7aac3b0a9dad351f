"""Pages of broker metrics, and what egress says about readers that nobody knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.sources.broker_metrics.decode import PageUndecodable, bytes_by_topic
from flowaudit.sources.broker_metrics.estimate import Estimate, Sample, TopicReading, began_anew, estimate

SERIES = "kafka_server_brokertopicmetrics_bytesout_total"
STEPS = 10
RECORDS, SIZE = 100, 50


def test_only_the_series_counts_and_its_topics_add_up() -> None:
    page = f"""# TYPE {SERIES} counter
{SERIES} 99
{SERIES}{{topic="a.b",}} 1.5E3
{SERIES}{{topic="a.b",cluster="x"}} 500
{SERIES}{{topic="c"}} NaN
{SERIES}_created{{topic="c"}} 7
other{{broken
"""
    assert bytes_by_topic(page.encode(), SERIES) == {"a.b": 2_000}


@pytest.mark.parametrize("page", [b"\xff", f'{SERIES}{{topic="a'.encode(), f'{SERIES}{{topic="a"}} many'.encode()])
def test_a_damaged_page_is_one_error(page: bytes) -> None:
    with pytest.raises(PageUndecodable):
        bytes_by_topic(page, SERIES)


def window(
    readers: int = 1,
    unknown: float = 0,
    *,
    lag: tuple[int, ...] = (0,),
    old: int = 0,
    own_bytes: int = 0,
    burst: int = 0,
    unmeasured: bool = False,
) -> list[Sample]:
    """Ten steps of a topic that each known reader reads as it grows, one of them `lag` records behind in commits."""
    samples = []
    for step in range(STEPS + 1):
        written = 1_000 + step * RECORDS
        committed = {f"g{i}": written - (lag[step % len(lag)] if i == 0 else 0) for i in range(readers)}
        if old:
            committed["late"] = step * old
        served = (
            step * RECORDS * SIZE * (readers + unknown)
            + step * old * SIZE
            + step * own_bytes
            + (burst if step > STEPS // 2 else 0)
        )
        reading = TopicReading(written, committed, step * own_bytes, has_unmeasured_readers=unmeasured)
        samples.append(Sample(step * 1_000, 10**9 + int(served), 5 * 10**8 + step * RECORDS * SIZE, reading))
    return samples


def excess(result: Estimate) -> int:
    return result.served_bytes - result.accounted_bytes - result.error_bytes


@given(st.integers(1, 5), st.lists(st.integers(0, RECORDS), min_size=1, max_size=4).map(tuple))
def test_known_readers_account_for_everything_however_their_commits_lag(readers: int, lag: tuple[int, ...]) -> None:
    assert excess(estimate(window(readers, lag=lag))) <= 0


@given(st.integers(0, 3))
def test_one_reader_more_shows(readers: int) -> None:
    result = estimate(window(readers, unknown=1))
    assert excess(result) > 0
    assert result.served_bytes - result.accounted_bytes == pytest.approx(STEPS * RECORDS * SIZE, rel=0.01)


def test_a_reader_of_the_whole_window_shows_behind_lagging_commits() -> None:
    assert excess(estimate(window(2, unknown=1, lag=(0, 20, 5)))) > 0


def test_one_burst_such_as_a_group_set_back_is_no_reader() -> None:
    assert excess(estimate(window(burst=40 * RECORDS * SIZE))) <= 0


def test_a_group_that_catches_up_makes_the_estimate_vague_and_accuses_nobody() -> None:
    result = estimate(window(old=300))
    assert excess(result) <= 0
    assert result.error_bytes > 0.25 * result.served_bytes


def test_what_the_auditor_fetched_itself_is_accounted_for() -> None:
    assert excess(estimate(window(own_bytes=4_000))) <= 0


def test_a_reader_whose_progress_nobody_knows_decides_nothing() -> None:
    result = estimate(window(unknown=3, unmeasured=True))
    assert (result.accounted_bytes, result.error_bytes) == (0, result.served_bytes)


def test_progress_without_new_records_has_no_size() -> None:
    samples = [Sample(i, i * 10, 0, TopicReading(100, {"g": i})) for i in range(3)]
    assert estimate(samples).error_bytes == 20


def test_a_topic_that_served_nothing_has_no_reader_at_all() -> None:
    samples = [Sample(i, 5, i * 100, TopicReading(i * 10, {"g": 3})) for i in range(3)]
    assert estimate(samples) == Estimate(2, 0, 0, 0)


def test_a_broker_or_a_topic_that_began_anew_is_noticed() -> None:
    before = Sample(0, 10, 10, TopicReading(10))
    assert began_anew(before, Sample(1, 9, 10, TopicReading(10)))
    assert began_anew(before, Sample(1, 10, 10, TopicReading(3)))
    assert not began_anew(before, Sample(1, 10, 10, TopicReading(10)))
