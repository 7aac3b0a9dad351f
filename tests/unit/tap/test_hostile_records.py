"""Whatever a record holds, the run goes on, and exactly the bad offsets are quarantined."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from flowaudit.facts import OffsetClass
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.verdict import MAX_DEPTH, MAX_NUMBER_DIGITS, why_unreadable
from tests.unit.tap.records import NOW_MS, MadeRecord, audit_all, door_events, in_runs, settings

quickly = how(deadline=None, max_examples=40)

BAD = {
    b"\x00\x01garbage\xff": "no-schema-registry",
    b"\x7f\x01garbage\xff": "encrypted-or-unknown",
    b"": "empty",
    b'{"a": NaN}': "not-json",
    b'{"a": "\\ud800"}': "not-json",
    b'{"a": 1,}': "not-json",
    b'{"a": 1} trailing': "not-json",
    b'{"a": "\xed\xa0\x80"}': "not-utf8",
    b'{"a": "\xff"}': "not-utf8",
    b'{"\xff": 1}': "not-utf8",
    '{"a": 1}'.encode("utf-16"): "encrypted-or-unknown",
    b'{"a": ' + b"[" * 100_000 + b"}": "too-deep",
    b'{"a": ' + b"[" * 2_000 + b"]" * 2_000 + b"}": "too-deep",
    b'{"a": ' + b'{"b":' * 600 + b"1" + b"}" * 601: "too-deep",
    b'{"a": ' + b"7" * 5_000 + b"}": "number-too-long",
    b'{"tenant_id": ' + b"7" * 5_000 + b"}": "number-too-long",
    b'{"a": 0.' + b"7" * 5_000 + b"}": "number-too-long",
    b'{"a": "' + b"x" * 10_000_000 + b'"}': "too-large",
}
NO_JSON = [value for value, reason in BAD.items() if reason in ("no-schema-registry", "encrypted-or-unknown", "empty")]
ODD_BUT_READABLE = [
    b"[1, 2]",
    b'"text"',
    b"null",
    b"{}",
    b' {"tenant_id": 1e999} ',
    b'{"tenant_id": 1, "tenant_id": "T-0412345"}',
    b'{"tenant_id": ' + b"7" * 900 + b"}",
    b'{"tenant_id": ["T-0412345"]}',
    b'{"tenant_id": {"id": "T-0412345"}}',
    b'{"tenant_id": "' + b"7" * 5_000 + b'"}',
    b'{"tenant_id": "' + b"[" * 5_000 + b'"}',
    b'{"visitor": "nobody", "guests": {"id_no": 3}}',
    b'{"guests": [[[]], null, 1, {"id_no": null}]}',
    b'{"a": ' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}",
    '{"tenant_id": "租户０４１２３４５"}'.encode(),
    b'{"tenant_id": "a\\nb\\u0000c"}',
]


@pytest.mark.parametrize("value", [value for value in BAD if value not in NO_JSON])
def test_a_bad_value_has_its_reason(value: bytes) -> None:
    assert why_unreadable(value, 4_000_000) == BAD[value]


@pytest.mark.parametrize("value", NO_JSON)
def test_what_is_no_json_is_no_json(value: bytes) -> None:
    assert why_unreadable(value, 4_000_000) in ("not-json", "not-utf8")


@pytest.mark.parametrize("value", ODD_BUT_READABLE)
def test_an_odd_value_is_readable(value: bytes) -> None:
    assert why_unreadable(value, 4_000_000) is None


@pytest.mark.parametrize(("digits", "verdict"), [(MAX_NUMBER_DIGITS, None), (MAX_NUMBER_DIGITS + 1, "number-too-long")])
def test_the_limit_of_digits_is_exact(digits: int, verdict: str | None) -> None:
    assert why_unreadable(b'{"a": -' + b"7" * digits + b"}", 4_000_000) == verdict


@pytest.mark.parametrize(("depth", "verdict"), [(MAX_DEPTH, None), (MAX_DEPTH + 1, "too-deep")])
def test_the_limit_of_depth_is_exact(depth: int, verdict: str | None) -> None:
    assert why_unreadable(b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}", 4_000_000) == verdict


@pytest.mark.parametrize("after", [0, 600], ids=["while the topic is new", "once its fields are known"])
def test_exactly_the_bad_offsets_are_quarantined(after: int) -> None:
    values = [*ODD_BUT_READABLE, *BAD, None]
    good = door_events(after + len(values))
    mixed = list(good)
    for index, value in enumerate(values):
        mixed[after + index] = MadeRecord(after + index, value)
    audited = audit_all(in_runs(mixed, [max(1, after), 7]))
    bad = {after + index: BAD[value] for index, value in enumerate(values) if value in BAD}
    assert {each.offset: each.reason for run in audited for each in run.quarantined} == bad
    for run in audited:
        for segment in run.fact.segments:
            offsets = range(segment.low, segment.high)
            expected = OffsetClass.QUARANTINED if segment.offset_class is OffsetClass.QUARANTINED else None
            assert all((offset in bad) == (expected is not None) for offset in offsets)
    assert sum(run.fact.tombstones for run in audited) == 1


@quickly
@given(st.lists(st.one_of(st.none(), st.binary(max_size=60), st.text(max_size=40).map(str.encode)), max_size=30))
def test_no_bytes_raise(values: list[bytes | None]) -> None:
    known = door_events(40)
    fuzzed = [MadeRecord(40 + index, value, key=value) for index, value in enumerate(values)]
    audited = audit_all(in_runs([*known, *fuzzed], [40, 5]))
    assert sum(run.fact.high - run.fact.low for run in audited) == 40 + len(values)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
wanted = st.sampled_from(["event_id", "tenant_id", "visitor", "guests", "a.b", "", "it's"])


@quickly
@given(st.lists(st.dictionaries(wanted, json_values, max_size=4), min_size=1, max_size=10))
def test_every_json_object_is_read_whatever_its_fields_hold(documents: list[dict[str, object]]) -> None:
    known = door_events(40)
    odd = [MadeRecord(40 + index, msgspec.json.encode(each)) for index, each in enumerate(documents)]
    audited = audit_all(in_runs([*known, *odd], [40, 3]))
    assert not [each for run in audited for each in run.quarantined]


def test_a_topic_that_is_no_json_is_said_once_and_not_told_record_by_record() -> None:
    records = [MadeRecord(offset, b"\x00avro%d" % offset) for offset in range(1_000)]
    audited = audit_all(in_runs(records, [100]))
    assert [(each.reason, each.name) for run in audited for each in run.not_visible] == [
        ("undecodable", "locks.events")
    ]
    assert sum(run.fact.count(OffsetClass.QUARANTINED) for run in audited) == 1_000
    assert sum(len(run.quarantined) for run in audited) < 200


def test_a_damaged_batch_is_quarantined_whole() -> None:
    run = TappedRun("t", "id", 0, 10, 40, door_events(40)[30:], damaged=((10, 30),))
    audited = TapAudit(settings()).audit(run, NOW_MS)
    assert [(s.low, s.high, s.offset_class) for s in audited.fact.segments] == [
        (10, 30, OffsetClass.QUARANTINED),
        (30, 40, OffsetClass.AUDITED),
    ]
    assert [(each.offset, each.reason) for each in audited.quarantined] == [(10, "damaged-batch")]


def test_nothing_shows_a_value() -> None:
    records = door_events(64)
    run = in_runs(records, [64])[0]
    audited = audit_all([run])
    shown = repr(run) + repr(audited)
    document = msgspec.json.decode(records[0].value or b"")
    assert document["tenant_id"] not in shown
    assert document["event_id"] not in shown
