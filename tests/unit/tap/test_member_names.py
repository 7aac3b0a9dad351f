"""Names of members that are data are told from those of the schema."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from flowaudit.linkage.canonical import Scalar
from flowaudit.sources.tap.member_names import MemberNames
from flowaudit.sources.tap.paths import EACH, Path
from tests.privacy.identifiers import identifiers
from tests.unit.tap.records import NOW_MS, MadeRecord, audit_all, in_runs, json_record


def _observe(names: MemberNames, paths: Sequence[Path], value: Scalar = "T-0012345") -> None:
    names.observe([(path, value) for path in paths], NOW_MS)


PEOPLE = [person.text for person in identifiers(900, seed=2)]


@pytest.mark.parametrize(
    "name",
    ["T-0012345", "zhao@example.org", "110105194912310021", "5f0c7d1e0b6a", "a" * 65, "x-0012345", 12345, "a\nb"],
)
def test_what_looks_like_an_identifier_is_data_from_the_first_record_on(name: str | int) -> None:
    names = MemberNames()
    path = ("balances", name, "due")
    _observe(names, [path])
    assert names.keyed_by_data(path) == ("balances", EACH)


@pytest.mark.parametrize(
    "name",
    ["event_id", "addressLine2", "身份证号", "a.b", "First Name", "sha256", "utm", "@type", "$ref", "k8s.io/name", 7],
)
def test_other_names_are_the_schemas(name: str | int) -> None:
    names = MemberNames()
    path = ("payload", EACH, name)
    for _ in range(100):
        _observe(names, [path, ("event_id",)])
    assert names.keyed_by_data(path) is None


def test_names_that_never_end_are_data_whatever_they_look_like() -> None:
    names = MemberNames()
    letters = [person for person in PEOPLE if not any(sign.isdigit() for sign in person)]
    for number, person in enumerate(letters):
        _observe(names, [("event_id",), ("seen", person), ("seen", letters[number % 5])])
    assert names.keyed_by_data(("event_id",)) is None
    for person in letters:
        assert names.keyed_by_data(("seen", person)) == ("seen", EACH)


@pytest.mark.parametrize("people", [("Zhao Liying", "Sun Wei", "Han Mei"), ("娟平国静建", "伟芳娜敏静", "丽强磊军洋")])
def test_names_of_a_few_people_are_data(people: tuple[str, ...]) -> None:
    names = MemberNames()
    for number in range(90):
        _observe(names, [("event_id",), (people[number % 3], "due")])
    for person in people:
        assert names.keyed_by_data((person, "due")) == (EACH,)


def test_members_that_are_often_missing_are_fields_all_the_same() -> None:
    names = MemberNames()
    optional = [f"detail_{chr(97 + number)}" for number in range(20)]
    for number in range(400):
        _observe(names, [("event_id",), ("payload", "kind"), ("payload", optional[number % 20])])
    for name in optional:
        assert names.keyed_by_data(("payload", name)) is None


def test_many_fields_in_each_record_are_fields() -> None:
    names = MemberNames()
    wide = [(f"column_{chr(97 + number // 26)}{chr(97 + number % 26)}",) for number in range(200)]
    for _ in range(100):
        _observe(names, wide)
    assert [names.keyed_by_data(path) for path in wide] == [None] * 200


SURNAMES = ("li", "wang", "zhao", "chen", "sun")
SMALL_POPULATIONS = {
    "names": [f"{surname}.{given}" for surname in SURNAMES for given in ("wei", "fang", "min", "jun")],
    "logins": ["zliying", "wfang", "jdoe", "msmith", "akim", "bwong", "tlee", "pchan"],
    "plates": [f"BJA{number:03}" for number in range(20)],
    "ids": [f"T{number}" for number in range(100, 130)],
    "flats": [f"B{block}-{flat}" for block in (1, 2) for flat in range(101, 111)],
    "full names": ["Zhao Liying", "Wang Fang", "Li Wei", "Chen Min"],
    "given names": ["anna", "bruno", "carla"],
}
UNDER_A_NAME: dict[str, Callable[[random.Random], object]] = {
    "flag": lambda rng: rng.random() < 0.5,
    "amount": lambda rng: round(rng.random() * 100, 2),
    "account": lambda rng: {"due": rng.randrange(100), "paid": rng.random() < 0.5},
    "time": lambda rng: NOW_MS + rng.randrange(10_000),
}


def _told_of(records: list[MadeRecord]) -> list[str]:
    """All that leaves the tap with a path in it."""
    audited = audit_all(in_runs(records, [7, 50]))
    fields = [path for each in audited if each.sightings is not None for path in each.sightings.fields]
    return [*(told.path for each in audited for told in each.profiled), *fields]


@pytest.mark.parametrize("people", SMALL_POPULATIONS.values(), ids=SMALL_POPULATIONS)
@pytest.mark.parametrize("below", UNDER_A_NAME.values(), ids=UNDER_A_NAME)
@pytest.mark.parametrize("share", [0.1, 0.4, 0.7])
def test_of_a_few_people_no_name_leaves_the_tap(
    people: list[str], below: Callable[[random.Random], object], share: float
) -> None:
    rng, present = random.Random(1), max(1, int(share * len(people)))
    records = [
        json_record(n, door="x", present={name: below(rng) for name in rng.sample(people, present)}) for n in range(400)
    ]
    told = _told_of(records)
    assert "$.present[*]" in told
    assert not [path for path in told if any(name in path for name in people)]


def test_identifiers_by_the_names_of_a_few_people() -> None:
    rng, people = random.Random(2), SMALL_POPULATIONS["logins"]
    for present in (1, 4):
        records = [
            json_record(n, held={name: f"T-{rng.randrange(10**6):07d}" for name in rng.sample(people, present)})
            for n in range(400)
        ]
        assert not [path for path in _told_of(records) if any(name in path for name in people)]


def test_events_of_several_types_keep_their_fields() -> None:
    rng = random.Random(3)
    fields = ("tenant", "visitor", "officer", "lock", "camera")
    records = [
        json_record(n, type=name, at=NOW_MS + n, **{name: f"T-{rng.randrange(400_000, 400_900)}"})
        for n, name in enumerate(rng.choice(fields) for _ in range(400))
    ]
    assert {f"$.{name}" for name in fields} <= set(_told_of(records))


def test_one_of_several_kinds_of_identifiers_is_a_field() -> None:
    rng = random.Random(4)
    records = [
        json_record(n, subject={rng.choice(["passport", "plate", "phone"]): f"X{rng.randrange(10**7):07d}"})
        for n in range(400)
    ]
    assert {"$.subject.passport", "$.subject.plate", "$.subject.phone"} <= set(_told_of(records))


def test_a_thin_topic_tells_its_fields_where_none_is_ever_missing() -> None:
    rng = random.Random(5)
    records = [
        json_record(
            n, at=NOW_MS + n, **{name: f"MU-{rng.randrange(10**8):08d}" for name in ("actor", "holder", "owner")}
        )
        for n in range(12)
    ]
    assert {"$.actor", "$.holder", "$.owner"} <= set(_told_of(records))


def test_of_few_documents_members_that_are_alike_are_not_told() -> None:
    people = SMALL_POPULATIONS["logins"]
    records = [
        json_record(n, held={name: f"T-{410_000 + 7 * n + turn}" for turn, name in enumerate(people)})
        for n in range(20)
    ]
    assert not [path for path in _told_of(records) if any(name in path for name in people)]
