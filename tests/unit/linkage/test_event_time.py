"""Which records are late is a function of the partition's records alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.linkage.event_time import AHEAD_MS, LATENESS_MS, LEAP_MS, EventClock

HERE_MS = 1_790_000_000_000
NEVER = 1 << 62


def late(times: list[int], clock: EventClock | None = None, arrived_ms: int = NEVER) -> list[bool]:
    told = (clock or EventClock()).late(np.array(times, dtype=np.int64), arrived_ms)
    return [bool(each) for each in told]


def test_disorder_is_borne_and_a_replay_is_late() -> None:
    replayed = HERE_MS - LATENESS_MS - 1
    assert late([HERE_MS, HERE_MS - LATENESS_MS, replayed, HERE_MS + 5, replayed]) == [False, False, True, False, True]


def test_a_long_replay_does_not_turn_the_clock_back() -> None:
    clock = EventClock()
    assert sum(late([HERE_MS, *range(HERE_MS - 900_000, HERE_MS - 900_000 + 500)], clock)) == 500
    assert clock.now_ms == HERE_MS


def test_one_wrong_stamp_makes_no_other_record_late() -> None:
    clock = EventClock()
    assert not any(late([HERE_MS, HERE_MS + LEAP_MS + 1, *range(HERE_MS, HERE_MS + 100)], clock))
    assert clock.now_ms == HERE_MS + 99


def test_a_stamp_ahead_of_its_arrival_moves_nothing() -> None:
    clock = EventClock()
    assert not any(late([HERE_MS, *[HERE_MS + AHEAD_MS + 1] * 500, HERE_MS], clock, arrived_ms=HERE_MS))
    assert clock.now_ms == HERE_MS


def test_after_a_pause_the_clock_goes_on() -> None:
    clock = EventClock()
    later = HERE_MS + 10 * LEAP_MS
    late([HERE_MS, *range(later, later + 200)], clock)
    assert clock.now_ms == later + 199
    assert clock.is_settled


@given(
    st.lists(st.integers(HERE_MS - 3 * LATENESS_MS, HERE_MS + 3 * LEAP_MS) | st.just(-1), max_size=200),
    st.integers(0, 200),
)
def test_cutting_the_records_changes_nothing(times: list[int], at: int) -> None:
    whole, cut = EventClock(), EventClock()
    assert late(times, whole) == late(times[:at], cut) + late(times[at:], cut)
    assert (whole.now_ms, whole.is_settled) == (cut.now_ms, cut.is_settled)
