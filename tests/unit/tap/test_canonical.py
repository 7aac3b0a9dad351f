"""One person has one canonical form, whatever a topic writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from flowaudit.linkage.canonical import (
    canonical,
    canonical_column,
    canonical_key,
    canonical_key_column,
    is_identifier,
)
from flowaudit.linkage.form_column import MAX_LENGTH

quickly = how(deadline=None, max_examples=40)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text(alphabet="T-0123456789xX \n", max_size=30),
    st.from_regex(r"(?:[A-Z]{1,3}-)?0{0,3}[0-9]{4,18}[xX]?", fullmatch=True),
    st.uuids().map(str),
)


def _short(form: bytes) -> bytes:
    return form if len(form) <= MAX_LENGTH else b""


@pytest.mark.parametrize(
    "spellings",
    [
        ("T-0012345", "0012345", 12345, "12345", "t 00 12345", "TENANT/12345", "Ｔ－００１２３４５"),
        ("11010519491231002X", "110105 19491231 002x", "CN-110105-19491231-002X", "110105-19491231-002X"),
        ("3F2504E0-4F89-11D3-9A0C-0305E82C3301", "3f2504e04f8911d39a0c0305e82c3301"),
        ("FT-107-2-1204", "ft/107/2/1204", "FT 107 2 1204"),
        ("Müller-STRASSE", "müllerstrasse", "MÜLLERSTRASSE", "müllerstraße"),
    ],
)
def test_spellings_of_one_thing_meet(spellings: tuple[str | int, ...]) -> None:
    assert len({canonical(each) for each in spellings}) == 1
    assert is_identifier(canonical(spellings[0]))


@pytest.mark.parametrize("value", ["0417", 417, 4171, -12345, True, 1.25, None, "", "n/a", "no", "x" * 129])
def test_what_names_nobody_is_no_identifier(value: str | float | None) -> None:
    assert not is_identifier(canonical(value))


def test_different_things_stay_apart() -> None:
    forms = [canonical(each) for each in ("T-0012345", "T-0012346", "FT-107-2-1204", "FT-107-2-1205")]
    assert len(set(forms)) == 4


@quickly
@given(st.lists(scalars, min_size=1, max_size=12))
def test_a_column_is_the_canonical_form_of_each_value(values: list[str | int | float | bool | None]) -> None:
    assert canonical_column(values).forms() == [_short(canonical(each)) for each in values]


@quickly
@given(st.lists(st.text(), min_size=1, max_size=8))
def test_a_column_of_text_alone_too(values: list[str]) -> None:
    assert canonical_column(values).forms() == [_short(canonical(each)) for each in values]


@quickly
@given(st.lists(st.one_of(st.none(), st.binary(), st.text().map(str.encode)), min_size=1, max_size=8))
def test_a_column_of_keys_is_the_canonical_form_of_each_key(keys: list[bytes | None]) -> None:
    assert canonical_key_column(keys).forms() == [_short(canonical_key(each)) for each in keys]


def test_a_key_written_as_a_json_string_meets_the_bare_one() -> None:
    assert canonical_key(b'"T-0012345"') == canonical_key(b"T-0012345") == canonical(12345)


@quickly
@given(
    st.sampled_from(["", "T-", "FT/", "x", "é"]),
    st.integers(1, 20).flatmap(lambda d: st.lists(st.integers(0, 10**d - 1).map(lambda n: f"{n:0{d}d}"), min_size=1)),
)
def test_a_column_of_one_format_too(prefix: str, numbers: list[str]) -> None:
    values = [prefix + number for number in numbers]
    assert canonical_column(values).forms() == [_short(canonical(each)) for each in values]
