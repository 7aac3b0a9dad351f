"""How large and how disordered an estate is, and what is usual in it."""

from __future__ import annotations

import random
from typing import Literal

from benchmarks.linkage.chance import log_uniform
from benchmarks.linkage.draw.draft import Scale
from benchmarks.linkage.draw.schema import Habits
from benchmarks.linkage.estate import Format

_RECORDS = 54_000
"""About how many records an estate may come to."""


def draw_scale(chance: random.Random, kind: Literal["estate", "still"], size: Literal["full", "small"]) -> Scale:
    """A scale; disorder is drawn for each estate, so that not every one has everything."""
    is_small = size == "small"
    duration_ms = chance.randrange(75_000, 120_000) if is_small else chance.randrange(600_000, 900_000)
    if kind == "still":
        topics = chance.randint(10, 30)
    else:
        topics = chance.randint(9, 14) if is_small else int(log_uniform(chance, 20, 61))
    return Scale(
        topics=topics,
        duration_ms=duration_ms,
        people=int(log_uniform(chance, 200, 800) if is_small else log_uniform(chance, 300, 2_000)),
        budget=topics * 50.0 if is_small else _RECORDS / duration_ms * 1000,
        root_rates=(10, 50) if is_small else (1, 12),
        delays_ms=(4, 1_500) if is_small else (4, 3_000),
        slow_ms=(4_000, 12_000) if is_small else (20_000, 150_000),
        windows_ms=(5_000, 10_000) if is_small else (10_000, 15_000, 20_000, 30_000, 60_000),
        batches_ms=(4_000, 12_000) if is_small else (15_000, 60_000),
        min_carried=60,
        quotes=chance.choice((0.4, 0.6, 0.7, 0.9)),
        skewed=chance.uniform(0.1, 0.4) if chance.random() < 0.4 else 0.0,
        duplicated=0.2 if chance.random() < 0.4 else 0.0,
        late=chance.uniform(0.01, 0.1) if chance.random() < 0.35 else 0.0,
        paused=0.12 if chance.random() < 0.35 else 0.0,
        popular=chance.uniform(0.03, 0.3) if chance.random() < 0.6 else 0.0,
        replays=0.2 if chance.random() < 0.35 else 0.0,
        feeds_back=chance.random() < 0.6,
    )


def draw_habits(chance: random.Random) -> Habits:
    """Formats and spellings; half of the estates speak JSON only."""
    if chance.random() < 0.5:
        return Habits((("json", 1.0),), chance.random() * 0.6, chance.uniform(0.0, 0.5))
    mixed: tuple[tuple[Format, float], ...] = (
        ("json", 0.6), ("stringified", 0.14), ("delimited", 0.13), ("msgpack", 0.13),
    )  # fmt: skip
    return Habits(mixed, chance.random() * 0.6, chance.uniform(0.0, 0.5))
