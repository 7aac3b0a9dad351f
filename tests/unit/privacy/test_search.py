"""The search that proves privacy finds whatever stands somewhere, in each of its forms, and nothing else."""

from __future__ import annotations

import random

import pytest

from tests.privacy.forms import LEAST_BYTES, forms_of
from tests.privacy.identifiers import Identifier, identifiers
from tests.privacy.search import Search

PEOPLE = tuple(identifiers(270, seed=3))
STRANGERS = tuple(identifiers(40, seed=4))


AT_ONCE_BYTES = 4_096


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(PEOPLE, AT_ONCE_BYTES)


def one_of_each_kind() -> list[Identifier]:
    return list({person.kind: person for person in reversed(PEOPLE)}.values())


@pytest.mark.parametrize("person", one_of_each_kind(), ids=lambda person: person.kind)
def test_each_form_is_found_wherever_it_stands(search: Search, person: Identifier) -> None:
    chance = random.Random(person.text)
    for form in forms_of(person):
        before, after = (chance.randbytes(chance.randrange(40)) for _ in range(2))
        found = search.leaks({"a file": before + form.data + after})
        assert any(leak.identifier == person.text and leak.at == len(before) for leak in found), form.name


def test_forms_are_found_in_another_case_across_the_seams_and_at_the_end(search: Search) -> None:
    person = PEOPLE[7]
    for form in forms_of(person):
        for at in (AT_ONCE_BYTES - 3, AT_ONCE_BYTES, AT_ONCE_BYTES + 5):
            data = bytes(at) + form.data.upper()
            assert person.text in {leak.identifier for leak in search.leaks({"a file": data})}, (form.name, at)


def test_a_leak_is_told_once_with_its_place(search: Search) -> None:
    data = bytes(AT_ONCE_BYTES) + b"resident " + PEOPLE[0].text.encode() + b" came home"
    leaks = search.leaks({"one": b"", "two": data})
    assert len(leaks) == len(set(leaks))
    assert {leak.place for leak in leaks} == {"two"}
    assert {leak.identifier for leak in leaks} == {PEOPLE[0].text}
    assert min(leak.at for leak in leaks) == AT_ONCE_BYTES + 9


def test_nothing_is_found_in_what_others_left(search: Search) -> None:
    noise = random.Random(5).randbytes(1 << 20)
    written = b" ".join(form.data for person in STRANGERS for form in forms_of(person))
    stamps = b",".join(b"%d" % stamp for stamp in range(1_795_000_000_000, 1_795_000_900_000, 17))
    assert search.leaks({"noise": noise, "strangers": written, "stamps": stamps, "short": b"x" * 7, "none": b""}) == []


def test_identifiers_are_all_different_and_long_enough() -> None:
    assert len({person.text for person in PEOPLE}) == len(PEOPLE) == 270
    assert len({person.kind for person in PEOPLE}) == 9
    assert min(len(form.data) for person in PEOPLE for form in forms_of(person)) >= LEAST_BYTES
