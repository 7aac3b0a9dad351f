"""Names of members that are data are told from those of the schema."""

from __future__ import annotations

import pytest

from flowaudit.sources.tap.member_names import MemberNames
from flowaudit.sources.tap.paths import EACH
from tests.privacy.identifiers import identifiers

PEOPLE = [person.text for person in identifiers(900, seed=2)]


@pytest.mark.parametrize(
    "name",
    ["T-0012345", "zhao@example.org", "110105194912310021", "5f0c7d1e0b6a", "a" * 65, "x-0012345", 12345, "a\nb"],
)
def test_what_looks_like_an_identifier_is_data_from_the_first_record_on(name: str | int) -> None:
    names = MemberNames()
    path = ("balances", name, "due")
    names.observe([path])
    assert names.keyed_by_data(path) == ("balances", EACH)


@pytest.mark.parametrize(
    "name",
    ["event_id", "addressLine2", "身份证号", "a.b", "First Name", "sha256", "utm", "@type", "$ref", "k8s.io/name", 7],
)
def test_other_names_are_the_schemas(name: str | int) -> None:
    names = MemberNames()
    path = ("payload", EACH, name)
    for _ in range(100):
        names.observe([path, ("event_id",)])
    assert names.keyed_by_data(path) is None


def test_names_that_never_end_are_data_whatever_they_look_like() -> None:
    names = MemberNames()
    letters = [person for person in PEOPLE if not any(sign.isdigit() for sign in person)]
    for number, person in enumerate(letters):
        names.observe([("event_id",), ("seen", person), ("seen", letters[number % 5])])
    assert names.keyed_by_data(("event_id",)) is None
    for person in letters:
        assert names.keyed_by_data(("seen", person)) == ("seen", EACH)


@pytest.mark.parametrize("people", [("Zhao Liying", "Sun Wei", "Han Mei"), ("娟平国静建", "伟芳娜敏静", "丽强磊军洋")])
def test_names_of_a_few_people_are_data(people: tuple[str, ...]) -> None:
    names = MemberNames()
    for number in range(90):
        names.observe([("event_id",), (people[number % 3], "due")])
    for person in people:
        assert names.keyed_by_data((person, "due")) == (EACH,)


def test_members_that_are_often_missing_are_fields_all_the_same() -> None:
    names = MemberNames()
    optional = [f"detail_{chr(97 + number)}" for number in range(20)]
    for number in range(400):
        names.observe([("event_id",), ("payload", "kind"), ("payload", optional[number % 20])])
    for name in optional:
        assert names.keyed_by_data(("payload", name)) is None


def test_many_fields_in_each_record_are_fields() -> None:
    names = MemberNames()
    wide = [(f"column_{chr(97 + number // 26)}{chr(97 + number % 26)}",) for number in range(200)]
    for _ in range(100):
        names.observe(wide)
    assert [names.keyed_by_data(path) for path in wide] == [None] * 200
