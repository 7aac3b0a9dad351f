"""The fold: facts → snapshot. Same facts, in any order and any batching, with any repetition: the same snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flowaudit.facts import BucketsClosed, Fact, OpenBuckets
from flowaudit.graph.accumulators import Accumulators
from flowaudit.graph.assemble import Parts, assemble, seen_edges
from flowaudit.graph.bindings import bind
from flowaudit.graph.draft import group_node
from flowaudit.graph.namesakes import Namesakes
from flowaudit.graph.open_buckets import OpenBucketsHeld
from flowaudit.graph.owners import Owners, connector_groups
from flowaudit.graph.programs_for_linkage import programs_for_linkage
from flowaudit.graph.seen import within_time
from flowaudit.graph.snapshot import Cluster, GraphSnapshot, Window
from flowaudit.graph.writers import Writers
from flowaudit.linkage.derived import Inferred
from flowaudit.linkage.infer import infer
from flowaudit.linkage.readers import Programs

Inference = Callable[[Iterable[Fact], Programs], Inferred]
"""Linkage: facts about pairs and rows, and what is known of programs → what is derived from what. A pure function."""


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
        self._held = Accumulators()
        self._takers = self._held.takers()
        self._latest: tuple[tuple[Fact, ...], GraphSnapshot] | None = None

    def add(self, fact: Fact) -> None:
        """Take in one fact."""
        if not isinstance(fact, BucketsClosed | OpenBuckets):
            at = fact.provenance.observed_ms
            self._first_ms = at if self._first_ms is None else min(self._first_ms, at)
            self._last_ms = at if self._last_ms is None else max(self._last_ms, at)
        for take in self._takers[type(fact)]:
            take(fact)
        self._latest = None

    def add_all(self, facts: Iterable[Fact]) -> None:
        """Take in facts."""
        for fact in facts:
            self.add(fact)

    def snapshot(self, *, extra_facts: Iterable[Fact] = ()) -> GraphSnapshot:
        """The graph as it stands; `extra_facts` count for this one snapshot only, in place of stored `OpenBuckets`.

        While nothing is added and the extra facts are the same, so is the snapshot: asking again costs nothing.
        """
        extra = tuple(extra_facts)
        if self._latest is None or self._latest[0] != extra:
            self._latest = (extra, self._snapshot_with(extra))
        return self._latest[1]

    def _snapshot_with(self, extra: tuple[Fact, ...]) -> GraphSnapshot:
        standing_in = extra or tuple(self._held.open_buckets.standing())
        if not standing_in:
            return self._assemble()
        fork = self._fork()
        fork.add_all(standing_in)
        return fork.snapshot()

    def _assemble(self) -> GraphSnapshot:
        held = self._held
        bindings = bind(held.producers, held.transactions, held.streams, held.programs, held.connect)
        writers = Writers(held.producers, held.transactions, bindings)
        owners = Owners({**connector_groups(held), **writers.owners()})
        seen = tuple(owners.edges(seen_edges(held, writers)))
        own = {group_node(group) for group in held.groups.auditor_groups()}
        programs = programs_for_linkage(seen, Namesakes(held, owners, bindings), omitted=own)
        parts = Parts(
            cluster=self._cluster,
            window=Window(within_time(self._first_ms or 0), within_time(self._last_ms or 0)),
            held=held,
            writers=writers,
            owners=owners,
            seen=seen,
            inferred=self._inference(tuple(held.linkage.inputs()), programs),
            systems=held.declared.systems(),
            k_anonymity=self._k_anonymity,
        )
        return assemble(parts)

    def _fork(self) -> GraphFold:
        fork = GraphFold(self._cluster, self._k_anonymity)
        # The fork concludes from the same facts and a few more: sharing the memory spares work when there are none.
        fork._inference = self._inference
        fork._first_ms, fork._last_ms = self._first_ms, self._last_ms
        fork._held = self._held.copy()
        fork._held.open_buckets = OpenBucketsHeld()
        fork._takers = fork._held.takers()
        return fork


def fold(cluster: Cluster, facts: Iterable[Fact], k_anonymity: int = 10) -> GraphSnapshot:
    """Fold facts into one snapshot."""
    folding = GraphFold(cluster, k_anonymity)
    folding.add_all(facts)
    return folding.snapshot()


class _Remembered:
    """An inference that answers the same question once."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._asked: tuple[tuple[Fact, ...], Programs] | None = None
        self._answer = Inferred()

    def __call__(self, statistics: tuple[Fact, ...], programs: Programs) -> Inferred:
        if (statistics, programs) != self._asked:
            self._answer = self._inference(statistics, programs)
            self._asked = statistics, programs
        return self._answer
