"""Every offset is in exactly one segment, however the records were cut into runs."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from flowaudit.facts import Channel, OffsetClass, Provenance, RunAudited, Segment, decode_fact, encode_fact
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.segments import merged, segments_of
from tests.unit.tap.records import NOW_MS, MadeRecord, audit_all, door_events, in_runs, settings, sighted

quickly = how(deadline=None, max_examples=15)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[range, list[MadeRecord], list[tuple[int, int]]]:
    """A range of offsets, records at some of them, and bad ranges."""
    start = draw(st.integers(0, 50))
    kinds = draw(st.lists(st.sampled_from("rrrhb"), min_size=1, max_size=40))
    records = [MadeRecord(start + index, b"{}") for index, kind in enumerate(kinds) if kind == "r"]
    bad = [(start + index, start + index + 1) for index, kind in enumerate(kinds) if kind == "b"]
    if draw(st.booleans()):
        records = sorted([*records, *(MadeRecord(low, b"?") for low, _ in bad)], key=lambda record: record.offset)
    return range(start, start + len(kinds)), records, bad


@quickly
@given(stretches())
def test_segments_cover_each_offset_once_in_its_class(
    stretch: tuple[range, list[MadeRecord], list[tuple[int, int]]],
) -> None:
    offsets, records, bad = stretch
    segments = segments_of(offsets, records, bad)
    classes = {offset: each.offset_class for each in segments for offset in range(each.low, each.high)}
    bad_offsets = {low for low, _ in bad}
    good = {record.offset for record in records} - bad_offsets
    assert classes == {
        offset: OffsetClass.QUARANTINED
        if offset in bad_offsets
        else OffsetClass.AUDITED
        if offset in good
        else OffsetClass.INVISIBLE
        for offset in offsets
    }
    assert segments[0].low == offsets.start
    assert segments[-1].high == offsets.stop
    for before, after in pairwise(segments):
        assert before.high == after.low
        assert before.offset_class is not after.offset_class


sizes = st.lists(st.integers(1, 90), min_size=1, max_size=6)


@quickly
@given(sizes, sizes, st.integers(0, 3))
def test_the_cut_into_runs_changes_nothing(one: list[int], other: list[int], seed: int) -> None:
    records = door_events(300, seed)
    for offset in (5, 100, 101, 250):
        records[offset] = MadeRecord(offset, b"\xff")
    del records[200:220]
    first, second = audit_all(in_runs(records, one), 0.5), audit_all(in_runs(records, other), 0.5)
    assert sighted(first) == sighted(second)
    assert len(sighted(first)) > 200
    assert merged(run.fact for run in first) == merged(run.fact for run in second)
    assert [each for run in first for each in run.profiled] == [each for run in second for each in run.profiled]
    assert [each for run in first for each in run.quarantined] == [each for run in second for each in run.quarantined]


def test_a_run_without_records_is_accounted_as_what_its_holes_are() -> None:
    audit = TapAudit(settings())
    truncated = audit.audit(TappedRun("t", "id", 0, 0, 900, (), holes=OffsetClass.TRUNCATED), NOW_MS)
    invisible = audit.audit(TappedRun("t", "id", 0, 900, 902, ()), NOW_MS)
    assert truncated.fact.segments == (Segment(0, 900, OffsetClass.TRUNCATED),)
    assert invisible.fact.segments == (Segment(900, 902, OffsetClass.INVISIBLE),)
    assert truncated.sightings is None


def test_a_run_that_covers_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="covers no offset"):
        TapAudit(settings()).audit(TappedRun("t", "id", 0, 5, 5, ()), NOW_MS)


def _run(low: int, high: int, partition: int = 0, offset_class: OffsetClass = OffsetClass.AUDITED) -> RunAudited:
    return RunAudited(
        Provenance(Channel.LINKAGE, NOW_MS + high, "test"),
        "t",
        "id",
        partition,
        (Segment(low, high, offset_class),),
        first_timestamp_ms=low,
        last_timestamp_ms=high,
        value_bytes=high - low,
        tombstones=1,
    )


def test_contiguous_runs_of_a_partition_become_one() -> None:
    joined = merged([_run(0, 5), _run(0, 3, partition=1), _run(5, 9), _run(9, 11, offset_class=OffsetClass.INVISIBLE)])
    assert [(run.partition, run.low, run.high) for run in joined] == [(0, 0, 11), (1, 0, 3)]
    whole = joined[0]
    assert whole.segments == (Segment(0, 9, OffsetClass.AUDITED), Segment(9, 11, OffsetClass.INVISIBLE))
    assert (whole.first_timestamp_ms, whole.last_timestamp_ms, whole.value_bytes, whole.tombstones) == (0, 11, 11, 3)
    assert whole.provenance.observed_ms == NOW_MS + 11


def test_the_last_record_of_joined_runs_says_whose_time_it_bears() -> None:
    stamped = msgspec.structs.replace(_run(0, 5), is_append_time=True, is_transactional=True)
    marker = msgspec.structs.replace(
        _run(5, 6, offset_class=OffsetClass.INVISIBLE), first_timestamp_ms=-1, last_timestamp_ms=-1
    )
    [without_more], [with_more] = merged([stamped, marker]), merged([stamped, _run(5, 9)])
    assert (without_more.is_append_time, without_more.is_transactional) == (True, True)
    assert (with_more.is_append_time, with_more.is_transactional) == (False, False)


def test_a_run_that_says_nothing_of_its_time_is_what_older_ledgers_hold() -> None:
    told = encode_fact(_run(0, 5))
    assert b"is_append_time" not in told
    assert b"is_transactional" not in told
    assert decode_fact(told) == _run(0, 5)


def test_runs_with_a_hole_between_stay_apart() -> None:
    assert len(merged([_run(0, 5), _run(6, 9)])) == 2


@quickly
@given(st.lists(st.integers(1, 9), min_size=1, max_size=10), st.integers(0, 9))
def test_merging_in_steps_or_at_once_is_the_same(lengths: list[int], cut: int) -> None:
    runs, low = [], 0
    for length in lengths:
        runs.append(_run(low, low + length))
        low += length
    assert merged([*merged(runs[:cut]), *merged(runs[cut:])]) == merged(runs)
