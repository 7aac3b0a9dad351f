"""Tokens are keyed, the sample is coordinated."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from flowaudit.linkage.canonical import canonical_column
from flowaudit.linkage.form_column import FormColumn
from flowaudit.linkage.tokens import Pseudonymiser

quickly = how(deadline=None, max_examples=40)

KEY = b"a key of the tests only"
FORMS = [b"person%06d" % number for number in range(4_000)]
COLUMN = FormColumn.of(FORMS)


def test_tokens_need_the_key() -> None:
    one, other = Pseudonymiser(KEY, 0, 1.0), Pseudonymiser(KEY + b"!", 0, 1.0)
    assert one.token(b"110105") == one.token(b"110105") != other.token(b"110105")
    assert set(one.kept(COLUMN).tolist()) == set(range(len(FORMS)))


def test_a_smaller_theta_keeps_a_subset_of_about_its_share() -> None:
    kept = {theta: set(Pseudonymiser(KEY, 0, theta).kept(COLUMN).tolist()) for theta in (0.5, 0.1, 0.05)}
    assert kept[0.05] < kept[0.1] < kept[0.5]
    assert 0.08 < len(kept[0.1]) / len(FORMS) < 0.12


@quickly
@given(
    st.lists(st.binary(min_size=1, max_size=40).filter(lambda form: b"\0" not in form), max_size=20),
    st.floats(0.01, 1.0),
)
def test_a_value_is_kept_or_not_whatever_stands_beside_it(forms: list[bytes], theta: float) -> None:
    pseudonymiser = Pseudonymiser(KEY, 0, theta)
    assert pseudonymiser.kept(FormColumn.of(forms)).tolist() == [
        i for i, form in enumerate(forms) if pseudonymiser.keeps(form)
    ]


def test_columns_of_tokens_are_the_tokens() -> None:
    pseudonymiser = Pseudonymiser(KEY, 0, 1.0)
    expected = [int.from_bytes(pseudonymiser.token(form), "little") for form in FORMS[:50]]
    assert pseudonymiser.tokens(FORMS[:50]).tolist() == expected


def test_the_key_is_not_shown() -> None:
    assert "tests only" not in repr(Pseudonymiser(KEY, 3, 0.1))


@pytest.mark.parametrize(("key", "theta"), [(b"short", 0.1), (b"x" * 65, 0.1), (KEY, 0.0), (KEY, 1.5)])
def test_unusable_settings_are_refused(key: bytes, theta: float) -> None:
    with pytest.raises(ValueError, match=r"16 to 64 bytes|theta"):
        Pseudonymiser(key, 0, theta)


@pytest.mark.parametrize(
    "values",
    [
        [f"{number:07d}" for number in range(1_000_000, 1_020_000)],
        [1_000_000 + number for number in range(20_000)],
        [f"11010519{number % 90 + 10}{number:06d}0x" for number in range(20_000)],
        [str(uuid.UUID(int=number << 90 | number)) for number in range(20_000)],
        [f"{number:05d}-person-with-a-long-name" for number in range(20_000)],
    ],
)
def test_the_sample_has_its_share_of_whatever_it_is_drawn_from(values: list[str | int]) -> None:
    column = canonical_column(values)
    shares = [
        len(Pseudonymiser(b"key %d of the tests" % number, 0, 0.1).kept(column)) / len(values) for number in range(20)
    ]
    assert min(shares) > 0.085
    assert max(shares) < 0.115
    assert 0.097 < sum(shares) / len(shares) < 0.103


@quickly
@given(st.binary(min_size=1, max_size=60).filter(lambda form: b"\0" not in form), st.integers(0, 60))
def test_a_form_is_kept_or_not_however_wide_its_column_is(form: bytes, longer: int) -> None:
    pseudonymiser = Pseudonymiser(KEY, 0, 0.5)
    beside = pseudonymiser.kept(FormColumn.of([b"x" * (len(form) + longer), form])).tolist()
    assert (1 in beside) == pseudonymiser.keeps(form)
