"""What flows in an estate by its specification, before anybody looks at how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.linkage.estate import EstateSpec

Pair = tuple[str, str]


def direct_flows(spec: EstateSpec) -> Iterator[Pair]:
    """Every (parent, child). A root's program answers with its first topic."""
    for program in spec.programs:
        outputs = program.outputs[:1] if program.operation.kind == "root" else program.outputs
        for source in program.inputs:
            for target in outputs:
                if source != target:
                    yield source, target


def reachable(flows: Iterable[Pair]) -> dict[str, set[str]]:
    """Topic → every topic in which something of it ends up."""
    following: dict[str, list[str]] = {}
    for source, target in flows:
        following.setdefault(source, []).append(target)
    reached: dict[str, set[str]] = {}
    for start, first in following.items():
        seen: set[str] = set()
        frontier = list(first)
        while frontier:
            topic = frontier.pop()
            if topic not in seen:
                seen.add(topic)
                frontier.extend(following.get(topic, ()))
        reached[start] = seen
    return reached
