from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.facts import Fact, IdentifierKind, PairObserved, PeopleCounted, RowsObserved, decode_fact, encode_fact
from flowaudit.linkage.bins import bin_of
from flowaudit.linkage.columns import LATEST_MS
from flowaudit.linkage.infer import infer
from flowaudit.linkage.settings import LinkageSettings
from tests.unit.linkage.made_runs import START_MS, Sighting, chain, moved, pair, rows, runs, shuffled, window_of
from tests.unit.linkage.worlds import make_world, runs_of

SHORT = LinkageSettings(window_ms=10_000, bucket_ms=5_000)
FAR_FUTURE_MS = 1 << 50
INT64 = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([2**63 - 1, -(2**63), -1, 0, LATEST_MS - 1, START_MS])

sightings = st.lists(
    st.builds(
        Sighting,
        topic=st.sampled_from("abc"),
        offset=st.integers(0, 40),
        at_ms=st.integers(0, 60_000),
        token=st.integers(0, 12),
        field=st.sampled_from(["$.x", "$.y"]),
        instance=st.booleans(),
    ),
    max_size=60,
)


def told(facts: Iterable[Fact]) -> list[bytes]:
    return [encode_fact(fact) for fact in facts]


@settings(max_examples=60)
@given(sightings, st.integers(0, 1000))
def test_any_order_batching_and_replay_gives_the_same_facts(seen: list[Sighting], seed: int) -> None:
    seen = list({(each.topic, each.offset): each for each in seen}.values())
    straight, other = runs(seen), shuffled(runs(seen), seed)
    assert told(window_of(straight).provisional()) == told(window_of(other).provisional())
    assert told(window_of(straight, settings=SHORT).close(FAR_FUTURE_MS)) == told(
        window_of(other, settings=SHORT).close(FAR_FUTURE_MS)
    )


def test_closing_while_data_comes_in_gives_the_same_facts_as_closing_at_the_end() -> None:
    all_runs = runs_of(make_world(3, duration_s=40.0), batch_s=1.0)
    late = window_of(all_runs, settings=SHORT)
    steady = window_of(settings=SHORT)
    closed = []
    for run in all_runs:
        # What one batch brings is complete for everything before the batch began.
        watermark_ms = int(run.table()["timestamp_ms"].min()) // 1000 * 1000 if run.rows else 0
        closed += steady.close(watermark_ms)
        steady.add(run)
    assert told(closed + steady.close(FAR_FUTURE_MS)) == told(late.close(FAR_FUTURE_MS))


def test_a_bucket_is_told_once_and_its_sightings_are_forgotten_in_time() -> None:
    window = window_of(runs(chain(100, [40])), settings=SHORT)
    held = window.sightings
    assert window.close(START_MS + 40_000)
    assert window.close(START_MS + 40_000) == []
    assert 0 < window.sightings < held


def test_a_bucket_waits_for_its_following_horizon() -> None:
    window = window_of(runs(chain(100, [40])), settings=SHORT)
    width, start = SHORT.bucket_ms, START_MS // SHORT.bucket_ms * SHORT.bucket_ms
    assert window.close(start + width + SHORT.window_ms - 1) == []
    facts = window.close(start + width + SHORT.window_ms)
    assert {fact.bucket_ms for fact in facts if isinstance(fact, PairObserved | RowsObserved)} == {start}


def test_provisional_facts_close_nothing() -> None:
    window = window_of(runs(chain(50, [40])))
    assert told(window.provisional()) == told(window.provisional())
    assert window_of().provisional() == []


