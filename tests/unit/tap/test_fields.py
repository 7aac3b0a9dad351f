"""Which fields are found to hold identifiers, and which never become tokens."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable

import pytest

from flowaudit.facts import FieldClass, FieldProfiled
from flowaudit.linkage.canonical import canonical
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.discovery import Discovery, Sampled
from tests.unit.tap.records import NOW_MS, MadeRecord, audit_all, door_events, in_runs, json_record, settings, sighted


def profiles(records: list[MadeRecord], run_size: int = 100) -> dict[str, FieldProfiled]:
    """The last decision on each field."""
    return {each.path: each for run in audit_all(in_runs(records, [run_size])) for each in run.profiled}


def field_of(values: Callable[[int, random.Random], object], count: int = 700) -> FieldProfiled:
    rng = random.Random(4)
    return profiles([json_record(offset, it=values(offset, rng)) for offset in range(count)])["$.it"]


def test_the_fields_of_a_door_event() -> None:
    found = profiles(door_events(3_000))
    tokenised = {path: profile.field_class for path, profile in found.items() if profile.tokenised}
    assert tokenised == {
        "$.event_id": FieldClass.INSTANCE,
        "$.tenant_id": FieldClass.ENTITY,
        "$.visitor.document": FieldClass.INSTANCE,
        "$.guests[*].id_no": FieldClass.INSTANCE,
    }
    reasons = {path: profile.reason for path, profile in found.items() if not profile.tokenised}
    assert reasons == {
        "$.kind": "few-distinct-values",
        "$.at": "clock",
        "$.at_ms": "clock",
        "$.confidence": "fraction",
        "$.matched": "flag",
        "$.pin": "short",
    }
    assert all(found[path].field_class is FieldClass.CODE for path in reasons)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (lambda _, rng: f"{rng.randrange(10_000):04d}", "short"),
        (lambda _, rng: rng.randrange(10_000), "short"),
        (lambda _, rng: rng.choice(["granted", "refused", "unknown"]), "few-distinct-values"),
        (lambda _, rng: rng.choice(["100001", "100002", "100003"]), "few-distinct-values"),
        (lambda i, _: 100_000 + i, "counter"),
        (lambda i, _: NOW_MS + i * 40, "clock"),
        (lambda i, _: (NOW_MS + i * 40) // 1000, "clock"),
        (lambda i, _: (NOW_MS + i * 40) * 1_000_000, "clock"),
        (lambda i, _: str(NOW_MS + i * 40), "clock"),
        (lambda i, _: f"2026-11-{1 + i % 28:02d}", "clock"),
        (lambda i, _: f"2026-11-{1 + i % 28:02d}T10:{i % 60:02d}:00.5+08:00", "clock"),
        (lambda _, rng: f"{rng.randrange(1940, 2008)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}", "clock"),
        (lambda _, rng: f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}", "clock"),
        (lambda _, rng: f"{rng.randrange(10_000)}.0", "fraction"),
        (lambda _, rng: f"{rng.randrange(10_000):08d}", "short"),
        (lambda _, rng: rng.random(), "fraction"),
        (lambda _, rng: f"{rng.random():.7f}", "fraction"),
        (lambda _, rng: rng.random() < 0.5, "flag"),
        (lambda i, rng: f"{i} " + "words " * 100 + f"{rng.random()}", "long"),
    ],
)
def test_codes_clocks_and_counters_are_never_tokenised(
    values: Callable[[int, random.Random], object], reason: str
) -> None:
    found = field_of(values)
    assert (found.tokenised, found.field_class, found.reason) == (False, FieldClass.CODE, reason)


@pytest.mark.parametrize(
    ("values", "field_class"),
    [
        (lambda _, rng: str(uuid.UUID(int=rng.getrandbits(128))), FieldClass.INSTANCE),
        (lambda _, rng: f"T-{rng.randrange(400_000, 400_300):07d}", FieldClass.ENTITY),
        (lambda _, rng: rng.randrange(400_000, 400_300), FieldClass.ENTITY),
        (lambda _, rng: 10_000 + rng.randrange(300), FieldClass.ENTITY),
        (lambda _, rng: f"FT-107-{rng.randrange(9)}-{rng.randrange(1200, 1290)}", FieldClass.ENTITY),
        (lambda i, _: (1 << 60) + i, FieldClass.INSTANCE),
        (lambda _, rng: "".join(rng.choice("abcdefghij") for _ in range(9)), FieldClass.INSTANCE),
    ],
)
def test_identifiers_are_tokenised(values: Callable[[int, random.Random], object], field_class: FieldClass) -> None:
    found = field_of(values, 3_000)
    assert (found.tokenised, found.field_class) == (True, field_class)


@pytest.mark.parametrize(
    "spelled",
    [str, int, lambda text: f"{text[:4]}-{text[4:6]}-{text[6:]}", lambda text: f"{text[:2]}:{text[2:4]}:{text[4:6]}"],
)
def test_numbers_of_as_many_digits_as_a_date_has_are_identifiers(spelled: Callable[[str], object]) -> None:
    """…and those of them that happen to look like one are sighted as the others are."""
    rng = random.Random(16)
    given = [str(rng.randrange(10**7, 10**8)) for _ in range(500)]
    given += [f"2011{i % 100:02d}{i % 70:02d}" for i in range(50)]
    rng.shuffle(given)
    found = audit_all(in_runs([json_record(i, it=spelled(number)) for i, number in enumerate(given)], [100]))
    assert {each.path: each for run in found for each in run.profiled}["$.it"].tokenised
    assert {offset for _, offset, *_ in sighted(found)} == set(range(len(given)))


def test_a_key_is_tokenised_when_it_says_something_that_the_value_does_not() -> None:
    rng = random.Random(3)
    tenants = [f"T-{rng.randrange(410_000, 410_200):07d}" for _ in range(300)]
    keyed = [MadeRecord(i, b'{"n": 1}', key=tenant.encode()) for i, tenant in enumerate(tenants)]
    repeated = [MadeRecord(i, b'{"t": "%s"}' % tenant.encode(), key=b'"%s"' % tenant.encode()) for i, tenant in
                enumerate(tenants)]  # fmt: skip
    assert profiles(keyed)["$key"].tokenised
    assert profiles(repeated)["$key"].reason == "repeats-another-field"
    assert profiles(repeated)["$.t"].tokenised


def numbers_near_the_time(count: int, step: int, quoted: float = 1.0) -> list[MadeRecord]:
    """Ten digits, as the seconds of a day two months ago: given in turn, with three digits of chance behind."""
    rng = random.Random(12)
    first = NOW_MS // 1_000_000 - 5_000
    given = [(first + i) * step + rng.randrange(step) for i in range(count)]
    return [json_record(i * 40, no=number) for i, number in enumerate(given) if rng.random() < quoted]


@pytest.mark.parametrize("quoted", [1.0, 0.1])
def test_numbers_that_merely_lie_near_the_time_are_identifiers(quoted: float) -> None:
    records = numbers_near_the_time(600, 1_000, quoted)
    found = profiles(records)["$.no"]
    assert (found.tokenised, found.field_class) == (True, FieldClass.INSTANCE)
    offsets = [{offset for _, offset, *_ in sighted(audit_all(in_runs(records, [size])))} for size in (1, 9, 1_000)]
    assert offsets == [{record.offset for record in records}] * 3


@pytest.mark.parametrize(
    "told_ms",
    [
        lambda i, _: NOW_MS - 30 * 86_400_000 + i,
        lambda i, rng: NOW_MS - 30 * 86_400_000 + i - rng.randrange(50),
        lambda _, rng: NOW_MS - rng.randrange(390 * 86_400_000),
        lambda i, _: NOW_MS + 60 * i,
        lambda i, rng: NOW_MS + 30 * 86_400_000 + i + rng.randrange(86_400_000),
        lambda i, _: NOW_MS - 10 * 86_400_000 + i // 100 * 86_400,
    ],
)
@pytest.mark.parametrize("unit", [lambda ms: ms // 1000, lambda ms: ms, lambda ms: 1000 * ms])
def test_times_are_clocks_at_whatever_distance(
    told_ms: Callable[[int, random.Random], int], unit: Callable[[int], int]
) -> None:
    found = field_of(lambda i, rng: unit(told_ms(i, rng)))
    assert (found.tokenised, found.reason) in {(False, "clock"), (False, "few-distinct-values")}


def test_a_key_that_repeats_what_is_not_tokenised_is_tokenised() -> None:
    rng = random.Random(14)
    times = [NOW_MS - rng.randrange(390 * 86_400_000) for _ in range(300)]
    records = [MadeRecord(i, b'{"at": %d}' % ms, b"urn:ref:%d" % ms) for i, ms in enumerate(times)]
    found = profiles(records)
    assert not found["$.at"].tokenised
    assert found["$key"].tokenised


def test_a_uuid_in_braces_is_text_wherever_it_stands() -> None:
    rng = random.Random(15)
    names = [str(uuid.UUID(int=rng.getrandbits(128))) for _ in range(200)]
    plain = {
        token for token, *_ in sighted(audit_all(in_runs([json_record(i, a=n) for i, n in enumerate(names)], [9])))
    }
    for records in (
        [MadeRecord(i, b'{"n": 1}', b"{%s}" % name.encode()) for i, name in enumerate(names)],
        [MadeRecord(i, b"{%s}" % name.encode()) for i, name in enumerate(names)],
        [MadeRecord(i, b"{%s}|OK|%d" % (name.encode(), i % 7)) for i, name in enumerate(names)],
    ):
        found = audit_all(in_runs(records, [9]))
        assert len({token for token, *_ in sighted(found)} & plain) > 180
        assert not any(run.quarantined for run in found)


def test_the_first_records_are_sighted_too() -> None:
    records = door_events(60)
    pseudonymiser = Pseudonymiser(settings().key, 7, 1.0)
    found = {(token, offset) for token, offset, _, path in sighted(audit_all(in_runs(records, [3]))) if
             path == "$.tenant_id"}  # fmt: skip
    assert {offset for _, offset in found} >= set(range(40))
    first = next(token for token, offset in found if offset == 0)
    spelled_in_first = (records[0].value or b"").split(b'"tenant_id":"')[1].split(b'"')[0].decode()
    assert first == int.from_bytes(pseudonymiser.token(canonical(spelled_in_first)), "little")


def test_a_field_that_appears_late_is_found() -> None:
    rng = random.Random(5)
    records = [json_record(i, kind="exit") for i in range(1_000)]
    records += [
        json_record(i, kind="exit", subject={"id": f"{rng.randrange(10**8, 10**9)}"}) for i in range(1_000, 2_000)
    ]
    found = profiles(records)["$.subject.id"]
    assert found.tokenised


def test_records_of_one_person_meet_across_topics_and_spellings() -> None:
    rng = random.Random(6)
    numbers = [rng.randrange(410_000, 412_000) for _ in range(200)]
    one = sighted(audit_all(in_runs([json_record(i, tenant=f"T-{n:07d}") for i, n in enumerate(numbers)], [50])))
    two = sighted(audit_all(in_runs([json_record(i, who={"no": n}) for i, n in enumerate(numbers)], [70])))
    assert {token for token, *_ in one} == {token for token, *_ in two}


@pytest.mark.parametrize("seen", range(0, 9_000, 397))
def test_the_next_decision_is_due_exactly_when_foretold(seen: int) -> None:
    tried = settings(discovery_records=64, discovery_interval=10)
    discovery = Discovery(tried, Pseudonymiser(tried.key, 0, 1.0))
    record = json_record(0, a=1)

    def take_one() -> None:
        if discovery.next_sampled() == 0:
            discovery.observe(record, 0, Sampled({"a": 1}))
        else:
            discovery.skip(1)

    for _ in range(seen):
        take_one()
        if discovery.is_due():
            discovery.decide()
    foretold = discovery.records_to_decision()
    for _ in range(foretold - 1):
        take_one()
        assert not discovery.is_due()
    take_one()
    assert discovery.is_due()


def test_a_field_that_is_null_at_first_and_rare_later_is_found() -> None:
    rng = random.Random(8)
    records = [
        json_record(i, order=f"C-{rng.randrange(10**7, 10**8)}" if i > 600 and rng.random() < 0.08 else None)
        for i in range(6_000)
    ]
    held = sum(b"C-" in (record.value or b"") for record in records)
    found = {offset for _, offset, _, path in sighted(audit_all(in_runs(records, [100]))) if path == "$.order"}
    assert len(found) > 0.7 * held
