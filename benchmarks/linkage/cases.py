"""Why a flow is hard to find: the names under which results are reported."""

from __future__ import annotations

from benchmarks.linkage.estate import EstateSpec, ProgramSpec, TopicSpec, kind_of
from benchmarks.linkage.kinds import EVENT_KINDS

_SLOW_MS = 15_000.0
_SLOW_SMALL_MS = 3_000.0
_THIN = 40
_ACCURATE_MS = 250


def cases_of(spec: EstateSpec, source: str, target: str, carried: int) -> tuple[str, ...]:
    """The names that apply to a flow."""
    program, parent, child = spec.writer(target), spec.topic(source), spec.topic(target)
    kind = "feedback" if program.operation.kind == "root" else _operation(program, source, target)
    names = [kind, _identity(parent, child), *_surroundings(spec, program, parent, child)]
    names += ["thin"] if carried < _THIN else []
    return tuple(dict.fromkeys(names))


def _operation(program: ProgramSpec, source: str, target: str) -> str:
    operation = program.operation
    names: dict[str, str] = {
        "filter": "map" if operation.share >= 1 else f"filter-{operation.share * 100:.0f}pct",
        "union": "fan-in" if len(program.inputs) > 2 else "union",
        "join": "event-join" if kind_of(operation.by) in EVENT_KINDS else "person-join",
        "table-join": "side-table" if source == operation.table else "stateful-join",
        "rekey": "mapping" if target == operation.mapping else "rekeyed",
        "map": "fan-out" if len(program.outputs) > 1 else "map",
    }
    return names.get(operation.kind, operation.kind)


def _identity(parent: TopicSpec, child: TopicSpec) -> str:
    """By what the child could be followed back to the parent."""
    common = [kind_of(slot) for slot in parent.slots if slot in child.slots]
    if any(kind in EVENT_KINDS for kind in common):
        return "quotes-event"
    if not common:
        return "translated"
    return "person-only" if any(kind != "lock" for kind in common) else "place-only"


def _surroundings(spec: EstateSpec, program: ProgramSpec, parent: TopicSpec, child: TopicSpec) -> list[str]:
    slow_ms = _SLOW_SMALL_MS if spec.size == "small" else _SLOW_MS
    feeder = spec.writer(parent.name)
    skews = [
        writer.disorder.skew_ms if topic.clock == "create" else 0
        for writer, topic in ((feeder, parent), (program, child))
    ]
    named = {
        "slow": program.delay.median_ms >= slow_ms,
        "skewed": abs(skews[1] - skews[0]) >= _ACCURATE_MS,
        "backlog": program.disorder.pause_ms is not None,
        "duplicates": max(program.disorder.duplicates, feeder.disorder.duplicates) >= 0.05,
        "late": max(program.disorder.late, feeder.disorder.late) >= 0.02,
        "not-plain-json": parent.format != "json" or child.format != "json",
        "replayed": any(root.topic == parent.name and root.replay_ms for root in spec.roots),
    }
    return [name for name, applies in named.items() if applies]
