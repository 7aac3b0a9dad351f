"""Which declared flow comes nearest to one that nobody declared."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

_Ends = tuple[str, str]


def nearest_flow(upstream: str, downstream: str, declared: Collection[_Ends]) -> str:
    """The nearest declared flow, and in what it differs.

    Nearest is the reverse, then one from the same system, then one to the same, then any; of several, the one whose
    other end is spelled most alike.
    """
    if (downstream, upstream) in declared:
        return f"declared is the reverse, {downstream!r} → {upstream!r}"
    targets = sorted(target for source, target in declared if source == upstream)
    if targets:
        return f"the nearest that is goes to another system, {upstream!r} → {_nearest(downstream, targets)!r}"
    sources = sorted(source for source, target in declared if target == downstream)
    if sources:
        return f"the nearest that is comes from another system, {_nearest(upstream, sources)!r} → {downstream!r}"
    if not declared:
        return "nor is any other"
    told = "the one that is has" if len(declared) == 1 else f"the {len(declared)} that are have"
    return f"{told} neither end in common with it"


def _nearest(name: str, names: list[str]) -> str:
    return next(iter(get_close_matches(name, names, n=1)), names[0])
