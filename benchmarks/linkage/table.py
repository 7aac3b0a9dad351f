"""The tables that the benchmark prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.linkage.results import GRADES, Result
from flowaudit.estates.score import Accuracy


def headline(results: Mapping[str, Result]) -> Iterator[str]:
    """The main figures, a column for each way of asking."""
    yield f"{'':40}" + "".join(f"{mode:>24}" for mode in results)
    for grade in GRADES[::-1]:
        yield _row(f"direct edges, {grade} or better: P R F1", (_prf(r.direct[grade]) for r in results.values()))
    yield _row("reachability: P R F1", (_prf(r.reach) for r in results.values()))
    yield _row("true in chosen or alternates", (_share(r.true_or_alternate, _true(r)) for r in results.values()))
    yield _row("drawn against a flow", (_share(r.reversed_edges, r.drawn) for r in results.values()))
    yield _row("decoys at probable or better", (_decoys(r) for r in results.values()))
    yield _row("calibration error (10 bins)", (_error(r) for r in results.values()))


def by_case(results: Mapping[str, Result]) -> Iterator[str]:
    """Recall of each hard case, any grade."""
    yield f"{'recall by case':40}" + "".join(f"{mode:>24}" for mode in results)
    for name in sorted({name for result in results.values() for name in result.cases}):
        yield _row(name, (_share(r.cases_found.get(name, 0), r.cases.get(name, 0)) for r in results.values()))


def by_decoy(results: Mapping[str, Result]) -> Iterator[str]:
    """How many of each kind of decoy were taken for flows."""
    yield f"{'decoys at probable or better':40}" + "".join(f"{mode:>24}" for mode in results)
    for name in sorted({name for result in results.values() for name in result.decoys}):
        yield _row(name, (_share(r.decoys_linked.get(name, 0), r.decoys.get(name, 0)) for r in results.values()))


def still(results: Mapping[str, Result]) -> Iterator[str]:
    """False edges of worlds in which nothing flows, per 10,000 ordered pairs."""
    for grade in GRADES[::-1]:
        rates = (r.direct[grade].wrong / max(1, r.ordered_pairs) * 10_000 for r in results.values())
        yield _row(f"no-flow worlds, {grade} or better /10,000", (f"{rate:.2f}" for rate in rates))


def _row(name: str, cells: Iterator[str]) -> str:
    return f"{name:40}" + "".join(f"{cell:>24}" for cell in cells)


def _prf(accuracy: Accuracy) -> str:
    return f"{accuracy.precision:.3f}  {accuracy.recall:.3f}  {accuracy.f1:.3f}"


def _true(result: Result) -> int:
    accuracy = result.direct["suspected"]
    return accuracy.correct + accuracy.missed


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part}/{whole})" if whole else "-"


def _decoys(result: Result) -> str:
    return _share(sum(result.decoys_linked.values()), sum(result.decoys.values()))


def _error(result: Result) -> str:
    error = result.calibration_error
    return "-" if error is None else f"{error:.3f}"
