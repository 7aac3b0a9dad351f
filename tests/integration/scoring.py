"""A graph document held against what is true: pure arithmetic over edges, by class of client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

from tests.estate.broker_log import UNSIGNED, BrokerLog
from tests.estate.run import Edges

Edge = tuple[str, str]
"""(source, target) by node ids of the document."""
SEEN_TIERS: Final = frozenset({"proven", "observed"})
_MACHINERY: Final = ("-changelog", "-repartition")


@dataclass(frozen=True, slots=True)
class Score:
    """How near some edges come to the true ones."""

    correct: int
    invented: frozenset[Edge]
    missed: Mapping[str, frozenset[Edge]]
    """Class of client → edges; only classes that have any."""

    @property
    def precision(self) -> float:
        """The share of what was found that is true."""
        return self.correct / max(self.correct + len(self.invented), 1)

    @property
    def recall(self) -> float:
        """The share of what is true that was found. What two classes share counts once."""
        missed = frozenset[Edge]().union(*self.missed.values())
        return self.correct / max(self.correct + len(missed), 1)


def score(true: Edges, found: Set[Edge]) -> Score:
    """Compare."""
    every = all_of(true)
    missed = {name: frozenset(edges - found) for name, edges in true.items() if edges - found}
    return Score(len(every & found), frozenset(found - every), missed)


def all_of(edges: Edges) -> frozenset[Edge]:
    """The edges of all classes."""
    return frozenset[Edge]().union(*edges.values())


def seen_flows(graph: Mapping[str, Any], kind: str) -> dict[Edge, str]:
    """The document's edges of one kind, of tier observed or better, with their tiers."""
    return {
        (edge["source"], edge["target"]): edge["tier"]
        for edge in graph["edges"]
        if edge["kind"] == kind and edge["tier"] in SEEN_TIERS
    }


def writes_in(log: BrokerLog, produces: Iterable[Edge]) -> frozenset[Edge]:
    """Who wrote what by the broker's log, as a graph that knows all would draw it.

    A producer id is a group's where it committed that group's offsets, or wrote the machinery of that application;
    `produces` says whose machinery a topic is. Records without a producer id are nobody's.
    """
    machinery = {target: source for source, target in produces if target.endswith(_MACHINERY)}
    owners: dict[int, set[str]] = {producer_id: {f"group:{g}" for g in of} for producer_id, of in log.groups.items()}
    for topic, producer_id in log.writes | log.aborted:
        if producer_id != UNSIGNED and f"topic:{topic}" in machinery:
            owners.setdefault(producer_id, set()).add(machinery[f"topic:{topic}"])
    return frozenset(
        (owner, f"topic:{topic}")
        for topic, producer_id in log.writes
        if producer_id != UNSIGNED
        for owner in owners.get(producer_id, {f"producer:{producer_id}"})
    )


def reads_in(log: BrokerLog, drawn_as: Mapping[str, str]) -> frozenset[Edge]:
    """Who committed what by the broker's log; `drawn_as` has the nodes of groups that are drawn as something else."""
    return frozenset((f"topic:{topic}", drawn_as.get(group, f"group:{group}")) for topic, group in log.commits)
