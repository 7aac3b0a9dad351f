from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.linkage.columns import SightingColumns
from flowaudit.linkage.neighbours import Neighbours, seen_before_elsewhere
from flowaudit.linkage.slice import Slice, index_slice
from tests.unit.linkage.made_runs import START_MS, Sighting, runs

WINDOW_MS = 400

few = st.lists(
    st.builds(
        Sighting,
        topic=st.sampled_from("abc"),
        offset=st.integers(0, 1000),
        at_ms=st.integers(0, 1000),
        token=st.integers(0, 4),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda each: (each.topic, each.offset),
)


def sliced(seen: list[Sighting]) -> Slice:
    columns = SightingColumns()
    for run in runs(seen):
        columns.add(run, None)
    table, topics, fields = columns.between(START_MS, START_MS + 2000)
    return index_slice(table, topics, fields, (START_MS, START_MS + 1001))


@given(few)
def test_the_nearest_sightings_are_those_that_a_search_through_all_finds(seen: list[Sighting]) -> None:
    data = sliced(seen)
    near = Neighbours(data, WINDOW_MS)
    for topic in range(len(data.topics)):
        near.look_at(topic)
        following = near.following()
        for place in range(len(data)):
            same = (data.token == data.token[place]) & (data.topic == topic)
            before = data.time[same & (data.time < data.time[place]) & (data.time >= data.time[place] - WINDOW_MS)]
            after = data.time[same & (data.time > data.time[place]) & (data.time <= data.time[place] + WINDOW_MS)]
            found = near.preceding[place]
            assert (found < 0) == (not len(before))
            assert found < 0 or data.time[found] == before.max()
            found = following[place]
            assert (found < 0) == (not len(after))
            assert found < 0 or data.time[found] == after.min()


@given(few)
def test_known_is_what_another_topic_had_strictly_earlier(seen: list[Sighting]) -> None:
    data = sliced(seen)
    known = seen_before_elsewhere(data)
    for place in range(len(data)):
        elsewhere = (data.token == data.token[place]) & (data.topic != data.topic[place])
        assert known[place] == bool((data.time[elsewhere] < data.time[place]).any())


@given(few)
def test_the_horizon_reaches_as_far_back_as_ahead_and_never_beyond_the_data(seen: list[Sighting]) -> None:
    data = sliced(seen)
    horizon = Neighbours(data, WINDOW_MS).horizon
    assert (horizon <= data.time - data.from_ms).all()
    assert (horizon <= data.to_ms - data.time).all()
    assert (horizon <= WINDOW_MS).all()


def test_in_a_world_of_chance_all_three_lags_are_alike() -> None:
    rng = np.random.default_rng(3)
    seen = [
        Sighting(topic, n, int(rng.integers(0, 60_000)), int(rng.integers(0, 40)), instance=False)
        for topic in "ab"
        for n in range(6_000)
    ]
    columns = SightingColumns()
    for run in runs(seen):
        columns.add(run, None)
    data = index_slice(*columns.between(START_MS, START_MS + 60_000), (START_MS, START_MS + 60_000))
    near = Neighbours(data, 20_000)
    near.look_at(0)
    b = data.topic == 1
    back = data.time - data.time[near.preceding]
    after = near.following()
    ahead = data.time[after] - data.time
    shifted = near.shifted_lag()
    short = [
        int((b & (near.preceding >= 0) & (back <= np.minimum(near.horizon, 100))).sum()),
        int((b & (after >= 0) & (ahead <= np.minimum(near.horizon, 100))).sum()),
        int((b & (shifted > 0) & (shifted <= np.minimum(near.horizon, 100))).sum()),
    ]
    assert min(short) > 1000
    assert max(short) - min(short) < 4 * np.sqrt(max(short))
