"""`python -m benchmarks.linkage.foreign [--sets NAME …]`: foreign keys of other people's data, found or not."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from benchmarks.linkage.arguments import share
from benchmarks.linkage.foreign.database import Database, Reference, folder_of
from benchmarks.linkage.foreign.lahman import lahman
from benchmarks.linkage.foreign.tpch import tpch
from benchmarks.linkage.foreign.tried import Attempt, attempts, directed, undirected
from flowaudit.errors import UsageError
from flowaudit.estates.score import Accuracy

_SETS: Final[dict[str, Callable[[int], Database]]] = {"lahman": lahman, "tpch": tpch}
_ANCHORS: Final = (
    ("HoPF (primary and foreign keys, 5 data sets)", "foreign keys found: recall .91"),
    ("Motl & Kordík (72 databases)", "F .87"),
)
"""Published figures of others, on whole tables at rest; nothing of theirs was run here."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage.foreign", description=__doc__)
    parser.add_argument("--sets", nargs="*", choices=sorted(_SETS), default=sorted(_SETS))
    parser.add_argument("--seed", type=int, default=1, help="of the times that the data do not have")
    parser.add_argument("--theta", type=share, default=1.0, help="share of identifiers that linkage follows")
    parser.add_argument("--mistakes", action="store_true", help="tell what flowaudit has wrong")
    options = parser.parse_args(arguments)
    for name in options.sets:
        try:
            folder_of("datasketch")
            database = _SETS[name](options.seed)
        except UsageError as error:
            parser.error(str(error))
        tried = list(attempts(database, options.theta))
        print("\n".join(_table(database, tried)), flush=True)
        if options.mistakes:
            print("\n".join(_mistakes(database, tried[0])), flush=True)
    for name, figure in _ANCHORS:
        print(f"published: {name}: {figure}")
    return 0


def _table(database: Database, tried: Sequence[Attempt]) -> Iterator[str]:
    followed = [reference for reference in database.references if reference.followed]
    beside = [reference for reference in database.references if not reference.followed]
    yield ""
    yield f"{database.name}: {len(database.records)} records, {len(database.references)} references between tables,"
    yield f"{len(followed)} of them by keys that are long enough to be followed"
    yield f"{'':32}{'all: directed':22}{'undirected':22}{'long keys: directed':22}{'undirected':22}"
    yield f"{'':32}" + f"{'   P    R    F1':22}" * 4
    for attempt in tried:
        cells = (
            directed(attempt, database.references),
            undirected(attempt, database.references),
            directed(attempt, followed, beside),
            undirected(attempt, followed, beside),
        )
        yield f"{attempt.way:32}" + "".join(f"{_cell(cell):22}" for cell in cells)


def _cell(accuracy: Accuracy) -> str:
    return f"  {accuracy.precision:.2f} {accuracy.recall:.2f} {accuracy.f1:.2f}"


def _mistakes(database: Database, attempt: Attempt) -> Iterator[str]:
    true = {(reference.parent, reference.child): reference for reference in database.references}
    for parent, child in sorted(attempt.found - true.keys()):
        yield f"    wrong   {parent} -> {child}"
    for reference in _missed(attempt, database.references):
        yield f"    missed  {reference.parent} -> {reference.child}{'' if reference.followed else ' (short key)'}"


def _missed(attempt: Attempt, references: Sequence[Reference]) -> Iterator[Reference]:
    return (each for each in references if (each.parent, each.child) not in attempt.found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
