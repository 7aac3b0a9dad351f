"""Kind by kind: the usual spellings of one name meet, and two names of a kind do not; what is conflated is said."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import assume, example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from flowaudit.linkage.canonical import canonical, canonical_column, canonical_key, canonical_key_column, is_identifier

quickly = how(deadline=None, max_examples=40)

_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")

addresses = st.ip_addresses(v=4).map(str)
addresses_6 = st.ip_addresses(v=6)


@pytest.mark.parametrize(
    "same",
    [
        ("10.1.12.3", "/10.1.12.3", "ip:10.1.12.3", "host/10.1.12.3", "::ffff:10.1.12.3", "::FFFF:0a01:0c03"),
        ("10.1.12.3:8080", "/10.1.12.3:8080", "[::ffff:10.1.12.3]:8080"),
        ("2001:db8::1", "2001:0DB8:0:0:0:0:0:1", "[2001:db8::1]", "ip:2001:db8:0::1"),
        ("AB123456C", "AB 12 34 56 C", "ab-12-34-56-c"),
        ("X1234567L", "X-1234567-L", "x 1234567 l"),
        ("S1234567D", "s1234567d"),
        ("12345678Z", "12345678-Z", "12.345.678-z", "ES12345678Z"),
        ("123.456.789-09", "12345678909", 12345678909),
        ("12.345.678-K", "12345678-k", "12345678K"),
        ("1 84 12 76 451 089 46", "184127645108946"),
        ("DE89 3704 0044 0532 0130 00", "de89370400440532013000"),
        ("078-05-1120", "078 05 1120", "078051120"),
        ("11010519491231002X", "110105-19491231-002x", "CN 110105 19491231 002X"),
        ("12-3456", "12 3456", "12/3456", "12_3456", "(12) 3456", '"12-3456"', "person/12-3456"),
        ("00:1A:2B:3C:4D:5E", "001a2b3c4d5e", "001A.2B3C.4D5E", "00-1a-2b-3c-4d-5e"),
        ("00:11:22:33:44:55:66:77", "0011223344556677"),
        ("AE:A0:FB:75:00:77", "aea0fb750077", "AEA0-FB75-0077"),
        ("EE:AC:EF:85:07:33", "EEACEF850733"),
        ("+1.2125550187", "+1 212 555 0187"),
        ("12345.0", "12345,0", 12345),
    ],
)  # fmt: skip
def test_usual_spellings_meet(same: tuple[str | int, ...]) -> None:
    assert {canonical(each) for each in same} == {canonical(same[0])}
    assert is_identifier(canonical(same[0]))


@pytest.mark.parametrize(
    "apart",
    [
        ("10.1.12.3", "10.11.2.3", "1.0.112.3", "101123", "10.1.12.3:8080", "10.1.12.38:080", "10.1.12.3/24"),
        ("2001:db8::1", "2001:d:b8::1", "2001db81", "2001:db8::1/64", "[2001:db8::1]:64"),
        ("fe80::1%eth0", "fe80::1%eth1", "fe80::1"),
        ("AB123456C", "CD123456C", "123456C", "AB123456D"),
        ("X1234567L", "Y1234567L", "1234567L"),
        ("S1234567A", "T1234567A", "F1234567A", "G1234567A"),
        ("A-100123", "B-100123", "100123"),
        ("12-3456", "1-23456", "123456", "1-2345"),
        ("person/12-3456", "person/1-23456"),
        ("12.34.56", "1.23.456", "123456"),
    ],
)  # fmt: skip
def test_two_of_a_kind_stay_apart(apart: tuple[str, ...]) -> None:
    forms = {each: canonical(each) for each in apart}
    assert len(set(forms.values())) == len(apart), forms


@pytest.mark.parametrize(
    "one",
    [
        ("X1234567", "Y1234567", "1234567"),
        ("12-34567", "1-234567", "1234567"),
        ("FT-107-2-1204", "FT-10-72-1204"),
        ("A1-23456", "A12-3456"),
        ("123-45-6789", "12-3456789"),
        ("+1 212 555 0187", "+49 212 555 0187", "2125550187"),
    ],
)
def test_what_is_one_name_although_it_may_be_two(one: tuple[str, ...]) -> None:
    """The limits that docs/canonical-forms.md states: each is the price of spellings that must meet."""
    assert len(set(map(canonical, one))) == 1


@pytest.mark.parametrize("fraction", ["1234.5", "12345.67", "-1234.5", ".12345", "1234567,5", "1.2345E2", "-12345.0"])
def test_a_fraction_names_nothing(fraction: str) -> None:
    assert canonical(fraction) == b""
    assert canonical_column([fraction, "T-0012345"] * 20).forms() == [b"", b"12345"] * 20


@pytest.mark.parametrize("short", ["12-34", "1-2-3-4", "00-0012", "1.2.3"])
def test_groups_make_no_name_of_what_is_too_short(short: str) -> None:
    assert b"-" not in canonical(short)


@quickly
@given(st.lists(addresses, min_size=2, max_size=2, unique=True))
@example(["10.1.12.3", "10.11.2.3"])
def test_each_ipv4_address_is_a_name_of_its_own(two: list[str]) -> None:
    assert canonical(two[0]) != canonical(two[1])
    assert canonical(two[0]) == two[0].encode()


@quickly
@given(addresses_6)
def test_an_ipv6_address_has_one_form(address: ipaddress.IPv6Address) -> None:
    exploded = address.exploded
    groups = ":".join(group.lstrip("0") or "0" for group in exploded.split(":"))
    assume(any(len(group) != 2 for group in groups.split(":")))
    shortest = str(address.ipv4_mapped or address).encode()
    assert {canonical(each) for each in (str(address), exploded, exploded.upper(), groups)} == {shortest}


@quickly
@given(st.lists(addresses_6, min_size=2, max_size=2, unique=True))
def test_each_ipv6_address_is_a_name_of_its_own(two: list[ipaddress.IPv6Address]) -> None:
    assert canonical(str(two[0])) != canonical(str(two[1]))


@quickly
@given(st.lists(st.from_regex(r"[A-CEGHJ-PR-TW-Z]{2}[0-9]{6}[A-D]", fullmatch=True), min_size=2, unique=True))
def test_national_insurance_numbers(numbers: list[str]) -> None:
    spaced = [" ".join((each[:2], each[2:4], each[4:6], each[6:8], each[8:])).lower() for each in numbers]
    assert canonical_column(spaced).forms() == canonical_column(numbers).forms()
    assert len(set(canonical_column(numbers).forms())) == len(numbers)


@quickly
@given(st.lists(st.from_regex(r"[XYZSTFGM][0-9]{7}[A-Z]", fullmatch=True), min_size=2, unique=True))
def test_numbers_between_a_letter_of_their_class_and_one_that_checks(numbers: list[str]) -> None:
    dashed = [f"{each[0]}-{each[1:8]}-{each[8]}" for each in numbers]
    assert canonical_column(dashed).forms() == canonical_column(numbers).forms()
    assert len(set(canonical_column(numbers).forms())) == len(numbers)


@quickly
@given(
    st.lists(
        st.from_regex(r"[1-9][0-9]{0,3}[-_ /][0-9]{1,3}([-_ /][0-9]{1,2})?|[1-9][0-9]{4,5}", fullmatch=True),
        min_size=1,
        max_size=40,
    )
)
@example(["12-3456", "1-23456", "123456"])
@example(["12-3456", "12-34567"] * 20)
def test_short_numbers_keep_their_groups(numbers: list[str]) -> None:
    names = {each: form for each in numbers if is_identifier(form := canonical(each))}
    with_dashes = {each.translate(str.maketrans("_ /", "---")) for each in names}
    assert len(set(names.values())) == len(with_dashes)
    assert canonical_column(numbers).forms() == [canonical(each) for each in numbers]
    assert canonical_key_column([each.encode() for each in numbers]).forms() == [
        canonical_key(each.encode()) for each in numbers
    ]


@quickly
@given(
    st.from_regex(r"(T-|CN|\+86 |person/)?[1-9][0-9]{2,5}([- ][0-9]{3,4}){0,2}", fullmatch=True),
    st.sampled_from([_ARABIC_INDIC, _DEVANAGARI]),
)
def test_digits_of_every_script_are_the_same_digits(text: str, script: dict[int, int]) -> None:
    written = text.translate(script)
    assert written != text
    assert canonical(written) == canonical(text)
    assert canonical_key(written.encode()) == canonical_key(text.encode())
    assert canonical_column([written] * 30).forms() == canonical_column([text] * 30).forms()


@quickly
@given(st.from_regex(r"-?[0-9]{0,8}[.,][0-9]{1,6}", fullmatch=True))
def test_decimal_text_is_a_whole_number_or_none(text: str) -> None:
    whole, _, decimals = text.replace(",", ".").partition(".")
    is_whole = not decimals.strip("0") and whole.isdigit()
    assert canonical(text) == (whole.lstrip("0").encode() if is_whole else b"")
