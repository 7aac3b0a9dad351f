"""FA007: a right that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.identity import NodeKind
from flowaudit.policy.estate import Estate
from flowaudit.policy.finding import Case
from flowaudit.policy.model import Parameters, Place, Severity
from flowaudit.policy.rule import Rule


class UnusedRight(Parameters, frozen=True, kw_only=True):
    """On which topics; empty: on all. `minimum_tier` has no say: a right is a fact, not a guess."""

    topics: Place = ""


def unused_rights(estate: Estate, parameters: UnusedRight) -> Iterator[Case]:
    """A case for each group that may read a topic and was never seen to."""
    chosen = estate.select(parameters.topics)
    readings = {(edge.source, edge.target) for edge in estate.snapshot.edges if edge.kind is EdgeKind.CONSUMES}
    for edge in estate.snapshot.edges:
        ends = edge.source, edge.target
        # A principal's rights stand beside what its groups do with them; only a group's own can be called unused.
        is_of_reader = edge.kind is EdgeKind.PERMITTED and edge.target.kind is not NodeKind.PRINCIPAL
        if is_of_reader and edge.source in chosen and edge.source.kind is NodeKind.TOPIC and ends not in readings:
            yield Case(ends, f"{edge.target.name} may read {edge.source.name}, and was never seen to")


UNUSED_RIGHT: Final = Rule(
    code="FA007",
    name="unused-right",
    title="Somebody may read what they never read",
    rationale="""\
A right that nobody uses is a way that nobody watches: take it away, and the next reader has to ask. "Never" reaches as
far back as the graph's evidence; a group that reads once a year looks the same. This is the one rule whose findings
more evidence can take back: the first reading does.""",
    keys=(("topics", "place of the topics that the rights are on; all, if it is left out"),),
    example="""\
- rule: FA007
  topics: category:biometric
  severity: note""",
    severity=Severity.NOTE,
    parameters=UnusedRight,
    evaluate=unused_rights,
)
