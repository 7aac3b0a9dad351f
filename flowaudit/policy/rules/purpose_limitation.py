"""FA005: data is used for what it was not collected for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from flowaudit.graph.identity import NodeId
from flowaudit.policy.estate import Estate, Parties
from flowaudit.policy.finding import Case
from flowaudit.policy.model import Parameters, Place, Severity
from flowaudit.policy.rule import Rule


class PurposeLimitation(Parameters, frozen=True, kw_only=True):
    """Of which data; empty: of all whose purposes the topology states. And, if given, of one purpose only."""

    source: Place = msgspec.field(name="from", default="")
    purpose: str = ""


def misused_data(estate: Estate, parameters: PurposeLimitation) -> Iterator[Case]:
    """A case for each system that data gets to although none of its purposes is one that the data may serve."""
    tier = parameters.minimum_tier
    everyone = estate.parties(node.id for node in estate.snapshot.nodes)
    for origin, topics in _collected(estate, parameters).items():
        arrivals = {topic: estate.arrivals(frozenset({topic}), tier) for topic in topics}
        for receiver, nodes in everyone.items():
            purposes = estate.purposes_of(receiver)
            misused = frozenset(
                topic
                for topic in topics
                if not nodes.isdisjoint(arrivals[topic]) and not estate.may_use(estate.collected_for(topic), purposes)
            )
            way = estate.way(misused, nodes, tier) if misused and receiver != origin else None
            if way is not None:
                message = _message(estate, way.nodes[0], receiver)
                yield Case((origin, receiver), message, (way,), estate.cut(misused, nodes, tier))


def _collected(estate: Estate, parameters: PurposeLimitation) -> Parties:
    """The topics that have a purpose, by whose they are."""
    chosen = estate.topics(estate.select(parameters.source))
    wanted = parameters.purpose
    stated = ((topic, estate.collected_for(topic)) for topic in chosen)
    return estate.parties(topic for topic, purposes in stated if (wanted in purposes if wanted else purposes))


def _message(estate: Estate, topic: NodeId, receiver: NodeId) -> str:
    collected = ", ".join(sorted(estate.collected_for(topic)))
    purposes = ", ".join(sorted(estate.purposes_of(receiver))) or "none that is declared"
    return f"data of {topic.name}, collected for {collected}, gets to {receiver.name}, whose purposes are: {purposes}"


PURPOSE_LIMITATION: Final = Rule(
    code="FA005",
    name="purpose-limitation",
    title="Data is used for what it was not collected for",
    rationale="""\
Personal data is collected for specified purposes and not further processed in a manner that is incompatible with them
(GDPR, Article 5(1)(b)). The purpose travels with the data, also through topics that others derive from it. The rule
follows each topic whose purposes the topology states, and finds the systems that it gets to although none of their
purposes is one of those, or compatible with one. A system that declares no purpose may use nothing.""",
    keys=(
        ("from", "place of the topics that are followed; all whose purposes are stated, if it is left out"),
        ("purpose", "a purpose of the topology: only data that was collected for it is followed"),
    ),
    example="""\
- rule: FA005
  from: system:lock
  purpose: tenancy-abuse""",
    severity=Severity.ERROR,
    parameters=PurposeLimitation,
    evaluate=misused_data,
    needs_topology=True,
)
