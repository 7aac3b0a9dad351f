"""The estates that are small enough for real clients, and which application runs by which library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from benchmarks.linkage.chance import stream
from benchmarks.linkage.draw import draw_estate
from benchmarks.linkage.estate import EstateSpec
from benchmarks.linkage.real.orders import Library

_LIBRARIES: Final[tuple[Library, ...]] = ("confluent-kafka", "aiokafka", "kafka-python")
_TRANSACTIONAL: Final[tuple[Library, ...]] = ("confluent-kafka", "aiokafka")


def small_estate(seed: int) -> EstateSpec:
    """The small estate of a seed: 9-14 topics, 75-120 s."""
    return draw_estate(seed, size="small")


def applications_by_library(spec: EstateSpec) -> Mapping[Library, tuple[str, ...]]:
    """The names of the applications that each library runs; dealt out in turn, from a library drawn by chance."""
    dealt: dict[Library, list[str]] = defaultdict(list)
    turn = stream(spec.chance, "libraries").randrange(len(_LIBRARIES))
    for app in spec.apps:
        may = _TRANSACTIONAL if app.transactional else _LIBRARIES
        dealt[may[turn % len(may)]].append(app.name)
        turn += 1
    return {library: tuple(names) for library, names in dealt.items()}
