"""`python -m tests.fuzz --inputs 1000000 [--seed N] [--target NAME …]`: damaged inputs for every raw decoder.

Ends with 1 when a decoder raised anything but its own error, took more than a second for one input, or took the process
down; says which input, so that `--target NAME --from NUMBER --inputs 1` shows it again.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from tests.fuzz.drive import Failure, Tally, collect, drive

_STRETCH = 25_000
_MEMORY_BYTES = 3 << 30
"""Of a worker: a decoder that believes a length of gigabytes gets a MemoryError."""


def main() -> int:
    options = _options()
    names = options.target or sorted(collect())
    failed = False
    with ProcessPoolExecutor(options.processes, initializer=_limit_memory) as pool:
        for name in names:
            failed |= not _fuzz(pool, name, options)
    return 1 if failed else 0


def _fuzz(pool: ProcessPoolExecutor, name: str, options: argparse.Namespace) -> bool:
    began_s = time.monotonic()
    inputs = rejected = 0
    failures: list[Failure] = []
    for tally in _tallies(pool, name, options):
        inputs += tally.inputs
        rejected += tally.rejected
        failures += tally.failures
    seconds = time.monotonic() - began_s
    _say(f"{name:34} {inputs:10,} inputs {rejected / max(inputs, 1):6.1%} refused {seconds:7.1f} s")
    for failure in failures[:3]:
        _say(f"  FAILED {failure.kind}: --target {name} --seed {options.seed} --from {failure.number} --inputs 1")
        _say(f"  {failure.data.hex()}")
    return not failures


def _tallies(pool: ProcessPoolExecutor, name: str, options: argparse.Namespace) -> Iterator[Tally]:
    end = options.first + options.inputs
    stretches: dict[Future[Tally], int] = {
        pool.submit(_stretch, name, first, min(_STRETCH, end - first), options.seed): first
        for first in range(options.first, end, _STRETCH)
    }
    for future in as_completed(stretches):
        try:
            yield future.result()
        except BrokenProcessPool:
            _say(f"  FAILED, process ended: --target {name} --seed {options.seed} --from {stretches[future]}")
            raise


def _stretch(name: str, first: int, count: int, seed: int) -> Tally:
    return drive(collect()[name], first, count, seed)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="for each target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--from", dest="first", type=int, default=0, help="number of the first input")
    parser.add_argument("--target", action="append", help="may be repeated; all when left out")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
