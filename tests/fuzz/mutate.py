"""Damaged inputs, made of good ones: the same number always gives the same input. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

_LONGEST_BYTES: Final = 4096
"""Seeds may be longer; what is grown is cut here."""
_EXTREMES: Final = (
    *(
        number.to_bytes(size, "big", signed=True)
        for size in (1, 2, 4, 8)
        for number in (-1, -2, 0, 1, 2, 127, (1 << (8 * size - 1)) - 1, -(1 << (8 * size - 1)), (1 << (8 * size - 2)))
        if -(1 << (8 * size - 1)) <= number < 1 << (8 * size - 1)
    ),
    b"\xff\xff\xff\xff\x0f",  # the largest number of variable length
    b"\xff\xff\xff\xff\x7f",  # one bit too many
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",  # one that does not end
    b"\xfe\xff\xff\xff\x0f",
    b"\x80\x80\x80\x80\x08",
)
"""What lengths and counts are attacked with, big-endian and as varints."""
Mutation = Callable[[bytearray, Random, Sequence[bytes]], None]


def mutated(seeds: Sequence[bytes], number: int, random: Random) -> bytes:
    """The input with this number: a seed with one to four kinds of damage, or noise. `random` is seeded anew."""
    random.seed(number)
    if random.random() < 0.02:
        return random.randbytes(_below(random, 200))
    data = bytearray(seeds[_below(random, len(seeds))])
    for _ in range(1 + _below(random, 4)):
        _MUTATIONS[_below(random, len(_MUTATIONS))](data, random, seeds)
    return bytes(data)


def _below(random: Random, limit: int) -> int:
    return int(random.random() * limit)


def _flip_bit(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    if data:
        data[_below(random, len(data))] ^= 1 << _below(random, 8)


def _set_byte(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    if data:
        data[_below(random, len(data))] = _below(random, 256)


def _truncate(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    del data[_below(random, len(data) + 1) :]


def _attack_length(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    extreme = _EXTREMES[_below(random, len(_EXTREMES))]
    at = _below(random, len(data) + 1)
    data[at : at + len(extreme)] = extreme


def _insert(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    at = _below(random, len(data) + 1)
    data[at:at] = random.randbytes(1 + _below(random, 8))


def _remove(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    at = _below(random, len(data) + 1)
    del data[at : at + 1 + _below(random, 8)]


def _splice(data: bytearray, random: Random, seeds: Sequence[bytes]) -> None:
    other = seeds[_below(random, len(seeds))]
    data[_below(random, len(data) + 1) :] = other[_below(random, len(other) + 1) :]
    del data[_LONGEST_BYTES:]


def _repeat(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    at = _below(random, len(data) + 1)
    data[at:at] = data[at : at + 1 + _below(random, 64)] * (1 + _below(random, 4))
    del data[_LONGEST_BYTES:]


_MUTATIONS: Final[tuple[Mutation, ...]] = (
    _flip_bit, _set_byte, _truncate, _attack_length, _attack_length, _insert, _remove, _splice, _repeat,
)  # fmt: skip
