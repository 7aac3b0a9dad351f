from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.estates.outbox import Outbox, Position
from flowaudit.estates.program import Outgoing


def out(delay_ms: float) -> Outgoing:
    return Outgoing("t", "k", b"", delay_ms)


def test_a_record_leaves_when_its_delay_has_passed() -> None:
    outbox = Outbox[Outgoing]()
    outbox.add(Position("a", 0, 4), [out(200), out(50)], 10.0)
    assert outbox.wait_s(10.0, 1.0) == pytest.approx(0.05)
    assert outbox.due(10.04) == []
    assert [item.delay_ms for item in outbox.due(10.06)] == [50]
    assert outbox.committable() == {("a", 0): 4}
    assert [item.delay_ms for item in outbox.due(10.3)] == [200]
    assert outbox.committable() == {("a", 0): 5}
    assert outbox.wait_s(10.3, 1.0) == 1.0


@given(st.lists(st.tuples(st.integers(0, 2), st.lists(st.floats(0, 500), max_size=3)), max_size=30), st.floats(0, 1))
def test_what_may_be_committed_never_passes_a_record_that_still_waits(
    read: list[tuple[int, list[float]]], later_s: float
) -> None:
    outbox = Outbox[Outgoing]()
    latest: dict[int, int] = {}
    waits: dict[tuple[int, int], float] = {}
    for number, (partition, delays) in enumerate(read):
        offset = latest.get(partition, -1) + 1 + number % 3
        latest[partition] = offset
        outbox.add(Position("a", partition, offset), [out(delay) for delay in delays], 0.0)
        waits[partition, offset] = max(delays, default=0.0)
    outbox.due(later_s)
    for (_, partition), offset in outbox.committable().items():
        assert all(waits[p, o] / 1000 <= later_s for p, o in waits if p == partition and o < offset)
        open_offsets = [o for (p, o), wait in waits.items() if p == partition and wait / 1000 > later_s]
        assert offset == min(open_offsets, default=latest[partition] + 1)
