"""Every spelling of a thing has one canonical form, and two things never share one by a rule's mistake."""

from __future__ import annotations

import base64
import hashlib
import uuid

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowaudit.linkage.canonical import canonical, canonical_column, canonical_key, canonical_key_column, is_identifier
from flowaudit.linkage.form_column import MAX_LENGTH

DIGEST = hashlib.sha256(b"T-0012345").digest()
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _ulid(number: int) -> str:
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


uuids = st.uuids(version=4)
numbers = st.integers(100_000, 10**18)
spellings = st.one_of(
    uuids.flatmap(
        lambda u: st.sampled_from(
            [
                str(u),
                u.hex,
                u.urn,
                f"{{{u}}}",
                str(u).upper(),
                _base64(u.bytes),
                _ulid(u.int),
                f"person/{u}",
                f"ord-{u}",
                f"evt_01{_ulid(u.int)[2:]}",
                hashlib.sha384(u.bytes).hexdigest()[:40],
                f"usr_{hashlib.sha256(u.bytes).hexdigest()}",
                hashlib.sha512(u.bytes).hexdigest()[:64],
            ]
        )
    ),
    numbers.flatmap(
        lambda n: st.sampled_from(
            [
                str(n),
                f"T-{n}",
                f"T-{n}".encode().hex(),
                _base64(f"T-{n}".encode()),
                f"{n}.0",
                float(n),
                n,
                f"urn:tenant:{n}",
                f"https://example.org/people/{n}",
                f"T%2D{n}",
                f"***{n % 10_000}",
                f"+86 {n}",
                f"00 {n}",
                f"0049-{n}",
                f"XXX-XX-{n % 10_000}",
                f'"T-{n}"',
                f" t_{n} ",
                f"({n})",
                f"{n:0>20}",
                f"{n:0>13}",
                f"0086{n}",
                f"A{n}X",
                f"{n % 97}-{n % 10_000}",
                f"{n % 1000},{n % 10_000}",
                f"{n % 256}.{n % 253}.{n % 7}.1",
                f"2001:db8::{n % 9999}:{n % 10}",
            ]
        )
    ),
    st.emails(),
    st.text(max_size=30),
    st.text(alphabet="ABCabcxX012-_ :/.%+=", max_size=30),
    st.none(),
    st.floats(),
    st.integers(),
)


@pytest.mark.parametrize(
    "same",
    [
        (
            "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "{3F2504E0-4F89-41D3-9A0C-0305E82C3301}",
            "urn:uuid:3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "3F2504E04F8941D39A0C0305E82C3301",
            "PyUE4E+JQdOaDAMF6CwzAQ==",
            "PyUE4E-JQdOaDAMF6CwzAQ",
            "person:3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "https://api2.example.org/v1/people/3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            _ulid(0x3F2504E04F8941D39A0C0305E82C3301),
            _ulid(0x3F2504E04F8941D39A0C0305E82C3301).lower(),
            "ord-3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "usr_3F2504E04F8941D39A0C0305E82C3301",
            "tenant.3f2504e04f8941d39a0c0305e82c3301",
        ),
        ("01HXABCDEFGHJKMNPQRSTVWXYZ", "evt_01HXABCDEFGHJKMNPQRSTVWXYZ", "evt-01hxabcdefghjkmnpqrstvwxyz",
         "session_01HXABCDEFGHJKMNPQRSTVWXYZ", "018f54b6-35cf-8465-3a56-d7c675be77df"),
        (
            "+86 139 1234 5678",
            "+8613912345678",
            "0086 139-1234-5678",
            "tel:+86-139-1234-5678",
            "13912345678",
            13912345678,
            "008613912345678",
            "tel: 0086 139 1234 5678",
            "139 1234 5678",
            "(139) 1234-5678",
        ),
        ("+44 7911 123456", "00447911123456", "+44 (0)7911 123456", "07911 123456", "7911123456"),
        # Dialled abroad in groups, and a number of the Dominican register with zeros before it.
        ("0045 32 34 56 78", "32 34 56 78"),
        ("001-1391820-5", "00113918205"),
        ("+1 (212) 555-0187", "(212) 555-0187", "212.555.0187"),
        ("Alice.Smith@Example.org", "mailto:alice.smith@example.org", "user:alice.smith@example.org",
         "alice.smith%40example.org", "Alice Smith <alice.smith@example.org>"),
        ("078-05-1120", "078051120", "078 05 1120", 78051120),
        ("11010519491231002X", "CN-110105-19491231-002x", "id/110105194912310 02X", "urn:cn:11010519491231002X"),
        ("T-0012345", 12345, 12345.0, "12345.0", "1.2345E4", "1.2345e+04", "tenant:0012345", "VC0wMDEyMzQ1",
         "542d30303132333435", "542D30303132333435", "T%2D0012345", "urn:tenant:0012345"),
        ("47110815.0", "47110815.000", 47110815.0, 47110815),
        ("urn:tenant:0042", "tenant:0042", "Tenant-0042"),
        ("sha256:" + DIGEST.hex().upper(), DIGEST.hex(), _base64(DIGEST), _base64(DIGEST).rstrip("="),
         DIGEST.hex()[:32], f"usr_{DIGEST.hex()}", _base64(DIGEST[:16]), DIGEST[:20].hex()),
    ],
)  # fmt: skip
def test_spellings_of_one_thing_meet(same: tuple[str | float, ...]) -> None:
    assert {canonical(each) for each in same} == {canonical(same[0])}
    assert is_identifier(canonical(same[0]))


