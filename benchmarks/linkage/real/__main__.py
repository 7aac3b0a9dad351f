"""`python -m benchmarks.linkage.real [--estates N | --seeds N …] [--seconds S]`: small estates as real clients."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.linkage.real.recording import kept_in
from benchmarks.linkage.real.table import header, holds, mistakes, row
from benchmarks.linkage.real.trial import Trial, replay, run_trial
from benchmarks.linkage.results import total
from benchmarks.linkage.version import EVALUATION_SEEDS, VERSION
from flowaudit.errors import FlowAuditError


def main() -> int:
    """Run the trials, print the table; 1 when a bar is missed."""
    options = _parser().parse_args()
    trials: list[Trial] = []
    for trial in _trials(options):
        if not trials:
            print("\n".join(header(trial.results)))
        trials.append(trial)
        print(row(str(trial.seed), trial.results), flush=True)
        if options.mistakes:
            print("\n".join(mistakes(trial)), flush=True)
    sums = {mode: total(trial.results[mode] for trial in trials) for mode in trials[0].results}
    print(row("all", sums))
    print(f"generator version {VERSION}; seeds:", *(trial.seed for trial in trials))
    good = holds(sums["metadata"])
    print("every bar holds" if good else "a bar is missed")
    return 0 if good else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage.real", description=__doc__)
    parser.add_argument("--estates", type=int, default=12, help="how many of the evaluation seeds")
    parser.add_argument("--seeds", type=int, nargs="*", help="these seeds instead")
    parser.add_argument("--seconds", type=float, help="the longest time that an estate may live; 75-120 s of its own")
    parser.add_argument("--theta", type=float, default=1.0, help="share of identifiers that linkage follows")
    parser.add_argument("--mistakes", action="store_true", help="tell what is wrong: for tuning seeds only")
    parser.add_argument("--record", type=Path, help="keep a recording of each estate in this folder")
    parser.add_argument("--replay", type=Path, nargs="*", help="audit these recordings anew instead, without Kafka")
    return parser


def _trials(options: argparse.Namespace) -> Iterator[Trial]:
    if options.replay is not None:
        yield from (replay(kept_in(path), options.theta) for path in options.replay)
        return
    for seed in options.seeds or EVALUATION_SEEDS[: options.estates]:
        yield _patiently(seed, options)


def _patiently(seed: int, options: argparse.Namespace) -> Trial:
    """A broker, client or auditor that does not come up on a busy machine is no result: once more, and only once."""
    try:
        return run_trial(seed, options.seconds, options.theta, options.record)
    except FlowAuditError as error:
        print(f"{seed}: once more, since {type(error).__name__}: {error}", file=sys.stderr)
        return run_trial(seed, options.seconds, options.theta, options.record)


if __name__ == "__main__":
    sys.exit(main())
