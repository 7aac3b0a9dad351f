"""A little of `python -m tests.fuzz` in every run, and the harness itself."""

from __future__ import annotations

import time
from random import Random

import pytest

from tests.fuzz.drive import collect, drive
from tests.fuzz.mutate import mutated
from tests.fuzz.target import Target

INPUTS = 2_000
SEEDS = (b"\x00\x03abc\x00\x00\x00\x02", bytes(range(64)))


class Refused(Exception):
    pass


@pytest.mark.parametrize("target", collect().values(), ids=lambda target: target.name)
def test_a_raw_decoder_raises_nothing_but_its_own_error(target: Target) -> None:
    tally = drive(target, 0, INPUTS)
    assert tally.failures == ()
    assert tally.inputs == INPUTS


@pytest.mark.parametrize("target", collect().values(), ids=lambda target: target.name)
def test_fuzzing_begins_from_something_good(target: Target) -> None:
    def is_good(seed: bytes) -> bool:
        try:
            target.decode(seed)
        except target.error:
            return False
        return True

    assert any(map(is_good, target.seeds))


def test_the_same_number_gives_the_same_input_and_others_give_others() -> None:
    def inputs() -> list[bytes]:
        return [mutated(SEEDS, number, Random()) for number in range(500)]

    assert inputs() == inputs()
    assert len(set(inputs())) > 400


def test_an_error_of_another_kind_is_found_and_found_again() -> None:
    def decode(data: bytes) -> None:
        if len(data) > 4 and data[4] == 0xFF:
            raise KeyError
        raise Refused

    target = Target("planted", decode, Refused, SEEDS)
    tally = drive(target, 0, 50_000)
    (failure,) = tally.failures
    assert failure.kind == "KeyError"
    assert tally.rejected == tally.inputs - 1
    assert drive(target, failure.number, 1).failures == (failure,)


def test_endless_recursion_is_found() -> None:
    def decode(data: bytes) -> None:
        decode(data)

    (failure,) = drive(Target("planted", decode, Refused, SEEDS), 0, 10).failures
    assert failure.kind == "RecursionError"


def test_an_input_that_takes_too_long_is_found() -> None:
    def decode(data: bytes) -> None:
        end_s = time.process_time() + 1.1
        while data.startswith(b"\x00\x04") and time.process_time() < end_s:
            pass

    (failure,) = drive(Target("planted", decode, Refused, (b"\x00\x03abc",)), 0, 5_000).failures
    assert failure.kind.startswith("took 1.")
