"""`python -m benchmarks.linkage.baselines [--set S] [--estates N] [--tune]`: what others would find."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Final, TypeVar

from benchmarks.linkage.arguments import positive, seeds_of
from benchmarks.linkage.baselines.held import Held
from benchmarks.linkage.baselines.tried import tried, tuned
from benchmarks.linkage.draw import draw_estate
from benchmarks.linkage.estate import PlayedEstate
from benchmarks.linkage.play import play
from benchmarks.linkage.version import EVALUATION_SEEDS, TUNING_SEEDS, VERSION

KeyT = TypeVar("KeyT")
_SETS: Final = {"tuning": TUNING_SEEDS, "evaluation": EVALUATION_SEEDS}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage.baselines", description=__doc__)
    parser.add_argument("--set", choices=sorted(_SETS), default="tuning")
    parser.add_argument("--estates", type=positive, default=10, help="how many seeds of the set")
    parser.add_argument("--tune", action="store_true", help="every threshold that is tried, on tuning seeds")
    options = parser.parse_args(arguments)
    name = "tuning" if options.tune else options.set
    try:
        seeds = seeds_of(name, _SETS[name], None, options.estates)
    except argparse.ArgumentTypeError as error:
        parser.error(str(error))
    if find_spec("datasketch") is None:
        parser.error("datasketch is not installed; install 'flowaudit[benchmarks]'")
    print(f"generator version {VERSION}, seeds {seeds.start}-{seeds.stop - 1}")
    if options.tune:
        thresholds = _added(map(tuned, _played(seeds)))
        print("\n".join(table({f"{name} > {threshold:g}": held for (name, threshold), held in thresholds.items()})))
    else:
        print("\n".join(table(_added(map(tried, _played(seeds))))))
    return 0


def table(held: Mapping[str, Held]) -> Iterator[str]:
    """A row for each way of looking."""
    yield f"{'':34}{'direct: P     R     F1':26}{'reach: P     R     F1':26}against a flow"
    for name, each in held.items():
        direct, reach = each.direct, each.reach
        yield (
            f"{name:34}      {direct.precision:.3f} {direct.recall:.3f} {direct.f1:.3f}"
            f"          {reach.precision:.3f} {reach.recall:.3f} {reach.f1:.3f}   {each.reversed_edges}/{each.drawn}"
        )


def _played(seeds: Iterable[int]) -> Iterator[PlayedEstate]:
    return (play(seed, draw_estate(seed)) for seed in seeds)


def _added(each: Iterable[Mapping[KeyT, Held]]) -> dict[KeyT, Held]:
    sums: dict[KeyT, Held] = defaultdict(Held)
    for one in each:
        for name, held in one.items():
            sums[name] = sums[name].plus(held)
    return dict(sums)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
