"""What the tap does not look at is said, once for each topic and reason, and for as long as it is so."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Sequence

import pytest

from flowaudit.facts import Channel, NotVisible
from flowaudit.graph.hidden_facts import HiddenFacts
from flowaudit.graph.snapshot import CheckedSource
from flowaudit.sources.tap.audit import AuditedRun, TapAudit, TappedRun
from flowaudit.sources.tap.settings import AuditSettings
from tests.unit.tap.records import NOW_MS, MadeRecord, json_record, sighted

MINUTE_MS = 60_000
RNG = random.Random(5)


def _audit(max_fields: int = 256, span_offsets: int = 32_768) -> TapAudit:
    settings = AuditSettings(b"a key of the tests only", theta=1.0, max_fields=max_fields, span_offsets=span_offsets)
    return TapAudit(settings, told_by="tap")


def _feed(audit: TapAudit, records: Sequence[MadeRecord], size: int = 50) -> list[AuditedRun]:
    pieces = [records[low : low + size] for low in range(0, len(records), size)]
    return [
        audit.audit(TappedRun("t", "id", 0, piece[0].offset, piece[-1].offset + 1, piece), NOW_MS + MINUTE_MS)
        for piece in pieces
    ]


def _person() -> str:
    return f"T-{RNG.randrange(10**6):07d}"


def _deep(levels: int) -> object:
    return {"a": _deep(levels - 1)} if levels else _person()


def _with_headers(n: int, headers: list[tuple[str, bytes | None]]) -> MadeRecord:
    return MadeRecord(n, b'{"a":1}', timestamp=NOW_MS + n, headers=headers)


OVER: dict[str, Callable[[int], MadeRecord]] = {
    "too-many-fields": lambda n: json_record(n, **{f"c_{chr(97 + c)}": c for c in range(20)}),
    "nested-too-deep": lambda n: json_record(n, a=_deep(9)),
    "too-many-members": lambda n: json_record(n, **{f"c{c % 10}": [{"b": c, "d": 1}] * 16 for c in range(10)}),
    "undecodable-key": lambda n: MadeRecord(n, b'{"a":1}', RNG.randbytes(20), NOW_MS + n),
    "headers-left-out": lambda n: _with_headers(n, [("user", b"x" * 200)]),
}
MORE_HEADERS: dict[str, list[tuple[str, bytes | None]]] = {
    "binary": [("user", uuid.UUID(int=2**127 + 1).bytes)],
    "further": [(f"{one}{two}", b"v") for one in "abcdef" for two in "ghijkl"],
    "large document": [("user", json.dumps({"id": "x" * 5_000}).encode())],
}


@pytest.mark.parametrize("reason", OVER)
def test_a_limit_that_bites_is_said_once_and_again_on_demand(reason: str) -> None:
    audit = _audit(max_fields=16)
    said = [told for run in _feed(audit, [OVER[reason](n) for n in range(300)]) for told in run.not_visible]
    assert [(told.subject, told.name, told.reason, told.source) for told in said] == [("topic", "t", reason, "tap")]
    again = audit.blind_spots(NOW_MS + 2 * MINUTE_MS)
    assert [(told.name, told.reason) for told in again] == [("t", reason)]
    assert audit.blind_spots(NOW_MS, lambda _topic, _partition: False) == ()


@pytest.mark.parametrize("headers", MORE_HEADERS.values(), ids=MORE_HEADERS)
def test_headers_that_are_left_out_are_said(headers: list[tuple[str, bytes | None]]) -> None:
    said = [told for run in _feed(_audit(), [_with_headers(n, headers) for n in range(50)]) for told in run.not_visible]
    assert [told.reason for told in said] == ["headers-left-out"]


def test_headers_that_are_looked_at_or_an_instruments_are_no_blind_spot() -> None:
    headers: list[tuple[str, bytes | None]] = [("user", b"T-0012345"), ("baggage", b"x" * 500), ("empty", b"")]
    audit = _audit()
    assert not [
        told for run in _feed(audit, [_with_headers(n, headers) for n in range(50)]) for told in run.not_visible
    ]
    assert audit.blind_spots(NOW_MS) == ()


@pytest.mark.parametrize("reason", OVER)
def test_a_limit_is_told_no_more_when_it_bites_no_more(reason: str) -> None:
    audit = _audit(max_fields=16, span_offsets=1_000)
    _feed(audit, [OVER[reason](n) for n in range(300)])
    _feed(audit, [json_record(n, who=_person()) for n in range(1_000, 1_010)])
    assert [told.reason for told in audit.blind_spots(NOW_MS)] == [reason], "too early to tell"
    _feed(audit, [json_record(n, who=_person()) for n in range(1_010, 2_999)])
    assert audit.blind_spots(NOW_MS) == ()


def test_records_that_are_late_are_counted_in_coverage() -> None:
    audit = _audit()
    times = [NOW_MS + 10 * n - (3_600_000 if n % 2 else 0) for n in range(400)]
    _feed(audit, [MadeRecord(n, b'{"a":1}', timestamp=time) for n, time in enumerate(times)])
    (told,) = audit.blind_spots(NOW_MS + MINUTE_MS)
    assert told.reason == "late-records"
    assert " 200 records" in told.hides


def test_a_document_in_a_header_is_walked() -> None:
    records = [_with_headers(n, [("user", json.dumps({"id": _person(), "n": [1, 2]}).encode())]) for n in range(200)]
    assert {field for *_, field in sighted(_feed(_audit(), records))} == {"$headers.user.<json>.id"}
    assert len(sighted(_feed(_audit(), records))) == 200


def test_what_can_be_read_again_is_undecodable_no_longer() -> None:
    audit = _audit()
    opaque = [MadeRecord(n, b"\x00avro%d" % n, timestamp=NOW_MS + n) for n in range(2_000)]
    readable = [json_record(n, who=_person()) for n in range(2_000, 2_100)]
    said = [told for run in _feed(audit, opaque) for told in run.not_visible]
    minute = [audit.blind_spots(NOW_MS + MINUTE_MS), audit.blind_spots(NOW_MS + 2 * MINUTE_MS)]
    assert [told.reason for told in [*said, *minute[0], *minute[1]]] == ["undecodable"] * 3
    assert _hidden([*said, *minute[0], *minute[1]], last_success_ms=NOW_MS + 2 * MINUTE_MS)
    _feed(audit, readable)
    assert audit.blind_spots(NOW_MS + 3 * MINUTE_MS) == ()
    assert not _hidden([*said, *minute[0], *minute[1]], last_success_ms=NOW_MS + 6 * MINUTE_MS)


def _hidden(told: Sequence[NotVisible], last_success_ms: int) -> list[str]:
    facts = HiddenFacts()
    for fact in told:
        assert fact.provenance.channel is Channel.LINKAGE
        facts.add(fact)
    return [hidden.reason for hidden in facts.hidden({"t"}, [], [CheckedSource("tap", last_success_ms, 0, "")])]


def test_a_stray_key_that_cannot_be_read_is_no_blind_spot() -> None:
    audit = _audit()
    keys = [b"\xff\xfe\x01" if n == 40 else _person().encode() for n in range(300)]
    _feed(audit, [MadeRecord(n, b'{"a":1}', key, NOW_MS + n) for n, key in enumerate(keys)])
    assert audit.blind_spots(NOW_MS) == ()
