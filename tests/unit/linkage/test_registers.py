"""HyperLogLog registers: close enough, and the same in whatever order and parts they are merged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.linkage.registers import (
    RELATIVE_ERROR,
    Registers,
    estimate,
    packed,
    places,
    raised,
    registers_of,
    unpacked,
)

tokens = st.lists(st.integers(0, 2**64 - 1), max_size=80)


def registers(seen: list[int]) -> Registers:
    return registers_of(*places(np.array(seen, dtype=np.uint64)))


@pytest.mark.parametrize("people", [1, 10, 49, 300, 2_000, 50_000])
def test_the_estimate_is_as_good_as_it_says(people: int) -> None:
    rng = np.random.default_rng(people)
    errors = [
        estimate(registers_of(*places(rng.integers(0, 2**64, people, dtype=np.uint64)))) / people - 1 for _ in range(60)
    ]
    assert abs(np.mean(errors)) < 4 * RELATIVE_ERROR / np.sqrt(60)
    assert np.sqrt(np.mean(np.square(errors))) < 1.3 * RELATIVE_ERROR


@given(tokens, tokens)
def test_registers_merge_by_maximum_to_those_of_the_union(one: list[int], other: list[int]) -> None:
    merged = np.maximum(registers(one), registers(other))
    assert (merged == registers(other + one + one)).all()


@given(tokens)
def test_so_many_were_put_in_for_certain(seen: list[int]) -> None:
    assert raised(registers(seen)) <= len(set(seen))


@given(tokens)
def test_registers_are_packed_and_unpacked_again(seen: list[int]) -> None:
    assert (unpacked(packed(registers(seen))) == registers(seen)).all()


@given(st.binary(max_size=40))
def test_bytes_of_another_version_are_read_without_an_error(data: bytes) -> None:
    assert 0 <= estimate(unpacked(data)) <= 2.0**53


def test_a_sample_of_tokens_by_their_size_does_not_lean_on_the_registers() -> None:
    # What memory has no room for is dropped by the tokens' size: the rest must still spread over all registers.
    seen = np.random.default_rng(3).integers(0, 2**54, 20_000, dtype=np.uint64)
    assert abs(estimate(registers_of(*places(seen))) / 20_000 - 1) < 4 * RELATIVE_ERROR


def test_nobody_is_nobody() -> None:
    assert estimate(registers([])) == 0.0
    assert packed(registers([])) == b""
