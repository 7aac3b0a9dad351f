from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.metrics.labels import MAX_CHARACTERS, label_value

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400)


@given(ANY_TEXT)
def test_any_name_becomes_short_printable_text(name: str) -> None:
    value = label_value(name)
    value.encode()
    assert len(value) <= MAX_CHARACTERS
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in value)
    assert not any(mark in value for mark in "\u202a\u202e\u2066\u200f\u2028")


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=MAX_CHARACTERS))
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert label_value(name) == name


@given(ANY_TEXT, ANY_TEXT)
def test_long_names_that_differ_only_at_the_end_stay_different(one: str, other: str) -> None:
    prefix = "x" * MAX_CHARACTERS
    assert (label_value(prefix + one) == label_value(prefix + other)) == (one == other)