def test_lags_land_in_the_bins_of_their_length() -> None:
    made = [Sighting("a", n, 1000 * n, n, "$.own") for n in range(20)]
    made += [Sighting("b", n, 1000 * n + 250, n, "$.from") for n in range(20)]
    facts = window_of(runs(made)).provisional()
    (forward,) = pair(facts, "a", "b")
    assert forward.identifiers is IdentifierKind.INSTANCE
    assert forward.preceding[int(bin_of(np.array([250]))[0])] == 20
    assert sum(forward.preceding) == 20
    assert sum(forward.following) == 0
    assert [(f.upstream_path, f.downstream_path, f.sightings) for f in forward.fields] == [("$.own", "$.from", 20)]
    assert (forward.first_ms, forward.last_ms) == (START_MS + 250, START_MS + 19_250)
    (backward,) = pair(facts, "b", "a")
    assert (sum(backward.preceding), sum(backward.following), backward.first_ms) == (0, 20, -1)


def test_sightings_of_one_millisecond_say_nothing_about_order() -> None:
    made = [Sighting(topic, n, 1000 * n, n) for n in range(20) for topic in "ab"]
    assert pair(window_of(runs(made)).provisional(), "a", "b") == []


def test_tokens_of_two_keys_never_compare() -> None:
    upstream = runs([Sighting("a", n, 1000 * n, n) for n in range(30)], key_id=1)
    downstream = runs([Sighting("b", n, 1000 * n + 50, n) for n in range(30)], key_id=2)
    assert not [fact for fact in window_of(upstream, downstream).provisional() if isinstance(fact, PairObserved)]


def test_memory_is_bounded_by_dropping_the_same_identifiers_everywhere() -> None:
    rng = np.random.default_rng(5)
    tokens = rng.integers(0, 2**64, 4_000, dtype=np.uint64)
    made = [Sighting("a", n, 10 * n, int(token)) for n, token in enumerate(tokens)]
    made += [Sighting("b", n, 10 * n + 30, int(token)) for n, token in enumerate(tokens)]
    full = window_of(runs(made))
    small = window_of(runs(made), settings=LinkageSettings(max_sightings=3_000))
    assert small.sightings <= 3_000
    assert small.theta == 0.25
    (everything,), (sample,) = pair(full.provisional(), "a", "b"), pair(small.provisional(), "a", "b")
    assert abs(sum(sample.preceding) / sum(everything.preceding) - 0.25) < 0.03
    assert sum(sample.following) == 0


def test_the_order_of_arrival_does_not_decide_how_much_is_dropped() -> None:
    made = runs([Sighting(topic, n, 10 * n, n * 2**50) for n in range(2_000) for topic in "ab"])
    tight = LinkageSettings(max_sightings=900)
    one, other = window_of(made, settings=tight), window_of(shuffled(made, 3), settings=tight)
    assert one.theta == other.theta < 1
    assert told(one.provisional()) == told(other.provisional())


def test_a_popular_value_is_no_identifier() -> None:
    made = chain(400, [40])
    made += [
        Sighting(hop, n, each.at_ms, 7, "$.op", instance=False) for hop in "ab" for n, each in enumerate(made[::3])
    ]
    facts = window_of(runs(made)).provisional()
    assert all(f.identifiers is IdentifierKind.INSTANCE for f in facts if isinstance(f, PairObserved))


def test_a_row_names_the_record_that_carries_most_of_it() -> None:
    # The person was seen again in `a` since; the event that the record quotes is the older one.
    made = [Sighting("a", 0, 0, 1, "$.event"), Sighting("a", 0, 0, 99, "$.person", instance=False)]
    made += [Sighting("a", 1, 500, 2, "$.event"), Sighting("a", 1, 500, 99, "$.person", instance=False)]
    made += [Sighting("b", 0, 900, 1, "$.about"), Sighting("b", 0, 900, 99, "$.who", instance=False)]
    (fact,) = rows(window_of(runs(made)).provisional(), "b")
    (parent,) = fact.parent_table()
    assert fact.upstreams[parent["upstream"]] == "a"
    assert parent["lag_ms"] == 900
    assert (int(parent["mask"]), int(parent["seen"])) == (0b11, 0b11)
    assert int(parent["first"]) == 0b11
    (row,) = fact.row_table()
    assert (int(row["known"]), int(row["present"])) == (0b11, 0b11)
    assert fact.fields[int(row["instance"]).bit_length() - 1] == "$.about"


