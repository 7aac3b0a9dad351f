"""The table of real estates: a row each, and their sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from benchmarks.linkage.real.trial import Trial
from benchmarks.linkage.results import Result
from flowaudit.estates.score import Accuracy

_COLUMNS: Final = "   P    R    F1  reach F1  reversed  decoys ≥ probable"
_WIDTH: Final = 52


def header(modes: Mapping[str, Result]) -> Iterator[str]:
    """What the columns are, for each way of asking."""
    yield f"{'':13}" + "".join(f"   {mode:{_WIDTH}}" for mode in modes)
    yield f"{'seed':7} edges" + "".join(f"   {_COLUMNS:{_WIDTH}}" for _ in modes)


def row(name: str, results: Mapping[str, Result]) -> str:
    """One estate, or all of them together."""
    true = next(_true(result) for result in results.values())
    return f"{name:7} {true:5}" + "".join(f"   {_cells(result):{_WIDTH}}" for result in results.values())


def mistakes(trial: Trial) -> Iterator[str]:
    """What is wrong and what is missed."""
    for mode, errors in trial.errors.items():
        for source, target, grade in errors.wrong:
            yield f"    {mode:14} wrong   {source} -> {target} ({grade})"
        for source, target, cases in errors.missed:
            yield f"    {mode:14} missed  {source} -> {target} [{cases}]"


def holds(result: Result) -> bool:
    """F1 ≥ .90, reach F1 ≥ .93, no reversed edge, at most one decoy in a hundred at `probable` or better."""
    return (
        result.direct["suspected"].f1 >= 0.90
        and result.reach.f1 >= 0.93
        and result.reversed_edges == 0
        and sum(result.decoys_linked.values()) * 100 <= sum(result.decoys.values())
    )


def _true(result: Result) -> int:
    accuracy: Accuracy = result.direct["suspected"]
    return accuracy.correct + accuracy.missed


def _cells(result: Result) -> str:
    direct = result.direct["suspected"]
    decoys = f"{sum(result.decoys_linked.values())}/{sum(result.decoys.values())}"
    return (
        f"  {direct.precision:.2f} {direct.recall:.2f} {direct.f1:.2f}  {result.reach.f1:.2f}      "
        f"{result.reversed_edges:<9} {decoys}"
    )
