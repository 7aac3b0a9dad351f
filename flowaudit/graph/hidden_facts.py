"""What could not be seen, or was left out on purpose: every report says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from flowaudit.facts import Channel, NotVisible
from flowaudit.graph.internal import KAFKA_TOPICS
from flowaudit.graph.snapshot import CheckedSource, Hidden

_NOT_TAPPED = "not-tapped"
_NO_GROUP_LISTED = "no-group-listed"
_OVER_AFTER_MS: Final = 180_000
_MOST_ADDRESSES: Final = 3


class _Told(NamedTuple):
    """The latest telling of a blind spot; the order of the fields breaks ties of time."""

    observed_ms: int
    hides: str
    channel: Channel
    source: str


class HiddenFacts:
    """Merges `NotVisible`; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str, str], _Told] = {}

    def copy(self) -> HiddenFacts:
        """An accumulator that can go its own way."""
        twin = HiddenFacts()
        twin._told = self._told.copy()
        return twin

    def add(self, fact: NotVisible) -> None:
        """Take in one blind spot."""
        key = (fact.subject, fact.name, fact.reason)
        told = _Told(fact.provenance.observed_ms, fact.hides, fact.provenance.channel, fact.source)
        known = self._told.get(key)
        self._told[key] = told if known is None else max(known, told)

    def hidden(
        self, tapped: Collection[str], groups: Collection[str], sources: Iterable[CheckedSource]
    ) -> Iterable[Hidden]:
        """The blind spots that remain: what was seen after all, earlier or later, is no blind spot.

        Nor is one whose source has succeeded for minutes without telling it again: the right was granted, the group
        went. A source that fails ends nothing.
        """
        succeeded_ms = {source.name: source.last_success_ms for source in sources}
        for (subject, name, reason), told in self._told.items():
            seen_after_all = (reason == _NOT_TAPPED and name in tapped) or (reason == _NO_GROUP_LISTED and groups)
            is_over = bool(told.source) and succeeded_ms.get(told.source, 0) - told.observed_ms > _OVER_AFTER_MS
            if not seen_after_all and not is_over:
                yield Hidden(subject, name, reason, told.hides, told.channel)


def unknown_writers(listed: Collection[str], written: Collection[str], known: Collection[str]) -> Iterable[Hidden]:
    """Topics without a known writer: producers that use no producer id leave no trace.

    `written` are topics that hold records for certain; of the others that are `listed` it is not known.
    """
    for topic in sorted(set(written) - set(known)):
        hides = "who writes the topic: a producer without a producer id (not idempotent) leaves no trace in Kafka"
        yield Hidden("topic", topic, "writer-unknown", hides)
    for topic in sorted(set(listed) - set(written) - set(known)):
        hides = "who writes the topic, if anybody does: a producer without a producer id leaves no trace in Kafka"
        yield Hidden("topic", topic, "no-writer-seen", hides)


def undecided_writers(topics: Iterable[str]) -> Iterable[Hidden]:
    """Topics written in transactions of which nobody knows whether any was committed."""
    for topic in topics:
        hides = (
            "whether any transaction on the topic was committed: neither the transaction log nor its markers were read"
        )
        yield Hidden("topic", topic, "transactions-undecided", hides, Channel.TRANSACTION)


def aborted_writers(topics: Iterable[str]) -> Iterable[Hidden]:
    """Topics whose only known writers never committed."""
    for topic in topics:
        hides = "who else writes the topic, if anybody: every transaction that was seen on it was aborted"
        yield Hidden("topic", topic, "only-aborted-transactions", hides, Channel.TRANSACTION)


def unasked_connect_workers(workers: Mapping[str, Collection[str]], asked: Collection[str]) -> Iterable[Hidden]:
    """Connect clusters that the groups show and whose REST API was not asked."""
    for group in sorted(workers.keys() - set(asked)):
        known = ", ".join(sorted(workers[group])[:_MOST_ADDRESSES]) or "address unknown"
        hides = f"its connectors and the systems at their other ends; name its workers under connect.urls ({known})"
        yield Hidden("group", group, "connect-workers-not-asked", hides, Channel.CONNECT)


def left_out(auditor_groups: Iterable[str], internal_topics: Iterable[str]) -> Iterable[Hidden]:
    """What the graph leaves out by name: names are free to choose, so nobody shall hide behind one unnoticed."""
    for group in auditor_groups:
        hides = "a group all of whose clients call themselves the auditor's; what it reads is not in the graph"
        yield Hidden("group", group, "auditor-client-id", hides)
    for topic in internal_topics:
        if topic not in KAFKA_TOPICS:
            hides = "a topic that its name marks as internal; flows through it are not in the graph"
            yield Hidden("topic", topic, "internal-name", hides)
