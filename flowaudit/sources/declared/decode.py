"""A declared topology → facts. Pure."""

from __future__ import annotations

from flowaudit.facts import Channel, Fact, FlowDeclared, Provenance, SystemDeclared
from flowaudit.topology.model import Topology


def declared_facts(topology: Topology, loaded_ms: int) -> list[Fact]:
    """Systems in the order of the file, then flows, all dated by when the file was read."""
    provenance = Provenance(Channel.DECLARED, loaded_ms, f"topology {topology.name!r}")
    systems = [
        SystemDeclared(
            provenance=provenance,
            system=system.name,
            title=system.title,
            topics=system.match.topics,
            groups=system.match.groups,
            categories=system.categories,
            order=order,
        )
        for order, system in enumerate(topology.systems)
    ]
    flows = [
        FlowDeclared(provenance, flow.source, flow.target, flow.purpose, flow.legal_basis) for flow in topology.flows
    ]
    return [*systems, *flows]
