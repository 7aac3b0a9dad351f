"""`python -m benchmarks.estate [--seeds N …] [--duration S] [--theta T]`: the table of accuracy."""

from __future__ import annotations

import argparse
import secrets
import sys

from benchmarks.estate.trial import Trial, run_trial
from flowaudit.estates.score import Tier

DECOY_TIER: Tier = "probable"


def main() -> int:
    """Run the trials, print the table; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estate", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", help="seeds of the estate; five fresh ones when left out")
    parser.add_argument("--duration", type=float, default=70.0, help="seconds of estate in each trial")
    parser.add_argument("--theta", type=float, default=1.0, help="share of identifiers that linkage follows")
    options = parser.parse_args()
    seeds = options.seeds or [secrets.randbelow(1 << 32) for _ in range(5)]
    print("seed         consumes P / R   derives P / R   decoys≥probable  reversed  reach P / R   chain and feedback")
    trials = [show(run_trial(seed, options.duration, options.theta)) for seed in seeds]
    good = all(map(holds, trials))
    print("every bar holds" if good else "a bar is missed")
    return 0 if good else 1


def show(trial: Trial) -> Trial:
    """Print one row, and what is wrong in it."""
    report = trial.report
    consumes, derives, reach = report.overall("consumes"), report.overall("derives"), report.reachability
    print(
        f"{trial.seed:<12} {consumes.precision:.2f} / {consumes.recall:.2f}      "
        f"{derives.precision:.2f} / {derives.recall:.2f}     {report.decoys_at(DECOY_TIER):<16} "
        f"{len(report.reversed_flows):<9} {reach.precision:.2f} / {reach.recall:.2f}   "
        f"{'found' if not trial.missing_chain else f'missing {trial.missing_chain}'}",
        flush=True,
    )
    for edge in report.wrong:
        print(f"    wrong   {edge.kind} {edge.source} → {edge.target} ({edge.tier})")
    for edge in report.missed:
        print(f"    missed  {edge.kind} {edge.source} → {edge.target}")
    return trial


def holds(trial: Trial) -> bool:
    """Consumes 1.00 / 1.00, derives ≥ 0.9 / ≥ 0.9, no decoy at `probable`, the chain whole."""
    report = trial.report
    consumes, derives = report.overall("consumes"), report.overall("derives")
    return (
        min(consumes.precision, consumes.recall) == 1.0
        and min(derives.precision, derives.recall) >= 0.9
        and report.decoys_at(DECOY_TIER) == 0
        and not trial.missing_chain
    )


if __name__ == "__main__":
    sys.exit(main())
