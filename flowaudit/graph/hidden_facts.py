"""What could not be seen, or was left out on purpose: every report says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flowaudit.facts import NotVisible
from flowaudit.graph.internal import KAFKA_TOPICS
from flowaudit.graph.snapshot import Hidden

_NOT_TAPPED = "not-tapped"
_NO_GROUP_LISTED = "no-group-listed"


class HiddenFacts:
    """Merges `NotVisible`; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._hides: dict[tuple[str, str, str], str] = {}

    def copy(self) -> HiddenFacts:
        """An accumulator that can go its own way."""
        twin = HiddenFacts()
        twin._hides = self._hides.copy()
        return twin

    def add(self, fact: NotVisible) -> None:
        """Take in one blind spot."""
        key = (fact.subject, fact.name, fact.reason)
        self._hides[key] = max(self._hides.get(key, ""), fact.hides)

    def hidden(self, tapped: Collection[str], groups: Collection[str]) -> Iterable[Hidden]:
        """The blind spots that remain: what was seen after all, earlier or later, is no blind spot."""
        for (subject, name, reason), hides in self._hides.items():
            seen_after_all = (reason == _NOT_TAPPED and name in tapped) or (reason == _NO_GROUP_LISTED and groups)
            if not seen_after_all:
                yield Hidden(subject, name, reason, hides)


def unknown_writers(written: Collection[str], known: Collection[str]) -> Iterable[Hidden]:
    """Topics with records and without a known writer: producers that use no producer id leave no trace."""
    for topic in sorted(set(written) - set(known)):
        hides = "who writes the topic: a producer without a producer id (not idempotent) leaves no trace in Kafka"
        yield Hidden("topic", topic, "writer-unknown", hides)


def readers_without_group() -> Hidden:
    """The limit of everything that is known about readers here."""
    hides = "readers that assign partitions themselves and commit nothing: no API of Kafka lists them"
    return Hidden("cluster", "readers without a group", "not-listed-by-kafka", hides)


def left_out(auditor_groups: Iterable[str], internal_topics: Iterable[str]) -> Iterable[Hidden]:
    """What the graph leaves out by name: names are free to choose, so nobody shall hide behind one unnoticed."""
    for group in auditor_groups:
        hides = "a group all of whose clients call themselves the auditor's; what it reads is not in the graph"
        yield Hidden("group", group, "auditor-client-id", hides)
    for topic in internal_topics:
        if topic not in KAFKA_TOPICS:
            hides = "a topic that its name marks as internal; flows through it are not in the graph"
            yield Hidden("topic", topic, "internal-name", hides)
