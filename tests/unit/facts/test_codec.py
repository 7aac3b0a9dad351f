"""One codec: what is encoded comes back equal, equal facts have equal bytes, and anything else is refused."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import FactUndecodable, OffsetClass, decode_fact, encode_fact, fact_id
from flowaudit.facts.codec import Fact
from tests.unit.graph.made_facts import FACTS, run


@given(FACTS)
def test_every_kind_of_fact_survives_the_codec(fact: Fact) -> None:
    encoded = encode_fact(fact)
    assert decode_fact(encoded) == fact
    assert encode_fact(decode_fact(encoded)) == encoded


@given(FACTS, FACTS)
def test_facts_have_the_same_identity_when_they_are_equal_and_only_then(one: Fact, other: Fact) -> None:
    assert (fact_id(encode_fact(one)) == fact_id(encode_fact(other))) == (one == other)


@given(st.binary(max_size=64))
def test_bytes_that_are_no_fact_are_refused_without_showing_them(data: bytes) -> None:
    with pytest.raises(FactUndecodable, match=f"{len(data)} bytes"):
        decode_fact(data)


def test_a_fact_of_a_newer_version_is_refused() -> None:
    with pytest.raises(FactUndecodable):
        decode_fact(msgspec.msgpack.encode({"type": "fact-of-tomorrow"}))


def test_a_run_knows_its_ends_and_its_counts() -> None:
    told = run(0, 5)
    assert (told.low, told.high) == (0, 5)
    assert told.count(OffsetClass.AUDITED) == 5
    assert told.count(OffsetClass.QUARANTINED) == 0
