"""Which records stand for a topic: those with the smallest ranks, of each kind of quoting as many as of any other.

A bottom-k sample (Cohen and Kaplan, PODC 2007): whoever draws it, over whatever part of the records, draws alike, and
samples merge.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.slice import Bools, Ints


def ranks(topics: tuple[str, ...], topic: Ints, table: NDArray[np.void]) -> NDArray[np.uint64]:
    """A hash of (topic, partition, offset); splitmix64 does the mixing (Steele et al., OOPSLA 2014)."""
    names = [int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little") for name in topics]
    state = np.array(names, dtype=np.uint64)[topic] if len(topic) else np.zeros(0, dtype=np.uint64)
    for column in ("partition", "offset"):
        state = state + table[column].astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state ^= state >> np.uint64(31)
    return state


def draw(
    topic: Ints, stratum: NDArray[np.uint64], rank: NDArray[np.uint64], most: int
) -> tuple[Bools, NDArray[np.float32]]:
    """Keep the `most` smallest ranks of each (topic, stratum); a kept row stands for `weight` records."""
    order = np.lexsort((rank, stratum, topic))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (topic[order][1:] != topic[order][:-1]) | (stratum[order][1:] != stratum[order][:-1])
    starts = np.flatnonzero(new)
    sizes = np.diff(np.append(starts, len(order)))
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    keep = np.zeros(len(order), dtype=bool)
    weight = np.zeros(len(order), dtype=np.float32)
    keep[order] = place < most
    weight[order] = np.repeat(sizes / np.minimum(sizes, most), sizes)
    return keep, weight
