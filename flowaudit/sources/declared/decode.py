"""A declared topology → facts. Pure."""

from __future__ import annotations

from flowaudit.facts import Channel, DataDeclared, Fact, FlowDeclared, Provenance, SystemDeclared
from flowaudit.topology.model import DataRule, DeclaredFlow, System, Topology


def declared_facts(topology: Topology, loaded_ms: int) -> list[Fact]:
    """Systems in the order of the file, then flows, then data, all dated by when the file was read.

    A flow whose purpose is the name of one of the topology's purposes bears that purpose's title.
    """
    provenance = Provenance(Channel.DECLARED, loaded_ms, f"topology {topology.name!r}")
    titles = {purpose.name: purpose.title for purpose in topology.purposes}
    return [
        *(_system(provenance, system, order) for order, system in enumerate(topology.systems)),
        *(_flow(provenance, flow, titles.get(flow.purpose, flow.purpose)) for flow in topology.flows),
        *(_data(provenance, rule) for rule in topology.data),
    ]


def _system(provenance: Provenance, system: System, order: int) -> SystemDeclared:
    match = system.match
    return SystemDeclared(
        provenance=provenance,
        system=system.name,
        title=system.title,
        topics=match.topics,
        groups=match.groups,
        categories=system.categories,
        order=order,
        transactional_ids=match.transactional_ids,
        producers=match.producers,
        connectors=match.connectors,
        externals=match.externals,
    )


def _flow(provenance: Provenance, flow: DeclaredFlow, purpose: str) -> FlowDeclared:
    return FlowDeclared(provenance, flow.source, flow.target, purpose, flow.legal_basis, flow.topics, flow.categories)


def _data(provenance: Provenance, rule: DataRule) -> DataDeclared:
    return DataDeclared(
        provenance,
        rule.topics,
        rule.fields,
        rule.categories,
        rule.people,
        rule.purposes,
        -1 if rule.retention_days is None else rule.retention_days,
    )
