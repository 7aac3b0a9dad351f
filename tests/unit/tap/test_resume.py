"""What is read again after a restart: all that linkage still looks at, and no more than it must."""

from __future__ import annotations

from flowaudit.facts import Channel, OffsetClass, Provenance, RunAudited, Segment
from flowaudit.sources.tap.partition_audit import Resumed
from flowaudit.sources.tap.plan import TapPartition
from flowaudit.sources.tap.resume import resumed

HERE = TapPartition("t", "id", 0)


def run(low: int, high: int, clock_ms: int, last_ms: int | None = None) -> RunAudited:
    segments = (Segment(low, high, OffsetClass.AUDITED),)
    provenance = Provenance(Channel.LINKAGE, 5, "Fetch")
    last_ms = clock_ms if last_ms is None else last_ms
    return RunAudited(provenance, *HERE, segments, last_timestamp_ms=last_ms, clock_ms=clock_ms)


def test_runs_that_end_before_the_needed_time_are_passed() -> None:
    runs = [run(10, 20, 1000), run(20, 30, 2000), run(30, 40, 3000), run(40, 50, 4000)]
    assert resumed(runs, {HERE: 10}, 2500) == {HERE: Resumed(10, link_from=30, clock_ms=2000)}


def test_nothing_closed_means_everything_is_needed() -> None:
    assert resumed([run(10, 20, 1000)], {HERE: 10}, None) == {HERE: Resumed(10, link_from=10, clock_ms=-1)}


def test_an_unsettled_clock_is_no_place_to_go_on_from() -> None:
    runs = [run(10, 20, 1000), run(20, 30, -1, last_ms=1500)]
    assert resumed(runs, {HERE: 10}, 2500)[HERE].link_from == 20


def test_a_record_that_is_needed_keeps_all_behind_it() -> None:
    runs = [run(10, 20, 1000), run(20, 30, 3000), run(30, 40, 2000, last_ms=2000)]
    assert resumed(runs, {HERE: 10}, 2500)[HERE].link_from == 20


def test_reading_begins_with_the_span_before() -> None:
    assert Resumed(10, link_from=250, clock_ms=0).read_from(100) == 100
    assert Resumed(130, link_from=250, clock_ms=0).read_from(100) == 130
