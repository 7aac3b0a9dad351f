"""Clocks: which errors the reading of a topic shows, and what linkage makes of topics whose clocks are wrong."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Channel, OffsetClass, Provenance, RowsObserved, RunAudited, Segment
from flowaudit.linkage.clocks import TopicClocks
from flowaudit.linkage.infer import infer
from flowaudit.linkage.window import LinkageWindow
from tests.unit.linkage.made_runs import START_MS, chain, moved, runs, window_of


def read(topic: str, delays_ms: Iterable[int], every_ms: int = 1_000) -> list[RunAudited]:
    """One run a second, its last record read so long after it says that it was written."""
    return [
        RunAudited(
            Provenance(Channel.LINKAGE, START_MS + every_ms * number + delay, "made for a test"),
            topic,
            "id",
            0,
            (Segment(number, number + 1, OffsetClass.AUDITED),),
            first_timestamp_ms=START_MS + every_ms * number,
            last_timestamp_ms=START_MS + every_ms * number,
        )
        for number, delay in enumerate(delays_ms)
    ]


def stamped_by_broker(told: list[RunAudited]) -> list[RunAudited]:
    return [msgspec.structs.replace(run, is_append_time=True) for run in told]


def clocks_of(*topics: list[RunAudited]) -> TopicClocks:
    clocks = TopicClocks()
    for topic in topics:
        for run in topic:
            clocks.saw(run)
    return clocks


def known(*topics: list[RunAudited]) -> dict[str, int]:
    return clocks_of(*topics).ahead_ms()


def on_time(topic: str = "on time") -> list[RunAudited]:
    """A topic that shows that the tap keeps up."""
    chance = random.Random(topic)
    return read(topic, [chance.randrange(200) for _ in range(200)])


def spread(least_ms: int, width_ms: int, reads: int = 200) -> list[int]:
    chance = random.Random(least_ms)
    return [least_ms + chance.randrange(width_ms) for _ in range(reads)]


@pytest.mark.parametrize("error_ms", [-5_000, -700, 150, 3_000])
def test_a_clock_that_is_wrong_shows_by_how_much(error_ms: int) -> None:
    found = known(read("wrong", spread(-error_ms, 200)), on_time())
    assert found.keys() == {"wrong"}
    assert abs(found["wrong"] - error_ms) <= 10


def test_what_is_read_late_by_a_tap_that_lags_is_no_clock() -> None:
    late = [read(f"late {width_ms}", spread(3_000, width_ms)) for width_ms in (200, 300, 400)]
    assert known(*late) == known(*late, on_time()) == {}
    catching_up = [7_000 - 4 * number + jitter for number, jitter in enumerate(spread(0, 50, 1_500))]
    assert known(read("caught up slowly", catching_up), on_time()) == {}


def test_records_behind_their_reading_are_shifted_only_where_a_clock_may_be_the_reason() -> None:
    assert known(read("event times", spread(12_000, 2_000)), on_time()) == {}
    committed = [msgspec.structs.replace(run, is_transactional=True) for run in read("committed", spread(300, 700))]
    assert known(committed, on_time()) == {}
    assert known(read("passed on", spread(800, 100))) == {}
    ahead = [msgspec.structs.replace(run, is_transactional=True) for run in read("ahead", spread(-3_000, 200))]
    assert known(ahead).keys() == {"ahead"}


def test_a_topic_whose_producers_do_not_agree_is_not_corrected_as_a_whole() -> None:
    for other_ms in (-4_000, -900, 4_000):
        both = [one for pair in zip(spread(0, 200), spread(other_ms, 200), strict=True) for one in pair]
        clocks = clocks_of(read("both", both), on_time())
        assert clocks.ahead_ms() == {}
        assert clocks.partly_ahead_ms().keys() == ({"both"} if other_ms < 0 else set())


def test_old_records_among_them_hide_no_clock() -> None:
    delays_ms = [delay + (number % 3 == 0) * 9_000 for number, delay in enumerate(spread(-3_000, 200))]
    assert known(read("late and twice", delays_ms)).keys() == {"late and twice"}


def test_a_slow_clock_of_the_tap_is_told_by_the_brokers_own() -> None:
    stamped = stamped_by_broker(read("stamped", spread(-3_000, 200)))
    assert known(stamped, read("right", spread(-3_000, 200)), read("right too", spread(-2_950, 200))) == {}
    assert abs(known(stamped, read("wrong", spread(-5_000, 200)))["wrong"] - 2_000) <= 10
    assert abs(known(stamped, read("wrong", spread(-1_000, 200)))["wrong"] + 2_000) <= 10


def test_a_right_clock_needs_no_correction_however_slowly_the_topic_is_read() -> None:
    chance = random.Random(1)
    assert known(read("right", [chance.randrange(200) for _ in range(200)])) == {}
    assert known(read("slowly", [chance.randrange(4_000) for _ in range(100)])) == {}


def test_a_backlog_and_a_few_reads_are_no_clock() -> None:
    chance = random.Random(2)
    backlog = [3_600_000 - 900 * number for number in range(500)]
    assert known(read("backlog", backlog)) == {}
    assert known(read("few", [chance.randrange(200) + 3_000 for _ in range(19)])) == {}
    assert known(read("the ends of many partitions, read at once", range(6_000, 6_100), every_ms=10)) == {}
    assert "caught-up" not in known(read("caught-up", [*backlog, *(chance.randrange(50) for _ in range(30))]))


def test_a_clock_that_was_set_is_soon_right_again_and_forgotten() -> None:
    chance = random.Random(3)
    wrong = [chance.randrange(200) - 3_000 for _ in range(600)]
    right = [chance.randrange(200) for _ in range(10_000)]
    assert abs(known(read("a", wrong))["a"] - 3_000) <= 10
    assert known(read("a", wrong + right[:1_000])) == {}
    assert known(read("a", wrong[:30] + right)) == {}
    assert known(read("rarely", wrong[:30] + right[:45], every_ms=900_000)) == {}
    assert abs(known(read("a", right[:9_000] + wrong))["a"] - 3_000) <= 10


def test_a_timestamp_out_of_this_time_hides_no_clock() -> None:
    chance = random.Random(4)
    wrong = [chance.randrange(200) - 3_000 for _ in range(200)]
    for strange in (10**9, -(10**9)):
        assert known(read("a", [*wrong[:50], strange, *wrong[50:]]))["a"] == known(read("a", wrong))["a"]


def test_the_brokers_own_time_is_never_corrected() -> None:
    for delay_ms in (-3_000, 3_000):
        told = read("a", spread(delay_ms, 200))
        assert known(told, on_time()).keys() == {"a"}
        assert known(stamped_by_broker(told), on_time()).keys() <= {"on time"}
        assert "a" not in known(told[:150] + stamped_by_broker(told[150:]), on_time())


def test_what_is_held_does_not_grow() -> None:
    chance = random.Random(6)
    told = read("a", [chance.randrange(200) for _ in range(5_000)], every_ms=9_000)
    sizes = [held_bytes(told[:count]) for count in (500, 1_000, 5_000)]
    assert max(sizes) <= 1.2 * sizes[0]


def held_bytes(told: list[RunAudited]) -> int:
    return len(pickle.dumps(clocks_of(told)))


_REGIMES = st.lists(st.tuples(st.sampled_from([-3_000, 0, 3_000]), st.integers(1, 60)), min_size=1, max_size=5)


@given(st.randoms(use_true_random=False), _REGIMES, st.sampled_from([1_000, 20_000, 400_000]))
def test_order_and_repetition_change_nothing(
    chance: random.Random, regimes: list[tuple[int, int]], every_ms: int
) -> None:
    delays_ms = [delay_ms for least_ms, reads in regimes for delay_ms in spread(least_ms, 200, reads)]
    told = [*read("a", delays_ms, every_ms), *on_time()[:40]]
    other = [*told, *told[:7]]
    chance.shuffle(other)
    one, two = clocks_of(told), clocks_of(other)
    assert one.ahead_ms() == two.ahead_ms()
    assert one.partly_ahead_ms() == two.partly_ahead_ms()


def drawn(window: LinkageWindow) -> set[tuple[str, str]]:
    return {(edge.upstream, edge.downstream) for edge in infer(window.provisional()).edges}


def test_a_slow_clock_turns_a_chain_around_and_its_correction_turns_it_back() -> None:
    told = chain(400, [60, 80])
    slow = [*(s for s in told if s.topic != "b"), *moved((s for s in told if s.topic == "b"), -3_000)]
    window = window_of(runs(slow))
    assert ("a", "b") not in drawn(window)
    window.correct({"b": -3_000})
    assert drawn(window) == {("a", "b"), ("b", "c")}


def test_corrected_buckets_hold_every_record_once() -> None:
    sightings = chain(400, [60, 80])
    late = window_of(runs(sightings))
    late.correct({"a": 7_000, "c": -7_000})
    whole = late.provisional()
    closed = window_of(runs(sightings))
    closed.correct({"a": 7_000, "c": -7_000})
    buckets = closed.close(START_MS + 10**9)
    assert counted(buckets) == counted(whole) > 0


def counted(facts: Iterable[object]) -> float:
    """Records that the rows stand for."""
    return round(sum(float(fact.row_table()["weight"].sum()) for fact in facts if isinstance(fact, RowsObserved)), 3)
