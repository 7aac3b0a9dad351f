"""FA004: what a system tells comes back into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowaudit.graph.evidence import Tier
from flowaudit.graph.flow_path import FlowPath, Hop
from flowaudit.graph.identity import NodeId
from flowaudit.policy.estate import Estate
from flowaudit.policy.finding import Case
from flowaudit.policy.model import Parameters, Place, Severity
from flowaudit.policy.rule import Rule


class FeedbackLoop(Parameters, frozen=True, kw_only=True):
    """Into which systems nothing may come back (empty: into none), and by which way it would come (empty: by any)."""

    of: Place = ""
    by: Place = ""


def feedback_loops(estate: Estate, parameters: FeedbackLoop) -> Iterator[Case]:
    """A case for each system and node of another by which the system's own data comes back into it."""
    tier = parameters.minimum_tier
    ways_back = estate.select(parameters.by)
    for party, nodes in estate.parties(estate.select(parameters.of)).items():
        for last, hops in estate.returns(estate.members(party), tier):
            out = estate.way(nodes, frozenset({last}), tier) if last in ways_back else None
            if out is not None:
                way = FlowPath((*out.hops, _back(out, hops)))
                message = f"what {party.name} tells comes back into it as {last.name}{_through(estate, way)}"
                yield Case((party, last), message, (way,), _cut(estate, nodes, last, hops, tier))


def _back(out: FlowPath, hops: tuple[Hop, ...]) -> Hop:
    """Of the hops back the one that is worth most, if it was still seen when the data arrived by this way."""
    at_ms = max(hop.first_seen_ms for hop in out.hops)
    return min(hops, key=lambda hop: (hop.last_seen_ms < at_ms, hop.tier.rank, hop.target))


def _cut(
    estate: Estate, nodes: frozenset[NodeId], last: NodeId, hops: tuple[Hop, ...], minimum_tier: Tier
) -> tuple[Hop, ...]:
    """All such loops pass one node: a smallest cut lies before it, or takes all hops behind it."""
    return min(estate.cut(nodes, frozenset({last}), minimum_tier), hops, key=len)


def _through(estate: Estate, way: FlowPath) -> str:
    through = estate.through(way)
    return f", by way of {', '.join(through)}" if through else ""


FEEDBACK_LOOP: Final = Rule(
    code="FA004",
    name="feedback-loop",
    title="What a system tells comes back into it",
    rationale="""\
A door that reports who comes home late, and is then told to keep them in, punishes on its own word: its errors come
back as orders, and nobody between the two has to look. The rule finds data that leaves a system, passes at least one
other, and enters the first again, and tells each node from which it does.""",
    keys=(
        ("of", "place of the systems into which nothing may come back; all, if it is left out"),
        ("by", "place that it would enter from: only that way back is looked at"),
    ),
    example="""\
- rule: FA004
  id: curfew-feedback
  of: system:lock
  by: system:curfew""",
    severity=Severity.ERROR,
    parameters=FeedbackLoop,
    evaluate=feedback_loops,
)
