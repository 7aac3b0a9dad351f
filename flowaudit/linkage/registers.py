"""HyperLogLog: how many distinct people there are, from 256 small numbers that merge by maximum.

Flajolet et al., "HyperLogLog" (AofA 2007), with the estimator of Ertl, "New cardinality estimation algorithms for
HyperLogLog sketches" (arXiv 1702.01284, algorithm 6), which needs no table of corrections and no change of method
between small and large. The standard error is 1.04/√256, 6.5 %.

What a register reveals: 8 and about 2 + log2(people/256) bits of a mixed keyed token. Without the pseudonymisation key
that is noise: nobody can make the token of a person to compare with. Who holds the key can test whether a person may
be among a *small* set of people, and would be wrong once in a few hundred times; that is one more reason to rotate keys
and forget them.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Registers = NDArray[np.uint8]
REGISTERS: Final = 256
RELATIVE_ERROR: Final = 1.04 / math.sqrt(REGISTERS)
_INDEX_BITS: Final = 8
_MAX_RANK: Final = 64 - _INDEX_BITS + 1
_MOST: Final = 2.0**53
_PACKED: Final = np.dtype("<u2")


def no_one() -> Registers:
    """The registers of nobody."""
    return np.zeros(REGISTERS, dtype=np.uint8)


def places(tokens: NDArray[np.uint64]) -> tuple[NDArray[np.int64], Registers]:
    """For each token its register, and the rank with which it raises that.

    Tokens are mixed first (splitmix64's finaliser, Steele et al., OOPSLA 2014), so that neither the sample nor the
    share of a worker, both chosen by some of a token's bits, leans on the registers.
    """
    mixed = tokens.astype(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    rest = mixed >> np.uint64(_INDEX_BITS)
    lowest = rest & (~rest + np.uint64(1))
    rank = np.minimum(np.bitwise_count(lowest - np.uint64(1)) + 1, _MAX_RANK)
    return (mixed & np.uint64(REGISTERS - 1)).astype(np.int64), rank.astype(np.uint8)


def registers_of(place: NDArray[np.int64], rank: Registers) -> Registers:
    """The registers of the tokens with these places and ranks."""
    registers = no_one()
    np.maximum.at(registers, place, rank)
    return registers


def estimate(registers: Registers) -> float:
    """About how many distinct tokens were put in."""
    counts = np.bincount(np.minimum(registers, _MAX_RANK), minlength=_MAX_RANK + 1)
    if counts[0] == REGISTERS:
        return 0.0
    total = REGISTERS * _tau(1 - counts[_MAX_RANK] / REGISTERS)
    for rank in range(_MAX_RANK - 1, 0, -1):
        total = (total + int(counts[rank])) / 2
    total += REGISTERS * _sigma(int(counts[0]) / REGISTERS)
    return min(_MOST, REGISTERS * REGISTERS / (2 * math.log(2) * total)) if total else _MOST


def raised(registers: Registers) -> int:
    """How many registers were raised: so many distinct tokens were put in for certain."""
    return int(np.count_nonzero(registers))


def packed(registers: Registers) -> bytes:
    """The raised registers, ascending: two bytes each."""
    place = np.flatnonzero(registers)
    return ((place << _INDEX_BITS) | registers[place]).astype(_PACKED).tobytes()


def unpacked(data: bytes) -> Registers:
    """The inverse of `packed`; bytes that are left over are passed over."""
    told = np.frombuffer(data, dtype=_PACKED, count=len(data) // _PACKED.itemsize)
    return registers_of((told >> _INDEX_BITS).astype(np.int64), (told & (REGISTERS - 1)).astype(np.uint8))


def _sigma(share: float) -> float:
    """Ertl's σ for a share below 1 of registers that were never raised."""
    total, weight = share, 1.0
    while True:
        share *= share
        before = total
        total += share * weight
        weight *= 2
        if total == before:
            return total


def _tau(share: float) -> float:
    """Ertl's τ for the share of registers that can still be raised."""
    if share in {0.0, 1.0}:
        return 0.0
    total, weight = 1 - share, 1.0
    while True:
        share = math.sqrt(share)
        before = total
        weight /= 2
        total -= (1 - share) ** 2 * weight
        if total == before:
            return total / 3
