"""The short ways to a canonical form find what the long way finds."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.linkage.canonical import canonical, canonical_column
from flowaudit.linkage.rewritten import form_of_digest, form_of_digest_bytes
from flowaudit.linkage.uuid_text import uuid_form, uuid_forms

_UUIDS = st.uuids(version=4) | st.uuids(version=1) | st.uuids()


def _in_capitals(uuid: UUID) -> bytes:
    """By the long way: no machine writes them so."""
    return canonical(str(uuid).upper())


@given(_UUIDS)
def test_one_uuid(uuid: UUID) -> None:
    assert uuid_form(str(uuid)) in {None, _in_capitals(uuid)}
    assert canonical(str(uuid)) == _in_capitals(uuid)


@given(st.lists(st.uuids(version=4), min_size=25, max_size=40))
def test_a_column_of_uuids(uuids: list[UUID]) -> None:
    lines = "\n".join(map(str, uuids)).encode()
    forms = uuid_forms(lines, len(uuids))
    assert forms is not None
    assert [row.tobytes() for row in forms] == list(map(_in_capitals, uuids))
    assert canonical_column(list(map(str, uuids))).forms() == list(map(_in_capitals, uuids))


@pytest.mark.parametrize(
    "other",
    [
        "3f2504e0-4f89-41d3-9a0c-0305e82c330",
        "3F2504e0-4f89-41d3-9a0c-0305e82c3301",
        "3f2504e0-4f89-01d3-9a0c-0305e82c3301",
        "3f2504e0-4f89-41d3-7a0c-0305e82c3301",
        "3f2504e04f89-4-1d3-9a0c-0305e82c3301",
        "3f2504e0-4f89-41d3-9a0c-0305e82c33-1",
        "00000000-0000-4000-8000-000000000001",
        "3f2504e0-4f89-41d3-9a0c-0305e82c330x",
    ],
)
def test_what_is_none_is_left_to_the_long_way(other: str) -> None:
    uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    assert uuid_form(other) is None
    assert uuid_forms(f"{uuid}\n{other}".encode(), 2) is None
    assert uuid_forms(uuid.encode(), 1) is not None


@given(st.binary(max_size=40), st.sampled_from(["md5", "sha1", "sha256", "sha512"]))
def test_a_digest_that_is_not_written(spelling: bytes, function: str) -> None:
    digest = hashlib.new(function, spelling, usedforsecurity=False)
    assert form_of_digest_bytes(digest.digest()) == form_of_digest(digest.hexdigest().encode())
