"""FA001: data gets where it must not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from flowaudit.graph.flow_path import FlowPath
from flowaudit.graph.identity import NodeId
from flowaudit.policy.estate import Estate
from flowaudit.policy.finding import Case
from flowaudit.policy.model import Parameters, Place, Severity
from flowaudit.policy.rule import Rule


class ForbiddenFlow(Parameters, frozen=True, kw_only=True):
    """From where data must not get where."""

    source: Place = msgspec.field(name="from")
    target: Place = msgspec.field(name="to")


def forbidden_flows(estate: Estate, parameters: ForbiddenFlow) -> Iterator[Case]:
    """A case for each two systems (or nodes of no system) between which there is a way that must not be."""
    tier = parameters.minimum_tier
    goals = estate.parties(estate.select(parameters.target))
    for origin, sources in estate.parties(estate.select(parameters.source)).items():
        others = {party: nodes for party, nodes in goals.items() if party != origin}
        for receiver, way, cut in estate.ways(sources, others, tier):
            yield Case((origin, receiver), _message(estate, origin, receiver, way), (way,), cut)


def _message(estate: Estate, origin: NodeId, receiver: NodeId, way: FlowPath) -> str:
    through = estate.through(way)
    by_way_of = f" by way of {', '.join(through)}" if through else ""
    return f"data of {origin.name} gets to {receiver.name}{by_way_of}, which the policy forbids"


FORBIDDEN_FLOW: Final = Rule(
    code="FA001",
    name="forbidden-flow",
    title="Data gets where it must not",
    rationale="""\
Nobody draws the line from a door lock to a travel ban: each system on the way takes a short, harmless step. The rule
looks at the whole way, through anything that lies between, and says where cutting it would be least work. It says only
that data can have gone all the way, each hop in its time, not that a certain record did.""",
    keys=(("from", "place where the data starts"), ("to", "place where it must not arrive")),
    example="""\
- rule: FA001
  id: lock-to-travel-ban
  from: system:lock
  to: system:travel-ban
  minimum_tier: probable""",
    severity=Severity.ERROR,
    parameters=ForbiddenFlow,
    evaluate=forbidden_flows,
)
