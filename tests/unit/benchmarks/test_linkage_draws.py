"""What is drawn over the tuning seeds: everything that the benchmark promises occurs."""

from __future__ import annotations

from functools import cache

from benchmarks.linkage.cases import cases_of
from benchmarks.linkage.decoys import decoy_cases
from benchmarks.linkage.draw import draw_estate
from benchmarks.linkage.estate import EstateSpec
from benchmarks.linkage.flows import direct_flows
from benchmarks.linkage.version import EVALUATION_SEEDS, STILL_SEEDS, TUNING_SEEDS
from tests.unit.benchmarks.linkage_estates import spec_of

CASES = {
    "map", "filter-50pct", "filter-20pct", "filter-8pct", "filter-1pct", "batch", "union", "fan-in", "fan-out",
    "event-join", "person-join", "stateful-join", "side-table", "aggregate", "threshold", "rekeyed", "mapping",
    "digest", "feedback", "slow", "skewed", "backlog", "duplicates", "late", "replayed", "not-plain-json",
    "quotes-event", "person-only", "translated",
}  # fmt: skip
DECOYS = {
    "shared-population", "co-activity", "human-order", "common-tick", "fork", "outside-cause", "low-entropy",
}  # fmt: skip


@cache
def drawn() -> tuple[EstateSpec, ...]:
    return tuple(spec_of(seed) for seed in range(24))


def test_every_operation_and_every_disorder_occurs() -> None:
    found = {name for spec in drawn() for flow in direct_flows(spec) for name in cases_of(spec, *flow, 100)}
    assert CASES - found == set()


def test_every_decoy_occurs() -> None:
    assert {decoy.kind for spec in drawn() for decoy in decoy_cases(spec)} == DECOYS


def test_popular_values_chains_and_every_format_occur() -> None:
    specs = drawn()
    assert any(root.popular > 0.01 for spec in specs for root in spec.roots)
    assert {topic.format for spec in specs for topic in spec.topics} == {"json", "stringified", "delimited", "msgpack"}
    flows = [set(direct_flows(spec)) for spec in specs]
    assert all(any(target == source for _, target in each for source, _ in each) for each in flows)


def test_estates_are_as_large_as_promised() -> None:
    for spec in drawn():
        assert 20 <= len(spec.topics) <= 62
        assert 600_000 <= spec.duration_ms <= 900_000
    for seed in range(6):
        small = draw_estate(seed, size="small")
        assert 9 <= len(small.topics) <= 16
        assert 75_000 <= small.duration_ms <= 120_000


def test_every_topic_is_written_by_one_program_that_one_application_runs() -> None:
    for spec in drawn():
        assert sorted(t for p in spec.programs for t in p.outputs) == sorted(topic.name for topic in spec.topics)
        assert sorted(name for app in spec.apps for name in app.programs) == sorted(p.name for p in spec.programs)


def test_members_are_named_after_nothing() -> None:
    """A member that is called the same means other things elsewhere: names give nothing away."""
    kinds: dict[str, set[str]] = {}
    for spec in drawn():
        for topic in spec.topics:
            for field in topic.fields:
                kinds.setdefault(field.path[-1], set()).update(part.kind for part in field.parts)
    assert min(len(meanings) for meanings in kinds.values()) > 5


def test_worlds_without_a_flow_have_none() -> None:
    for seed in STILL_SEEDS[:6]:
        spec = draw_estate(seed, kind="still")
        assert list(direct_flows(spec)) == []
        assert len(spec.topics) >= 10


def test_seeds_for_tuning_and_for_evaluation_are_apart() -> None:
    assert set(TUNING_SEEDS).isdisjoint(EVALUATION_SEEDS)
    assert set(STILL_SEEDS).isdisjoint({*TUNING_SEEDS, *EVALUATION_SEEDS})
