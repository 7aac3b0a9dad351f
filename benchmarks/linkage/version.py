"""The version of the generator, and the seeds. Everything that is drawn follows from a version and a seed."""

from __future__ import annotations

from typing import Final

VERSION: Final = 1
"""Raised whenever a seed would give another estate; figures of different versions do not compare."""

TUNING_SEEDS: Final = range(1_000)
"""For choosing numbers, as often as one likes."""
EVALUATION_SEEDS: Final = range(10_000, 20_000)
"""Evaluation seeds are never tuned on: nobody looks at what goes wrong on them, and nothing is chosen by them."""
STILL_SEEDS: Final = range(20_000, 30_000)
"""Worlds in which nothing flows; they are reported, and not tuned on either."""
