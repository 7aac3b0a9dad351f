"""Traces through several topics: counted by the records' times, hashed, bounded, told now and then."""

from __future__ import annotations

from itertools import permutations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.sources.headers.traces import LEAST_TRACES, TELL_MS, TraceJoin, TraceLimits

KEY = b"k" * 16


def trace(number: int) -> bytes:
    return number.to_bytes(16)


def pairs(join: TraceJoin, now_ms: int = 0) -> list[tuple[str, str, int, int, int]]:
    return [
        (fact.upstream, fact.downstream, fact.traces, fact.reversed_traces, fact.downstream_traces)
        for fact in join.facts(now_ms)
    ]


def walk(join: TraceJoin, topics: str, numbers: range, now_ms: int = 0) -> None:
    for number in numbers:
        for at_ms, topic in enumerate(topics):
            join.see(topic, trace(number), 1_000 * number + at_ms, now_ms)


def test_a_pair_is_told_from_the_threshold_on_with_its_counts() -> None:
    join = TraceJoin(KEY)
    walk(join, "ab", range(LEAST_TRACES - 1))
    assert pairs(join) == []
    walk(join, "ba", range(100, 101))
    walk(join, "ab", range(10, 11))
    assert pairs(join) == [("a", "b", 3, 1, 4)]


def test_a_pair_that_grows_is_told_at_most_every_half_minute() -> None:
    join = TraceJoin(KEY)
    walk(join, "ab", range(5))
    assert len(pairs(join, 0)) == 1
    walk(join, "ab", range(10, 15))
    assert pairs(join, TELL_MS - 1) == []
    assert pairs(join, TELL_MS) == [("a", "b", 10, 0, 10)]
    assert pairs(join, 9 * TELL_MS) == []


def test_equal_times_say_nothing_of_the_order() -> None:
    join = TraceJoin(KEY)
    for number in range(10):
        join.see("a", trace(number), 7, 0)
        join.see("b", trace(number), 7, 0)
    assert pairs(join) == []


def test_many_records_of_one_trace_are_one_trace() -> None:
    join = TraceJoin(KEY)
    for _ in range(20):
        walk(join, "ab", range(3))
    assert pairs(join) == [("a", "b", 3, 0, 3)]


SEEN = st.tuples(st.sampled_from("abc"), st.integers(0, 4), st.integers(0, 9))


@given(st.lists(SEEN, max_size=30), st.randoms(use_true_random=False))
def test_the_order_in_which_records_are_read_does_not_matter(seen: list[tuple[str, int, int]], random: Random) -> None:
    shuffled = list(seen)
    random.shuffle(shuffled)
    one, other = TraceJoin(KEY), TraceJoin(KEY)
    for join, records in ((one, seen), (other, shuffled)):
        for topic, number, at_ms in records:
            join.see(topic, trace(number), at_ms, 0)
    assert pairs(one) == pairs(other)


def test_memory_is_bounded_by_count_age_and_pairs() -> None:
    join = TraceJoin(KEY, TraceLimits(traces=100, age_ms=1_000, pairs=2))
    walk(join, "ab", range(1_000))
    assert len(join) == 100
    walk(join, "abcde", range(2_000, 2_001), now_ms=5_000)
    assert len(join) == 1
    told = pairs(join, 5_000)
    assert len(told) <= 2
    assert ("a", "b", 1_001, 0, 1_001) in told


def test_a_trace_that_grows_old_and_comes_back_counts_no_order_across_the_gap() -> None:
    join = TraceJoin(KEY, TraceLimits(age_ms=1_000))
    for number in range(5):
        join.see("a", trace(number), number, 0)
    join.see("x", trace(99), 0, 5_000)
    for number in range(5):
        join.see("b", trace(number), 10 + number, 5_000)
    assert pairs(join, 5_000) == []


def test_topics_that_are_gone_are_forgotten() -> None:
    join = TraceJoin(KEY)
    walk(join, "abc", range(5))
    join.forget_all_but({"a", "c"})
    assert pairs(join) == [("a", "c", 5, 0, 5)]


def test_a_late_first_record_turns_the_order_round_whatever_was_read_before() -> None:
    for records in permutations([("a", 5), ("b", 3), ("a", 1)]):
        join = TraceJoin(KEY)
        for number in range(3):
            for topic, at_ms in records:
                join.see(topic, trace(number), at_ms, 0)
        assert pairs(join) == [("a", "b", 3, 0, 3)]
