"""What the commands' arguments may be. What may not is told in one line, and ends the command with exit code 2."""

from __future__ import annotations

import argparse


def share(text: str) -> float:
    """A share of identifiers: above 0, up to 1."""
    value = float(text)
    if not 0 < value <= 1:
        msg = f"must be above 0 and up to 1, not {text}"
        raise argparse.ArgumentTypeError(msg)
    return value


def positive(text: str) -> int:
    """A number of something: 1 or more."""
    value = int(text)
    if value < 1:
        msg = f"must be 1 or more, not {text}"
        raise argparse.ArgumentTypeError(msg)
    return value


def seeds_of(kind: str, among: range, first: int | None, estates: int) -> range:
    """So many seeds of a set, from its own first or another one on.

    Raises:
        ArgumentTypeError: they reach beyond the set, where other sets lie that are not to be looked at.
    """
    start = among.start if first is None else first
    seeds = range(start, start + estates)
    if seeds.start < among.start or seeds.stop > among.stop:
        msg = f"seeds {seeds.start}-{seeds.stop - 1} reach beyond the set {kind}: {among.start}-{among.stop - 1}"
        raise argparse.ArgumentTypeError(msg)
    return seeds
