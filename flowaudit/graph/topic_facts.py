"""Topics: that they exist, and what became of their offsets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from flowaudit.facts import OffsetClass, RecordQuarantined, RunAudited, TopicSeen
from flowaudit.graph.draft import NodeDraft, topic_node
from flowaudit.graph.internal import is_internal_name
from flowaudit.graph.offsets import OffsetMap
from flowaudit.graph.seen import detail, exact
from flowaudit.graph.snapshot import TappedTopic

_CLASSES: Final = tuple(OffsetClass)
"""The best account first: an offset that one run read and another found gone was read."""
_RANK: Final = {offset_class: rank for rank, offset_class in enumerate(_CLASSES)}
_Partition = tuple[str, str, int]


class _Look(NamedTuple):
    """A topic at its latest listing; the order of the fields breaks ties of time."""

    observed_ms: int
    topic_id: str
    partitions: int


class TopicFacts:
    """Merges `TopicSeen`, `RunAudited` and `RecordQuarantined`; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._topics: dict[str, _Look] = {}
        self._internal: set[str] = set()
        self._with_records: set[str] = set()
        self._accounts: dict[_Partition, OffsetMap[int]] = {}
        self._quarantine: dict[_Partition, OffsetMap[str]] = {}

    def copy(self) -> TopicFacts:
        """An accumulator that can go its own way."""
        twin = TopicFacts()
        twin._topics = self._topics.copy()
        twin._internal = self._internal.copy()
        twin._with_records = self._with_records.copy()
        twin._accounts = {key: offsets.copy() for key, offsets in self._accounts.items()}
        twin._quarantine = {key: offsets.copy() for key, offsets in self._quarantine.items()}
        return twin

    def add_topic(self, fact: TopicSeen) -> None:
        """Take in one listing of a topic."""
        look = _Look(fact.provenance.observed_ms, fact.topic_id, fact.partitions)
        known = self._topics.get(fact.topic)
        self._topics[fact.topic] = look if known is None else max(known, look)
        if fact.internal:
            self._internal.add(fact.topic)
        if fact.has_records:
            self._with_records.add(fact.topic)

    def add_run(self, fact: RunAudited) -> None:
        """Take in the account of a run of offsets."""
        offsets = self._accounts.setdefault((fact.topic, fact.topic_id, fact.partition), OffsetMap())
        for low, high, offset_class in ((s.low, s.high, s.offset_class) for s in fact.segments):
            offsets.claim(low, high, _RANK[offset_class])

    def add_quarantined(self, fact: RecordQuarantined) -> None:
        """Take in a record that could not be read."""
        offsets = self._quarantine.setdefault((fact.topic, fact.topic_id, fact.partition), OffsetMap())
        offsets.claim(fact.offset, fact.offset + 1, fact.reason)

    def internal_topics(self) -> frozenset[str]:
        """Topics that the cluster, or their name, marks as machinery."""
        return frozenset(self._internal | {topic for topic in self._topics if is_internal_name(topic)})

    def listed_topics(self) -> frozenset[str]:
        """Topics that the cluster listed."""
        return frozenset(self._topics)

    def topics_with_records(self) -> frozenset[str]:
        """Data topics that hold records, or held some, for certain."""
        read = {tapped.topic for tapped in self.tapped() if tapped.audited}
        return (frozenset(read) | frozenset(self._with_records)) - self.internal_topics()

    def data_topics(self) -> frozenset[str]:
        """Topics that were listed and are no machinery."""
        return frozenset(self._topics) - self.internal_topics()

    def tapped_topics(self) -> frozenset[str]:
        """Topics of which some offsets are accounted for."""
        return frozenset(topic for topic, _, _ in self._accounts)

    def nodes(self) -> Iterator[NodeDraft]:
        """A node a topic that was listed or tapped."""
        quarantined = self._quarantined_by_reason()
        for topic in self._topics.keys() | self.tapped_topics() | quarantined.keys():
            known: dict[str, str | int] = {}
            if (look := self._topics.get(topic)) is not None:
                known = {"partitions": look.partitions, "topic_id": look.topic_id}
            for reason, records in quarantined.get(topic, Counter()).items():
                known[f"quarantined_{reason}"] = records
            yield NodeDraft(topic_node(topic), detail(**known))

    def tapped(self) -> tuple[TappedTopic, ...]:
        """What became of the offsets, by topic; incarnations of a re-created topic are added up."""
        partitions: dict[str, set[int]] = {}
        counts: dict[str, Counter[int]] = {}
        for (topic, _, partition), offsets in self._accounts.items():
            partitions.setdefault(topic, set()).add(partition)
            counts.setdefault(topic, Counter()).update(offsets.counts())
        return tuple(
            TappedTopic(topic, len(partitions[topic]), *(exact(counts[topic][rank]) for rank in range(len(_CLASSES))))
            for topic in sorted(counts)
        )

    def _quarantined_by_reason(self) -> dict[str, Counter[str]]:
        reasons: dict[str, Counter[str]] = {}
        for (topic, _, _), offsets in self._quarantine.items():
            reasons.setdefault(topic, Counter()).update(offsets.counts())
        return reasons
