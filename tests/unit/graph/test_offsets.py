"""The map of offsets against a plain dictionary."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.graph.offsets import OffsetMap

CLAIMS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12), st.integers(0, 3)), max_size=25)


@given(CLAIMS)
def test_the_smallest_label_of_each_offset_wins(claims: list[tuple[int, int, int]]) -> None:
    offsets: OffsetMap[int] = OffsetMap()
    expected: dict[int, int] = {}
    for low, length, label in claims:
        offsets.claim(low, low + length, label)
        for offset in range(low, low + length):
            expected[offset] = min(label, expected.get(offset, label))
    spread = [(offset, label) for low, high, label in offsets.stretches() for offset in range(low, high)]
    assert spread == sorted(expected.items())
    assert sum(offsets.counts().values()) == len(expected)


@given(CLAIMS)
def test_stretches_are_as_long_as_they_can_be(claims: list[tuple[int, int, int]]) -> None:
    offsets: OffsetMap[int] = OffsetMap()
    for low, length, label in claims:
        offsets.claim(low, low + length, label)
    stretches = offsets.stretches()
    for (_, end, label), (start, _, other) in pairwise(stretches):
        assert end < start or (end == start and label != other)


def test_a_copy_goes_its_own_way() -> None:
    offsets: OffsetMap[int] = OffsetMap()
    offsets.claim(0, 5, 1)
    twin = offsets.copy()
    twin.claim(5, 9, 1)
    assert offsets.stretches() == ((0, 5, 1),)
    assert twin.stretches() == ((0, 9, 1),)
