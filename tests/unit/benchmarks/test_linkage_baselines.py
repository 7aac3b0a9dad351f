"""What others would try, on records whose answer is worked out by hand."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from benchmarks.linkage.baselines.__main__ import table
from benchmarks.linkage.baselines.baseline import BASELINES
from benchmarks.linkage.baselines.containment import containment
from benchmarks.linkage.baselines.held import Held, hold
from benchmarks.linkage.baselines.leaves import columns_of
from benchmarks.linkage.baselines.metadata import programs_flows
from benchmarks.linkage.baselines.overlap import overlaps
from benchmarks.linkage.baselines.rates import spikes
from benchmarks.linkage.baselines.tried import METADATA_ALONE
from benchmarks.linkage.estate import EdgeCase, Written
from benchmarks.linkage.foreign.database import START_MS, Row, tell
from flowaudit.estates.score import Accuracy
from flowaudit.linkage.readers import Programs, Writer
from tests.unit.benchmarks.tiny_estates import orders_and_lines, played, rows_of

ORDERS = {"x1": 0.0, "x2": 1.0, "x3": 2.0, "x4": 3.0}
LINES = [Row("lines", at_s + 0.5, {"line": f"y{name}", "order": name}) for name, at_s in list(ORDERS.items())[:3]]


def test_columns_are_the_leaves_of_json_objects_by_topic_and_path() -> None:
    values = (b'{"a": {"b": ["x", 1, null, true]}}', b'{"a": {"b": "x"}}', b"no JSON", b'"x"', b"")
    records = [Written("t", 0, n, START_MS + n, START_MS + n, None, value) for n, value in enumerate(values)]
    assert columns_of(records) == {
        ("t", "$.a.b[*]"): {"x": START_MS, "1": START_MS},
        ("t", "$.a.b"): {"x": START_MS + 1},
        ("t", "$"): {"x": START_MS + 3},
    }


def test_overlap_is_the_shared_part_of_all_values_and_points_from_who_held_them_first() -> None:
    records = tell([*rows_of("orders", ORDERS), *LINES, *rows_of("others", {"z1": 0.0})])
    # Three of x1-x4 and yx1-yx3 are in both; nobody else shares a value.
    assert overlaps(records) == {("orders", "lines"): 3 / 7}
    later = {name: at_s + 60 for name, at_s in ORDERS.items()}
    assert overlaps(tell([*rows_of("orders", later), *LINES])) == {("lines", "orders"): 3 / 7}


def test_a_column_is_contained_in_the_one_that_held_its_values_first() -> None:
    pytest.importorskip("datasketch", reason="of the extra benchmarks")
    many = {f"order {number:03}": float(number) for number in range(60)}
    half = {name: at_s + 0.5 for number, (name, at_s) in enumerate(many.items()) if number % 2}
    few = dict(list(half.items())[:9])
    find = containment(tell([*rows_of("all", many), *rows_of("half", half), *rows_of("few", few)]))
    assert find(0.7) == {("all", "half")}, "a column of nine values is none"
    assert containment([])(0.7) == set()


def test_rates_spike_at_the_delay_of_a_flow() -> None:
    chance = random.Random(3)
    at_s = [chance.uniform(0, 120) for _ in range(300)]
    source = [Row("a", at, {}) for at in at_s]
    copied = [Row("b", at + 0.4, {}) for at in at_s]
    alone = [Row("c", chance.uniform(0, 120), {}) for _ in at_s]
    found = spikes(tell([*source, *copied, *alone]))
    assert found["a", "b"] > 8 > max(height for pair, height in found.items() if pair != ("a", "b"))
    assert ("b", "a") not in found
    assert spikes([]) == {}


def test_metadata_alone_draws_from_all_that_a_program_reads_to_all_that_it_writes() -> None:
    read_by = (("g", frozenset({"a", "b"})), ("h", frozenset({"c"})))
    certain = Writer(frozenset({"b", "d"}), groups=("g",))
    likely = Writer(frozenset({"e"}), likely_groups=("h",))
    unknown = Writer(frozenset({"f"}))
    flows = programs_flows(Programs(read_by, (certain, likely, unknown)))
    assert flows == {("a", "b"), ("a", "d"), ("b", "d"), ("c", "e")}


def test_what_is_found_is_held_against_the_truth_and_what_was_not_exercised_against_nothing() -> None:
    cases = tuple(EdgeCase(*pair, (), 9) for pair in (("a", "b"), ("b", "c")))
    estate = replace(played(), cases=cases, not_exercised=(("x", "y"),))
    held = hold({("a", "b"), ("c", "b"), ("a", "d"), ("x", "y")}, estate)
    # Reachable are b, c from a, and c from b; found are b, d from a, and b from c.
    assert held == Held(Accuracy(1, 2, 1), Accuracy(1, 2, 2), drawn=3, reversed_edges=1)
    assert held.plus(held) == Held(Accuracy(2, 4, 2), Accuracy(2, 4, 4), drawn=6, reversed_edges=2)
    assert list(table({METADATA_ALONE: held}))[1:] == [
        "metadata alone                          0.333 0.500 0.400          0.333 0.333 0.333   1/3"
    ]


def test_the_chosen_threshold_of_each_baseline_is_one_of_those_that_were_tried() -> None:
    assert {baseline.name for baseline in BASELINES if baseline.threshold not in baseline.tried} == set()
    overlap = BASELINES[0]
    assert overlap.pairs(orders_and_lines().records) == {("orders", "lines")}