@pytest.mark.parametrize(
    "apart",
    [
        ("A-1001", "B-1001"),
        ("A-10012", "B-10012", "10012"),
        ("person-1234", "lock-1234"),
        ("alice.smith@example.org", "alicesmith@example.org", "alice.smith+doors@example.org",
         "alice.smith@example.com"),
        ("lock:17:person:42", "lock:17:person:43", "person:42:lock:17"),
        ("person-42/3f2504e0-4f89-41d3-9a0c-0305e82c3301", "person-43/3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
        (123456.5, 123457.5, 123456, 123457),
        ("4711.0", 47110, "471100"),
        ("47110.00", 4711000, "471100"),
        ("12345678901234567890123456", _ulid(12345678901234567890123456)),
        ("person/anna-lee", "place/anna-lee"),
        # A UUID and the number of a line of it; zeros before a number that no plan of 00-numbers has.
        ("3f2504e04f8941d39a0c0305e82c330100000001", "3f2504e04f8941d39a0c0305e82c330100000002"),
        ("0000000412345", "0086041234567", "412345678901"),
        ("evt_01HXABCDEFGHJKMNPQRSTVWXYZ", "evt_01HXABCDEFGHJKMNPQRSTVWXY0", "evt_21HXABCDEFGHJKMNPQRSTVWXYZ"),
        ("abcdefghi3f2504e04f8941d39a0c0305e82c3301", "3f2504e04f8941d39a0c0305e82c3301"),
    ],
)  # fmt: skip
def test_different_things_stay_apart(apart: tuple[str | float, ...]) -> None:
    forms = [form for each in apart if (form := canonical(each))]
    assert len(set(forms)) == len(forms)


@pytest.mark.parametrize(("written", "meant"), [("1234.0", 1234), ("4711.00", 4711), ("9.0", 9), ("0123.0", 123)])
def test_a_whole_number_with_decimals_is_as_short_as_without(written: str, meant: int) -> None:
    assert canonical(written) == canonical(meant)
    assert not is_identifier(canonical(written))


@pytest.mark.parametrize(
    "masked",
    [
     "***-**-1120", "XXX-XX-1120", "xxxxx1120", "1101**********002X", "4111 XXXX XXXX 1111", "•••• 1120-4431",
     "####112044", "a****e@example.org", "user:***1120", "１１０１＊＊＊＊＊＊００２Ｘ"],
)  # fmt: skip
def test_a_masked_value_names_nobody(masked: str) -> None:
    assert canonical(masked) == b""


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("8 (912) 345-67-89", "RU", b"9123456789"),
        ("8613912345678", "CN", b"13912345678"),
        (13912345678, "CN", b"13912345678"),
        ("020 7946 0958", "GB", b"2079460958"),
        ("lock-17-north", "GB", b"lock17north"),
        ("12345", "GB", b"12345"),
    ],
)
def test_a_region_tells_how_numbers_are_dialled(written: str | int, region: str, number: bytes) -> None:
    assert canonical(written, region) == number
    assert canonical_column([written, None], region).forms() == [number, b""]


@given(uuids)
@example(uuid.UUID("40c28510-e43e-4921-93cc-6355422564ae"))
def test_a_uuid_has_one_form(number: uuid.UUID) -> None:
    url_safe = base64.urlsafe_b64encode(number.bytes).decode()
    written = [str(number), number.hex.upper(), number.urn, f"{{{number}}}", _base64(number.bytes), _ulid(number.int)]
    assert {canonical(each) for each in (*written, url_safe)} == {number.hex.encode()}


@given(st.lists(numbers, min_size=2, max_size=2, unique=True), st.sampled_from(["T-", "", "FT/", "person:"]))
def test_numbers_that_differ_stay_apart_in_every_spelling(two: list[int], prefix: str) -> None:
    one, other = (f"{prefix}{number}" for number in two)
    spelled = [{canonical(s) for s in (each, each.upper(), f'"{each}"', f"00{each}")} for each in (one, other)]
    assert not spelled[0] & spelled[1]


@given(st.lists(spellings, min_size=1, max_size=10))
@example(["T-0012345", "aB3dE5gH1j"])
@example(["00 49-1234567"])
@example(['"00-49-1234567"', "x"])
def test_a_column_is_the_form_of_each_value(values: list[str | int | float | None]) -> None:
    expected = [form if len(form := canonical(each)) <= MAX_LENGTH else b"" for each in values]
    assert canonical_column(values).forms() == expected


@given(spellings, st.integers(1, 5))
def test_a_column_of_one_value_many_times_too(value: str | float | None, times: int) -> None:
    form = canonical(value)
    assert canonical_column([value] * times).forms() == [form if len(form) <= MAX_LENGTH else b""] * times


@given(st.lists(spellings.filter(lambda each: isinstance(each, str)), min_size=1, max_size=8))
@example(["00"])
@example(["000"])
def test_keys_have_the_forms_of_their_text(values: list[str]) -> None:
    keys = [each.encode("utf-8", "ignore") for each in values]
    expected = [form if len(form := canonical_key(key)) <= MAX_LENGTH else b"" for key in keys]
    assert canonical_key_column(keys).forms() == expected


@given(st.lists(st.binary(min_size=20, max_size=20), min_size=1, max_size=6), st.sampled_from([20, 32, 64]))
@example([b"\x12" * 20, b"\xab" * 20], 20)
@example([bytes.fromhex("3f2504e04f8941d39a0c0305e82c330100000001"), b"\xab" * 20], 20)
def test_a_column_of_digests_too(values: list[bytes], size: int) -> None:
    digests = [(each * 4)[:size].hex() for each in values]
    assert canonical_column(digests).forms() == [canonical(each) for each in digests]
