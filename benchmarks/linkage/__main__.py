"""`python -m benchmarks.linkage`: the product's linkage over generated estates, scored against their truth."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from benchmarks.linkage import export as export_module
from benchmarks.linkage.arguments import positive, seeds_of, share
from benchmarks.linkage.draw import draw_estate
from benchmarks.linkage.play import play
from benchmarks.linkage.results import Result, total
from benchmarks.linkage.run import MODES, Outcome, Task, run
from benchmarks.linkage.table import by_case, by_decoy, headline, still
from benchmarks.linkage.version import EVALUATION_SEEDS, STILL_SEEDS, TUNING_SEEDS, VERSION

_SETS = {"tuning": TUNING_SEEDS, "evaluation": EVALUATION_SEEDS, "still": STILL_SEEDS}


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["export"]:
        return _export(arguments[1:])
    options, seeds = _options(arguments)
    kind: Literal["still", "estate"] = "still" if options.set == "still" else "estate"
    tasks = [Task(seed, kind, options.theta, options.cache, options.keep_facts) for seed in seeds]
    print(f"generator version {VERSION}, {options.set} seeds {seeds.start}-{seeds.stop - 1}, theta {options.theta:g}")
    started = time.monotonic()
    outcomes = []
    for outcome in run(tasks, options.processes):
        outcomes.append(outcome)
        if options.list_errors:
            _print_errors(outcome)
    results = {mode: total(outcome.results[mode] for outcome in outcomes) for mode in MODES}
    tables = [headline(results), by_case(results)] if kind == "estate" else [still(results)]
    tables.append(by_decoy(results))
    for table in tables:
        print()
        print("\n".join(table))
    print(f"\n{len(outcomes)} estates in {time.monotonic() - started:.0f} s")
    if options.json is not None:
        options.json.write_bytes(_document(options, seeds, results, outcomes))
    return 0


def _export(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage export", description=export_module.__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--kind", choices=("estate", "still"), default="estate")
    parser.add_argument("--size", choices=("full", "small"), default="full")
    options = parser.parse_args(arguments)
    if options.output.exists() and not options.output.is_dir():
        parser.error(f"{options.output} is no directory")
    estate = play(options.seed, draw_estate(options.seed, kind=options.kind, size=options.size))
    export_module.export(estate, options.output)
    print(f"{len(estate.log):,} records of {len(estate.spec.topics)} topics in {options.output}")
    return 0


def _print_errors(outcome: Outcome) -> None:
    for mode, errors in outcome.errors.items():
        for source, target, grade in errors.wrong:
            print(f"{outcome.seed} {mode:9} wrong   {source} -> {target} ({grade})")
        for source, target, cases in errors.missed:
            print(f"{outcome.seed} {mode:9} missed  {source} -> {target} [{cases}]")


def _document(options: argparse.Namespace, seeds: range, results: dict[str, Result], outcomes: list[Outcome]) -> bytes:
    document = {
        "generator_version": VERSION,
        "set": options.set,
        "seeds": [seeds.start, seeds.stop - 1],
        "theta": options.theta,
        "total": results,
        "estates": outcomes,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _options(arguments: Sequence[str]) -> tuple[argparse.Namespace, range]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage", description=__doc__)
    parser.add_argument("--set", choices=sorted(_SETS), default="tuning")
    parser.add_argument("--estates", type=positive, default=20, help="how many seeds of the set")
    parser.add_argument("--first", type=int, help="the first seed, instead of the set's own first")
    parser.add_argument("--theta", type=share, default=1.0, help="share of identifiers that are sampled")
    parser.add_argument("--processes", type=positive, default=1)
    parser.add_argument("--cache", type=Path, help="keep sightings here; clear it when the tap has changed")
    parser.add_argument("--keep-facts", action="store_true", help="keep the linkage window's facts there, too")
    parser.add_argument("--json", type=Path, help="write all counts here")
    parser.add_argument("--list-errors", action="store_true", help="name each wrong and each missed edge")
    options = parser.parse_args(arguments)
    try:
        return options, seeds_of(options.set, _SETS[options.set], options.first, options.estates)
    except argparse.ArgumentTypeError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
