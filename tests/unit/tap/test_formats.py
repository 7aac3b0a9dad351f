"""The same people are found in every format, however runs are cut and formats are mixed."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from flowaudit.facts import FieldClass, FieldProfiled
from flowaudit.sources.tap.audit import AuditedRun, TapAudit
from flowaudit.sources.tap.formats.schema_book import SchemaBook
from tests.unit.tap.records import NOW_MS, MadeRecord, in_runs, settings, sighted
from tests.unit.tap.written import AVRO_ID, FORMATS, as_avro, as_protobuf, exits, full_book, schemas


def audit(records: Sequence[MadeRecord], sizes: Sequence[int], book: SchemaBook | None = None) -> list[AuditedRun]:
    tap = TapAudit(settings(), book=book)
    return [tap.audit(run, NOW_MS) for run in in_runs(records, sizes)]


def written(name: str, count: int = 300) -> list[MadeRecord]:
    write = FORMATS[name][0]
    return [MadeRecord(n, write(document), timestamp=NOW_MS + n) for n, document in enumerate(exits(count))]


def tokens(audited: Sequence[AuditedRun], path: str) -> set[tuple[int, int]]:
    return {(token, offset) for token, offset, _, where in sighted(audited) if where == path}


def profiled(audited: Sequence[AuditedRun]) -> dict[str, FieldProfiled]:
    return {each.path: each for run in audited for each in run.profiled}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_shows_the_people_that_json_shows(name: str) -> None:
    _, tenants, guests = FORMATS[name]
    plain = audit(written("json"), [50])
    other = audit(written(name), [50], full_book())
    assert not [each for run in other for each in run.quarantined]
    late = {offset for _, offset in tokens(other, tenants)}
    # What is learned of a topic's texts takes the first records.
    assert late >= set(range(8, 300))
    assert {each for each in tokens(plain, "$.tenant_id") if each[1] in late} == tokens(other, tenants)
    if guests:
        seen = {offset for _, offset in tokens(other, guests)}
        assert {each for each in tokens(plain, "$.guests[*].id_no") if each[1] in seen} == tokens(other, guests)
        assert len(seen) > 290
    found = profiled(other)
    assert {path for path, profile in found.items() if profile.tokenised} == {tenants, guests} - {""}
    assert found[tenants].field_class is FieldClass.ENTITY


sizes = st.lists(st.integers(1, 60), min_size=1, max_size=5)


@how(deadline=None, max_examples=20)
@given(st.permutations(list(FORMATS)), st.lists(st.integers(1, 30), min_size=3, max_size=6), sizes, sizes)
def test_the_cut_into_runs_changes_nothing_in_mixed_topics(
    names: list[str], stretches: list[int], one: list[int], other: list[int]
) -> None:
    documents = exits(200)
    records = []
    for n, document in enumerate(documents):
        name = names[(n // stretches[n % len(stretches)]) % len(names)]
        value = FORMATS[name][0](document) if n % 17 else random.Random(n).randbytes(40)
        records.append(MadeRecord(n, value, key=FORMATS[names[0]][0](document), timestamp=NOW_MS + n))
    first, second = audit(records, one, full_book()), audit(records, other, full_book())
    assert sighted(first) == sighted(second)
    for tell in ("quarantined", "profiled"):
        assert [each for run in first for each in getattr(run, tell)] == [
            each for run in second for each in getattr(run, tell)
        ]


def test_a_mixed_topic_is_read_record_by_record() -> None:
    documents = exits(400)
    names = ["json", "avro", "protobuf", "message pack", "cbor", "json schema"]
    rng = random.Random(4)
    records = [MadeRecord(n, FORMATS[rng.choice(names)][0](each)) for n, each in enumerate(documents)]
    found = audit(records, [70], full_book())
    assert len({offset for _, offset in tokens(found, "$.tenant_id")}) == 400


def test_without_a_registry_framed_records_are_counted_and_said_once() -> None:
    found = audit(written("avro"), [50])
    said = [each for run in found for each in run.not_visible]
    assert [(each.reason, each.name) for each in said] == [("undecodable", "locks.events")]
    assert "no-schema-registry" in said[0].hides
    assert {each.reason for run in found for each in run.quarantined} == {"no-schema-registry"}


@pytest.mark.parametrize("size", [1, 7, 64, 300])
def test_why_a_topic_cannot_be_read_does_not_depend_on_the_cut(size: int) -> None:
    rng = random.Random(9)
    records = [MadeRecord(n, rng.randbytes(80) if n < 40 else as_avro(each)) for n, each in enumerate(exits(300))]
    said = [each.hides for run in audit(records, [size]) for each in run.not_visible]
    assert said == [next(each.hides for run in audit(records, [11]) for each in run.not_visible)]


def test_a_schema_that_the_registry_does_not_know_is_said() -> None:
    found = audit(written("avro"), [50], SchemaBook(has_registry=True))
    assert "schema-unknown" in next(each.hides for run in found for each in run.not_visible)


def test_records_become_readable_when_the_schema_arrives() -> None:
    records = written("avro")
    book = SchemaBook(has_registry=True)
    tap = TapAudit(settings(), book=book)
    runs = in_runs(records, [100])
    before = tap.audit(runs[0], NOW_MS)
    book.learn(str(AVRO_ID), schemas()[AVRO_ID])
    after = [tap.audit(run, NOW_MS) for run in runs[1:]]
    assert not sighted([before])
    assert {offset for _, offset in tokens(after, "$.tenant_id")} == set(range(100, 300))


def test_protobuf_in_a_frame_shows_its_numbers_when_nobody_knows_the_schema() -> None:
    records = [MadeRecord(n, as_protobuf(each).replace(b"\x02\x02", b"\0", 1)) for n, each in enumerate(exits(100))]
    assert tokens(audit(records, [30]), "$.1")


def test_encrypted_records_are_nothing_at_all() -> None:
    rng = random.Random(3)
    records = [MadeRecord(n, rng.randbytes(96)) for n in range(2_000)]
    found = audit(records, [100])
    said = [each for run in found for each in run.not_visible]
    assert "encrypted-or-unknown" in said[0].hides or "no-schema-registry" in said[0].hides
    assert not sighted(found)


@pytest.mark.parametrize("name", ["json", "avro", "protobuf", "message pack", "cbor", "delimited"])
def test_keys_of_many_parts_are_read_as_values_are(name: str) -> None:
    write, tenants, _ = FORMATS[name]
    records = [MadeRecord(n, b'{"n": 1}', key=write(each)) for n, each in enumerate(exits(300))]
    path = "$key" + tenants.removeprefix("$")
    assert tokens(audit(records, [50], full_book()), path) >= {
        each for each in tokens(audit(written("json"), [50]), "$.tenant_id") if each[1] >= 8
    }


def test_keys_that_are_numbers_of_a_serializer_are_numbers() -> None:
    rng = random.Random(5)
    ids = [rng.randrange(410_000, 410_400) for _ in range(300)]
    binary = [MadeRecord(n, b"{}", key=each.to_bytes(8)) for n, each in enumerate(ids)]
    text = [MadeRecord(n, b"{}", key=b"%d" % each) for n, each in enumerate(ids)]
    assert tokens(audit(binary, [50]), "$key") == tokens(audit(text, [50]), "$key")
    assert tokens(audit(text, [50]), "$key")


def test_keys_are_read_beside_values_that_cannot_be() -> None:
    rng = random.Random(6)
    records = [MadeRecord(n, rng.randbytes(64), key=each["tenant_id"].encode()) for n, each in enumerate(exits(300))]
    assert {offset for _, offset in tokens(audit(records, [50]), "$key")} == set(range(300))


def test_headers_that_look_like_identifiers_are_linked_and_trace_contexts_are_not() -> None:
    rng = random.Random(7)
    records = [
        MadeRecord(
            n,
            b'{"n": 1}',
            headers=[
                ("traceparent", b"00-%032x-%016x-01" % (rng.getrandbits(128), rng.getrandbits(64))),
                ("x-tenant", each["tenant_id"].encode()),
                ("kind", each["kind"].encode()),
                ("blob", rng.randbytes(20)),
                ("gone", None),
            ],
        )
        for n, each in enumerate(exits(300))
    ]
    found = audit(records, [50])
    assert {path for path, each in profiled(found).items() if each.tokenised} == {"$headers.x-tenant"}
    assert tokens(found, "$headers.x-tenant") == tokens(audit(written("json"), [50]), "$.tenant_id")


def test_schemas_that_headers_name_are_used() -> None:
    records = [
        MadeRecord(n, as_avro(each)[5:], headers=[("__value_schema_id", as_avro(each)[:5])])
        for n, each in enumerate(exits(100))
    ]
    assert len(tokens(audit(records, [30], full_book()), "$.tenant_id")) == 100
    assert {each.reason for run in audit(records, [30]) for each in run.quarantined} == {"no-schema-registry"}
