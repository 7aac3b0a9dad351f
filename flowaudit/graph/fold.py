"""The fold: facts → snapshot. Same facts, in any order and any batching, with any repetition: the same snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flowaudit.facts import (
    Channel,
    ClusterSeen,
    Fact,
    FieldProfiled,
    FlowDeclared,
    GroupSeen,
    NotVisible,
    OffsetCommitted,
    PairObserved,
    ProducerSeen,
    RecordQuarantined,
    RowsObserved,
    RunAudited,
    SourceChecked,
    SystemDeclared,
    TopicSeen,
)
from flowaudit.graph.assemble import Parts, assemble
from flowaudit.graph.declared_facts import DeclaredFacts
from flowaudit.graph.group_facts import GroupFacts
from flowaudit.graph.health_facts import HealthFacts
from flowaudit.graph.hidden_facts import HiddenFacts
from flowaudit.graph.linkage_facts import LinkageFacts
from flowaudit.graph.producer_facts import ProducerFacts
from flowaudit.graph.seen import within_time
from flowaudit.graph.snapshot import Cluster, GraphSnapshot, Window
from flowaudit.graph.topic_facts import TopicFacts
from flowaudit.linkage.derived import DerivedEdge
from flowaudit.linkage.infer import infer

Inference = Callable[[Iterable[Fact]], tuple[DerivedEdge, ...]]
"""Linkage: facts about pairs, rows, readers and writers → derived edges. A pure function."""


class GraphFold:
    """Folds facts one by one and gives a snapshot at any moment.

    `k_anonymity` is the smallest count of sightings that a snapshot shows; smaller ones read 0. `inference` concludes
    `derives` edges; it runs again only when what it concludes from has changed.
    """

    def __init__(self, cluster: Cluster, k_anonymity: int = 10, *, inference: Inference = infer) -> None:
        self._cluster = cluster
        self._k_anonymity = k_anonymity
        self._inference = _Remembered(inference)
        self._first_ms: int | None = None
        self._last_ms: int | None = None
        self._topics = TopicFacts()
        self._groups = GroupFacts()
        self._producers = ProducerFacts()
        self._linkage = LinkageFacts()
        self._declared = DeclaredFacts()
        self._hidden = HiddenFacts()
        self._health = HealthFacts()
        self._last_heard_ms: dict[Channel, int] = {}
        self._takers = self._bind()
        self._latest: tuple[tuple[Fact, ...], GraphSnapshot] | None = None

    def add(self, fact: Fact) -> None:
        """Take in one fact."""
        at = fact.provenance.observed_ms
        self._first_ms = at if self._first_ms is None else min(self._first_ms, at)
        self._last_ms = at if self._last_ms is None else max(self._last_ms, at)
        channel = fact.provenance.channel
        self._last_heard_ms[channel] = max(at, self._last_heard_ms.get(channel, at))
        self._takers[type(fact)](fact)
        self._latest = None

    def add_all(self, facts: Iterable[Fact]) -> None:
        """Take in facts."""
        for fact in facts:
            self.add(fact)

    def snapshot(self, *, extra_facts: Iterable[Fact] = ()) -> GraphSnapshot:
        """The graph as it stands; `extra_facts` count for this one snapshot only.

        While nothing is added and the extra facts are the same, so is the snapshot: asking again costs nothing.
        """
        extra = tuple(extra_facts)
        if self._latest is None or self._latest[0] != extra:
            self._latest = (extra, self._snapshot_with(extra) if extra else self._assemble())
        return self._latest[1]

    def _snapshot_with(self, extra: tuple[Fact, ...]) -> GraphSnapshot:
        fork = self._fork()
        fork.add_all(extra)
        return fork.snapshot()

    def _assemble(self) -> GraphSnapshot:
        inputs = (*self._linkage.inputs(), *self._groups.linkage_inputs(), *self._producers.linkage_inputs())
        parts = Parts(
            cluster=self._cluster,
            window=Window(within_time(self._first_ms or 0), within_time(self._last_ms or 0)),
            topics=self._topics,
            groups=self._groups,
            producers=self._producers,
            linkage=self._linkage,
            derived=self._inference(inputs),
            systems=self._declared.systems(),
            hidden=self._hidden,
            last_heard_ms=self._last_heard_ms,
            health=self._health,
            k_anonymity=self._k_anonymity,
        )
        return assemble(parts)

    def _fork(self) -> GraphFold:
        fork = GraphFold(self._cluster, self._k_anonymity)
        # The fork concludes from the same facts and a few more: sharing the memory spares work when there are none.
        fork._inference = self._inference
        fork._first_ms, fork._last_ms = self._first_ms, self._last_ms
        fork._topics = self._topics.copy()
        fork._groups = self._groups.copy()
        fork._producers = self._producers.copy()
        fork._linkage = self._linkage.copy()
        fork._declared = self._declared.copy()
        fork._hidden = self._hidden.copy()
        fork._health = self._health.copy()
        fork._last_heard_ms = self._last_heard_ms.copy()
        fork._takers = fork._bind()
        return fork

    def _bind(self) -> dict[type[Any], Callable[[Any], None]]:
        return {
            ClusterSeen: _known_already,
            TopicSeen: self._topics.add_topic,
            RunAudited: self._topics.add_run,
            RecordQuarantined: self._topics.add_quarantined,
            GroupSeen: self._groups.add_group,
            OffsetCommitted: self._groups.add_commit,
            ProducerSeen: self._producers.add,
            PairObserved: self._linkage.add_pair,
            RowsObserved: self._linkage.add_rows,
            FieldProfiled: self._linkage.add_profile,
            SystemDeclared: self._declared.add_system,
            FlowDeclared: self._declared.add_flow,
            NotVisible: self._hidden.add,
            SourceChecked: self._health.add,
        }


def fold(cluster: Cluster, facts: Iterable[Fact], k_anonymity: int = 10) -> GraphSnapshot:
    """Fold facts into one snapshot."""
    folding = GraphFold(cluster, k_anonymity)
    folding.add_all(facts)
    return folding.snapshot()


def _known_already(_: ClusterSeen) -> None:
    """A fold is made for one cluster."""


class _Remembered:
    """An inference that answers the same question once."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._asked: tuple[Fact, ...] | None = None
        self._answer: tuple[DerivedEdge, ...] = ()

    def __call__(self, inputs: tuple[Fact, ...]) -> tuple[DerivedEdge, ...]:
        if inputs != self._asked:
            self._answer = self._inference(inputs)
            self._asked = inputs
        return self._answer
