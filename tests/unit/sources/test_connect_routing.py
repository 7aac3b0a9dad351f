"""Transforms that route records: the topics behind them, or the word that they cannot be known."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.sources.connect.java_regex import replace_matching, translate
from flowaudit.sources.connect.routing import Promise, route
from flowaudit.sources.connect.settings import Settings

KAFKA = "org.apache.kafka.connect.transforms."


def through(promise: Promise, *transforms: dict[str, str]) -> Promise:
    config = {"transforms": ",".join(f"t{i}" for i in range(len(transforms)))}
    for i, transform in enumerate(transforms):
        config |= {f"transforms.t{i}.{key}": value for key, value in transform.items()}
    return route(promise, Settings(config))


def regex_router(regex: str, replacement: str, **more: str) -> dict[str, str]:
    return {"type": f"{KAFKA}RegexRouter", "regex": regex, "replacement": replacement, **more}


def test_a_regex_router_renames_what_it_matches_whole_and_leaves_the_rest() -> None:
    routed = through(Promise(("raw.locks", "draw.locks")), regex_router(r"raw\.(.*)", "city.$1"))
    assert routed == Promise(("city.locks", "draw.locks"))


def test_routers_follow_one_another() -> None:
    first, second = regex_router("(.*)", "a.$1"), regex_router(r"a\.(?<name>.*)", "${name}.z")
    assert through(Promise(("locks",)), first, second) == Promise(("locks.z",))


def test_a_transform_of_values_changes_no_topic() -> None:
    hoist = {"type": f"{KAFKA}HoistField$Value"}
    assert through(Promise(("locks",)), hoist) == Promise(("locks",))


def test_a_router_with_a_predicate_may_apply_or_not() -> None:
    routed = through(Promise(("locks",)), regex_router(".*", "doors", predicate="sometimes"))
    assert routed == Promise(("locks", "doors"))


def test_a_timestamp_router_promises_a_pattern() -> None:
    routed = through(Promise(("city.locks",)), {"type": f"{KAFKA}TimestampRouter"})
    assert routed == Promise(regex=r"city\.locks\-.+")
    routed = through(Promise(("a",)), {"type": f"{KAFKA}TimestampRouter", "topic.format": "${timestamp}.${topic}"})
    assert routed == Promise(regex=r".+\.a")


@pytest.mark.parametrize(
    "transform",
    [
        {"type": "io.confluent.connect.transforms.ExtractTopic$Value"},
        {"type": "io.debezium.transforms.ByLogicalTableRouter"},
        {"type": "io.debezium.transforms.outbox.EventRouter"},
        {"type": "${file:/run/transform:type}"},
        regex_router(r"(a+)+", "x"),
        regex_router("", "x"),
        regex_router(".*", "$7"),
        regex_router(".*", "no topic"),
    ],
)
def test_what_decides_by_the_record_or_cannot_be_followed_leaves_the_promise_open(transform: dict[str, str]) -> None:
    assert through(Promise(("locks",)), transform) == Promise(is_open=True)


def test_a_pattern_cannot_be_renamed() -> None:
    assert through(Promise(regex="locks.*"), regex_router(".*", "$0")).is_open


@pytest.mark.parametrize(
    ("pattern", "replacement", "topic", "expected"),
    [
        ("(.*)_(.*)", r"$2.$1\$", "a_b", "b.a$"),
        ("(a)(b)", "$12", "ab", "a2"),
        ("(x)?y", "-$1-", "y", "--"),
        ("a|ab", "c", "ab", "cb"),
        ("a", "$", "a", None),
        ("a", "${n}", "a", None),
        ("b", "$9", "a", "a"),
    ],
)
def test_a_replacement_is_read_as_java_reads_it(
    pattern: str, replacement: str, topic: str, expected: str | None
) -> None:
    translated = translate(pattern)
    assert translated is not None
    assert replace_matching(translated, replacement, topic) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"\Qa\E", "a++", "(?i)a", "[a&&b]", "[a[b]]", r"\p{L}", r"\bx", "(?=a)", "a{,3}", "("),
        *("(a+)+", "(a|a)*", "a" * 301, ".*" * 5, "a?" * 40 + "a" * 40, "(a|a)" * 40),
    ],
)
def test_what_two_languages_read_differently_or_what_may_take_long_is_refused(pattern: str) -> None:
    assert translate(pattern) is None


@given(st.text(alphabet="ab.*+?()[]{}|^$\\-,1<>:!=n", max_size=30), st.text(alphabet="$\\{}n12ab.", max_size=10))
def test_whatever_the_pattern_it_is_followed_in_no_time_or_refused(pattern: str, replacement: str) -> None:
    translated = translate(pattern)
    if translated is not None:
        started_s = time.monotonic()
        replace_matching(translated, replacement, "a" * 248 + "!")
        assert time.monotonic() - started_s < 5
