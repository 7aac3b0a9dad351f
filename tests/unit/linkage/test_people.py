"""How many people fields hold and share: told by the window, thinned, and the same in any order."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.facts import BucketsClosed, Fact, FieldName, PeopleCounted, encode_fact
from flowaudit.linkage.registers import Registers, estimate, no_one, unpacked
from flowaudit.linkage.settings import LinkageSettings
from tests.unit.linkage.made_runs import Sighting, runs, shuffled, window_of

SHORT = LinkageSettings(window_ms=10_000, bucket_ms=5_000, popular_records=1_000)
FAR_FUTURE_MS = 1 << 50
DOOR, SCORE = FieldName("door", "$.tenant"), FieldName("score", "$.citizen")

sightings = st.lists(
    st.builds(
        Sighting,
        topic=st.sampled_from(["door", "score", "ban"]),
        offset=st.integers(0, 60),
        at_ms=st.integers(0, 40_000),
        token=st.integers(0, 30).map(lambda number: number * 2**58),
        field=st.sampled_from(["$.x", "$.y"]),
        instance=st.just(False),
    ),
    max_size=60,
)


def people(facts: Iterable[Fact]) -> list[PeopleCounted]:
    return [fact for fact in facts if isinstance(fact, PeopleCounted)]


def merged(facts: Iterable[Fact]) -> dict[tuple[int, float, FieldName, FieldName], Registers]:
    registers: dict[tuple[int, float, FieldName, FieldName], Registers] = {}
    for fact in people(facts):
        for told in fact.sets:
            key = (fact.key_id, fact.theta, fact.fields[told.one], fact.fields[told.other])
            registers[key] = np.maximum(registers.get(key, no_one()), unpacked(told.registers))
    return registers


def count(facts: Iterable[Fact], one: FieldName, other: FieldName) -> int:
    found = [held for key, held in merged(facts).items() if key[2:] == (one, other)]
    return round(estimate(found[0])) if found else 0


def crowd(topic: str, path: str, who: Iterable[int], *, at_ms: int = 0, step_ms: int = 1) -> list[Sighting]:
    tokens = np.random.default_rng(9).integers(0, 2**64, 5_000, dtype=np.uint64).tolist()
    return [
        Sighting(topic, at_ms * 10_000 + n, at_ms + n * step_ms, tokens[person], path, instance=False)
        for n, person in enumerate(who)
    ]


@settings(max_examples=30, deadline=None)
@given(sightings, st.integers(0, 1000))
def test_any_order_batching_and_replay_gives_the_same_people(seen: list[Sighting], seed: int) -> None:
    seen = list({(each.topic, each.offset): each for each in seen}.values())
    straight = window_of(runs(seen), settings=SHORT).close(FAR_FUTURE_MS)
    other = window_of(shuffled(runs(seen), seed), settings=SHORT).close(FAR_FUTURE_MS)
    assert [encode_fact(fact) for fact in people(straight)] == [encode_fact(fact) for fact in people(other)]


@settings(max_examples=20, deadline=None)
@given(sightings, st.integers(0, 50_000))
def test_a_restart_tells_some_again_and_the_sum_is_the_same(seen: list[Sighting], at_ms: int) -> None:
    seen = list({(each.topic, each.offset): each for each in seen}.values())
    whole = window_of(runs(seen), settings=SHORT).close(FAR_FUTURE_MS)
    first, second = window_of(runs(seen), settings=SHORT), window_of(settings=SHORT)
    told: list[Fact] = list(first.close(1_790_000_000_000 + at_ms))
    closed = [fact for fact in told if isinstance(fact, BucketsClosed)]
    if closed:
        second.resume(closed[-1])
    for run in runs(seen):
        second.add(run)
    told += second.close(FAR_FUTURE_MS)
    assert _as_bytes(merged(told)) == _as_bytes(merged(whole))


def _as_bytes(registers: dict[tuple[int, float, FieldName, FieldName], Registers]) -> dict[object, bytes]:
    return {key: held.tobytes() for key, held in registers.items()}


def test_people_of_fields_and_those_whom_they_share_are_counted_once_over_all_buckets() -> None:
    seen = crowd("door", "$.tenant", [*range(200), *range(200)], step_ms=100)
    seen += crowd("score", "$.citizen", range(150, 250), at_ms=15_000, step_ms=50)
    facts = window_of(runs(seen), settings=SHORT).close(FAR_FUTURE_MS)
    assert abs(count(facts, DOOR, DOOR) - 200) < 50
    assert abs(count(facts, SCORE, SCORE) - 100) < 25
    assert abs(count(facts, DOOR, SCORE) - 50) < 15


def test_who_is_seen_a_window_later_is_not_shared() -> None:
    seen = crowd("door", "$.tenant", range(100)) + crowd("score", "$.citizen", range(100), at_ms=30_000)
    facts = window_of(runs(seen), settings=SHORT).close(FAR_FUTURE_MS)
    assert count(facts, DOOR, DOOR) > 80
    assert count(facts, DOOR, SCORE) == 0


def test_events_are_no_people() -> None:
    seen = [Sighting("door", n, 10 * n, n * 2**50 + 7, "$.tenant") for n in range(200)]
    seen += [Sighting("score", n, 10 * n + 5, n * 2**50 + 7, "$.citizen") for n in range(200)]
    assert merged(window_of(runs(seen), settings=SHORT).close(FAR_FUTURE_MS)) == {}


def test_two_keys_never_name_the_same_people() -> None:
    door = runs(crowd("door", "$.tenant", range(100)), key_id=1)
    score = runs(crowd("score", "$.citizen", range(100)), key_id=70_000)
    facts = window_of(door, score, settings=SHORT).close(FAR_FUTURE_MS)
    assert {fact.key_id for fact in people(facts)} == {1, 70_000}
    assert count(facts, DOOR, DOOR) > 80
    assert count(facts, DOOR, SCORE) == 0


def test_what_was_told_is_not_told_again_but_the_sampling_is() -> None:
    seen = [each for turn in range(8) for each in crowd("door", "$.tenant", range(300), at_ms=turn * 5_000)]
    facts = people(window_of(runs(seen, theta=0.25), settings=SHORT).close(FAR_FUTURE_MS))
    sizes = [len(encode_fact(fact)) for fact in facts]
    assert len(sizes) == 8
    assert max(sizes[1:]) < 200 < sizes[0]
    assert {fact.theta for fact in facts} == {0.25}


def test_of_two_topics_only_the_pairs_that_share_most_are_told() -> None:
    seen = [
        each
        for number in range(12)
        for topic in ("door", "score")
        for each in crowd(topic, f"$.field{number}", range(100), at_ms=100 * number)
    ]
    seen = [Sighting(s.topic, n, s.at_ms, s.token, s.field, instance=False) for n, s in enumerate(seen)]
    facts = window_of(runs(seen), settings=SHORT).close(FAR_FUTURE_MS)
    pairs = [key for key in merged(facts) if key[2] != key[3]]
    assert len(pairs) == 4
