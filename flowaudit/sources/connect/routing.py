"""Transforms that send records to another topic than the configuration names first. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flowaudit.sources.connect.java_regex import replace_matching, translate
from flowaudit.sources.connect.settings import Settings
from flowaudit.sources.connect.topic_names import is_pattern, is_topic


@dataclass(frozen=True, slots=True)
class Promise:
    """The topics that a configuration promises."""

    topics: tuple[str, ...] = ()
    regex: str = ""
    """For those whose names are not all known beforehand."""
    is_open: bool = False
    """The configuration does not tell all topics: records, or code of somebody's own, decide."""


def route(promise: Promise, settings: Settings) -> Promise:
    """The promise after the transforms of a connector, in their order.

    Kafka's RegexRouter and TimestampRouter are followed; other routers decide by what they find in a record. A
    transform with a predicate may or may not apply: both outcomes are promised.
    """
    for alias in settings.items("transforms"):
        prefix = f"transforms.{alias}"
        routed = _through(promise, settings, prefix)
        promise = _either(promise, routed) if settings.is_set(f"{prefix}.predicate") else routed
    return promise


def _through(promise: Promise, settings: Settings, prefix: str) -> Promise:
    transform = settings.text(f"{prefix}.type").partition("$")[0].rpartition(".")[2]
    if transform == "RegexRouter":
        return _rename(promise, settings.text(f"{prefix}.regex"), settings.text(f"{prefix}.replacement"))
    if transform == "TimestampRouter":
        return _dated(promise, settings.text(f"{prefix}.topic.format") or "${topic}-${timestamp}")
    # By name: Confluent's ExtractTopic and MessageTimestampRouter, Debezium's ByLogicalTableRouter and EventRouter …
    decides = not transform or "Topic" in transform or transform.endswith(("Router", "Routing"))
    return Promise(is_open=True) if decides else promise


def _rename(promise: Promise, regex: str, replacement: str) -> Promise:
    pattern = translate(regex) if regex else None
    if pattern is None:
        return Promise(is_open=True)
    renamed = [replace_matching(pattern, replacement, topic) for topic in promise.topics]
    known = tuple(dict.fromkeys(topic for topic in renamed if topic is not None and is_topic(topic)))
    lost = any(topic is None or not is_topic(topic) for topic in renamed)
    return Promise(known, is_open=promise.is_open or bool(promise.regex) or lost)


def _dated(promise: Promise, template: str) -> Promise:
    if promise.regex or promise.is_open:
        return Promise(is_open=True)
    parts = [re.escape(part) for part in template.split("${timestamp}")]
    dated = [".+".join(parts).replace(re.escape("${topic}"), re.escape(topic)) for topic in promise.topics]
    regex = "|".join(dated)
    return Promise(regex=regex) if is_pattern(regex) else Promise(is_open=True)


def _either(one: Promise, other: Promise) -> Promise:
    if one.regex and other.regex and one.regex != other.regex:
        return Promise(is_open=True)
    topics = tuple(dict.fromkeys((*one.topics, *other.topics)))
    return replace(one, topics=topics, regex=one.regex or other.regex, is_open=one.is_open or other.is_open)
