"""Estates of the linkage benchmark, cut short so that a test takes no longer than it must."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from benchmarks.linkage.draw import draw_estate
from benchmarks.linkage.estate import EstateSpec, PlayedEstate
from benchmarks.linkage.play import play

_MINUTE_MS = 60_000


@cache
def spec_of(seed: int) -> EstateSpec:
    return draw_estate(seed)


@cache
def short(seed: int) -> PlayedEstate:
    """The first minute or so of an estate, drawn as ever."""
    return play(seed, replace(spec_of(seed), duration_ms=_MINUTE_MS))
