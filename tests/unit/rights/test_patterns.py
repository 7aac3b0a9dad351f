"""Tap patterns as the narrowest resources that Kafka can grant."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flowaudit.rights.access import Resource, ResourceType
from flowaudit.rights.patterns import resources_of


def topic(name: str, *, prefixed: bool = False) -> Resource:
    return Resource(ResourceType.TOPIC, name, prefixed)


@pytest.mark.parametrize(
    ("pattern", "resources"),
    [
        ("visitors", [topic("visitors")]),
        (r"locks\.events", [topic("locks.events")]),
        (r"locks\..*", [topic("locks.", prefixed=True)]),
        ("locks-.+", [topic("locks-", prefixed=True)]),
        (".*", [topic("*")]),
        ("a|b", [topic("a"), topic("b")]),
        (r"locks\..*|visitors", [topic("locks.", prefixed=True), topic("visitors")]),
        (r"locks\.(events|alarms)", [topic("locks.", prefixed=True)]),
        ("(a|b)", [topic("*")]),
        ("locks?", [topic("lock", prefixed=True)]),
        (r"(x|y)z|locks\..*", [topic("*")]),
        ("[a|b]", [topic("*")]),
        (r"a\|b", [topic("a", prefixed=True)]),
    ],
)
def test_a_simple_pattern_becomes_a_name_a_prefix_or_everything(pattern: str, resources: list[Resource]) -> None:
    assert list(resources_of([pattern], ())) == resources


def test_a_complicated_pattern_is_granted_by_the_names_that_are_known() -> None:
    known = ["locks.events", "locks.alarms", "locks.secret"]
    assert list(resources_of([r"locks\.(events|alarms)"], known)) == [topic("locks.alarms"), topic("locks.events")]


def test_many_matches_are_granted_by_their_prefix() -> None:
    known = [f"lock{number}" for number in range(50)]
    assert list(resources_of([r"lock\d+"], known)) == [topic("lock", prefixed=True)]


def test_what_a_wider_pattern_covers_is_not_asked_for_twice() -> None:
    assert list(resources_of([".*", "visitors", r"locks\..*"], ())) == [topic("*")]
    assert list(resources_of([r"locks\..*", r"locks\.events"], ())) == [topic("locks.", prefixed=True)]


_PIECES = ["a", "b", "-", r"\.", ".", ".*", ".+", "a?", "b*", "a+", "(a|b)", "(a|b-)*", "[ab]", "[a|b]", r"\d", "|"]


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=7).map("".join), st.data())
def test_no_topic_that_a_pattern_takes_is_left_without_a_resource(pattern: str, data: st.DataObject) -> None:
    name = data.draw(st.from_regex(pattern, fullmatch=True, alphabet="ab-.0|"))
    assume(name)
    assert any(resource.matches(name) for resource in resources_of([pattern], ()))
    assert any(resource.matches(name) for resource in resources_of([pattern], [name]))