def test_rows_are_sampled_and_stand_for_the_rest() -> None:
    facts = window_of(runs(chain(300, [40])), settings=LinkageSettings(rows_per_topic=50)).provisional()
    (fact,) = rows(facts, "b")
    table = fact.row_table()
    assert (len(table), fact.records) == (50, 300)
    assert table["weight"].sum() == 300
    assert (np.diff(table["rank"].astype(object)) > 0).all()


def test_facts_survive_the_codec() -> None:
    facts = window_of(runs(chain(60, [40, 90]))).provisional()
    assert {type(fact) for fact in facts} == {PairObserved, RowsObserved, PeopleCounted}
    again = [decode_fact(encode_fact(fact)) for fact in facts]
    assert infer(again).edges == infer(facts).edges


def test_shards_of_the_tokens_add_up() -> None:
    made = chain(300, [40, 200])
    parts = [runs([each for each in made if each.token % 2 == shard]) for shard in (0, 1)]
    facts = [f for n in (0, 1) for f in window_of(parts[n], settings=LinkageSettings(shard=n)).provisional()]
    whole = infer(window_of(runs(made)).provisional()).edges
    split = infer(facts).edges
    assert [(e.upstream, e.downstream, e.grade, e.sightings) for e in split] == [
        (e.upstream, e.downstream, e.grade, e.sightings) for e in whole
    ]


def test_hostile_timestamps_break_nothing() -> None:
    made = [Sighting("a", n, at, n) for n, at in enumerate([-START_MS, -START_MS - 5, 2**61, 0, 50])]
    window = window_of(runs([*made, *moved(chain(30, [40]), 1000)]), settings=SHORT)
    assert window.provisional()
    assert window.close(START_MS + 60_000)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), INT64, st.integers(0, 3), st.booleans()), min_size=1, max_size=30),
    INT64,
)
def test_no_timestamp_breaks_the_window(seen: list[tuple[str, int, int, bool]], watermark_ms: int) -> None:
    made = [
        Sighting(topic, n, at - START_MS, token, instance=instance)
        for n, (topic, at, token, instance) in enumerate(seen)
    ]
    window = window_of(runs(made), runs(chain(30, [40])), settings=SHORT)
    assert pair(window.provisional(), "a", "b")
    told = window.close(watermark_ms) + window.provisional() + window.close(FAR_FUTURE_MS)
    assert pair(told, "a", "b")
    assert window.provisional() == []


def test_a_bucket_of_which_no_row_stays_tells_of_none() -> None:
    window = window_of(runs(chain(200, [40])), settings=replace(SHORT, kept_rows_per_topic=5))
    told = rows(window.close(FAR_FUTURE_MS), "b")
    assert 1 < len(told) < 200 * 500 // SHORT.bucket_ms
    assert all(fact.rows for fact in told)


def test_of_more_rows_than_there_is_room_for_those_that_stay_say_for_how_many_they_stand() -> None:
    made = runs(chain(200, [40]))
    (whole,) = rows(window_of(made).provisional(), "b")
    (drawn,) = rows(window_of(made, settings=LinkageSettings(rows_per_topic=50)).provisional(), "b")
    assert (len(whole.row_table()), set(whole.row_table()["weight"].tolist())) == (200, {1.0})
    assert (len(drawn.row_table()), set(drawn.row_table()["weight"].tolist())) == (50, {4.0})


def test_more_fields_than_bits_are_still_counted() -> None:
    made = [Sighting("a", n, 1000 * n, 100 * n + f, f"$.f{f:02}") for n in range(30) for f in range(70)]
    made += [Sighting("b", n, 1000 * n + 40, 100 * n + f, f"$.f{f:02}") for n in range(30) for f in range(70)]
    assert [(e.upstream, e.downstream) for e in infer(window_of(runs(made)).provisional()).edges] == [("a", "b")]
