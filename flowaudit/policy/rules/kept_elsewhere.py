"""FA008: data is kept where it must not be, or longer than it may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from flowaudit.graph.identity import NodeKind
from flowaudit.policy.estate import Estate
from flowaudit.policy.finding import Case
from flowaudit.policy.model import Parameters, Place, Severity
from flowaudit.policy.rule import Rule
from flowaudit.topology.model import System


class KeptElsewhere(Parameters, frozen=True, kw_only=True):
    """Of which data, and what is allowed of places outside of Kafka."""

    source: Place = msgspec.field(name="from", default="")
    residency: tuple[str, ...] = ()
    """Where data may be kept; empty: anywhere."""
    longest_days: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """How long it may be kept; None: for ever."""


def kept_elsewhere(estate: Estate, parameters: KeptElsewhere) -> Iterator[Case]:
    """A case for each place outside of Kafka that gets the data and is not declared to keep it as is allowed."""
    tier = parameters.minimum_tier
    outside = [node.id for node in estate.snapshot.nodes if node.id.kind is NodeKind.EXTERNAL]
    for origin, sources in estate.parties(estate.select(parameters.source)).items():
        arrivals = estate.arrivals(sources, tier)
        for place in (place for place in outside if place in arrivals and place not in sources):
            problem = _problem(estate.declared(place), parameters)
            goals = frozenset({place})
            way = estate.way(sources, goals, tier) if problem else None
            if way is not None:
                message = f"data of {origin.name} gets to {place.name}, {problem}"
                yield Case((origin, place), message, (way,), estate.cut(sources, goals, tier))


def _problem(system: System | None, parameters: KeptElsewhere) -> str:
    where = system.residency if system is not None else ""
    days = system.retention_days if system is not None else None
    if parameters.residency and where not in parameters.residency:
        return f"which keeps it in {where}" if where else "of which nobody declares where it keeps it"
    if parameters.longest_days is not None and (days is None or days > parameters.longest_days):
        return "of which nobody declares how long it keeps it" if days is None else f"which keeps it for {days} days"
    return ""


KEPT_ELSEWHERE: Final = Rule(
    code="FA008",
    name="kept-elsewhere",
    title="Data is kept where, or for longer than, it may be",
    rationale="""\
What a connector writes into a database or a bucket is out of Kafka's hands: its retention ends nothing there, and the
law of another place may apply. The rule follows data to everything outside of Kafka and holds that against what the
topology declares of it, `residency` and `retention_days` of the system that its `match.externals` names. What nobody
declares is not allowed.""",
    keys=(
        ("from", "place where the data starts; anywhere, if it is left out"),
        ("residency", "the only places where it may be kept, in the topology's words"),
        ("longest_days", "how many days it may be kept at most"),
    ),
    example="""\
- rule: FA008
  from: category:biometric
  residency: [EU]
  longest_days: 30""",
    severity=Severity.ERROR,
    parameters=KeptElsewhere,
    evaluate=kept_elsewhere,
    needs_topology=True,
)
