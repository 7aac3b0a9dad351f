"""FA002 and FA003: who reads or writes a topic although nobody declared it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowaudit.graph.evidence import EdgeKind, Verdict
from flowaudit.graph.flow_path import FlowPath, Hop
from flowaudit.graph.identity import NodeId
from flowaudit.graph.snapshot import Edge
from flowaudit.policy.estate import Estate
from flowaudit.policy.finding import Case
from flowaudit.policy.model import Parameters, Place, Severity
from flowaudit.policy.rule import Rule

_READS: Final = frozenset({EdgeKind.CONSUMES, EdgeKind.SINKS})
_WRITES: Final = frozenset({EdgeKind.PRODUCES, EdgeKind.SOURCES})


class OfTopics(Parameters, frozen=True, kw_only=True):
    """Whose readers or writers; empty: those of all topics."""

    topics: Place = ""


def undeclared_readers(estate: Estate, parameters: OfTopics) -> Iterator[Case]:
    """A case for each reading of a topic by a system that the topology does not admit."""
    chosen = estate.select(parameters.topics)
    for edge in _undeclared(estate, parameters, _READS):
        if edge.source in chosen:
            reader = _named(estate, edge.target)
            yield _case(edge, f"{reader} reads {edge.source.name}, and no declared flow admits it")


def undeclared_writers(estate: Estate, parameters: OfTopics) -> Iterator[Case]:
    """A case for each writing to a topic by a system that the topology does not admit."""
    chosen = estate.select(parameters.topics)
    for edge in _undeclared(estate, parameters, _WRITES):
        if edge.target in chosen:
            writer = _named(estate, edge.source)
            yield _case(edge, f"{writer} writes {edge.target.name}, and no declared flow admits it")


def _undeclared(estate: Estate, parameters: OfTopics, kinds: frozenset[EdgeKind]) -> Iterator[Edge]:
    for edge in estate.snapshot.edges:
        if edge.kind in kinds and edge.verdict is Verdict.UNDECLARED and edge.tier.at_least(parameters.minimum_tier):
            yield edge


def _named(estate: Estate, node: NodeId) -> str:
    party = estate.party(node)
    return node.document_id if party == node else f"{party.name} ({node.document_id})"


def _case(edge: Edge, message: str) -> Case:
    hop = Hop(edge)
    return Case((edge.source, edge.target), message, (FlowPath((hop,)),), (hop,))


UNDECLARED_READER: Final = Rule(
    code="FA002",
    name="undeclared-reader",
    title="Somebody reads what nobody declared",
    rationale="""\
A new consumer group takes one line of configuration, and the people whose data it reads hear nothing of it. The rule
holds everybody who was seen to read a topic against the flows of the topology. It needs a graph that was made with the
topology: without one, no reading is undeclared.""",
    keys=(("topics", "place of the topics whose readers are held against the topology; all, if it is left out"),),
    example="""\
- rule: FA002
  topics: topic:locks.*
  minimum_tier: observed""",
    severity=Severity.WARNING,
    parameters=OfTopics,
    evaluate=undeclared_readers,
    needs_topology=True,
)
UNDECLARED_WRITER: Final = Rule(
    code="FA003",
    name="undeclared-writer",
    title="Somebody writes what nobody declared",
    rationale="""\
Who writes into another system's topic decides what that system believes. The rule holds groups, connectors and clients
that were seen to write a topic against the flows of the topology. A producer that has no name but its number belongs
to the system that it writes for, so it is never held against it. It needs a graph that was made with the topology.""",
    keys=(("topics", "place of the topics whose writers are held against the topology; all, if it is left out"),),
    example="""\
- rule: FA003
  topics: system:citizen-score""",
    severity=Severity.WARNING,
    parameters=OfTopics,
    evaluate=undeclared_writers,
    needs_topology=True,
)
