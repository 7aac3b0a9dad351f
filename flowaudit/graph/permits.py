"""Access rules beside what was seen: what is permitted and never used, and what is used though no rule permits it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flowaudit.facts import Channel
from flowaudit.graph.access_facts import GroupPermit, Permissions
from flowaudit.graph.accumulators import Accumulators
from flowaudit.graph.draft import EdgeDraft, NodeDraft, NodeName, group_node, topic_node
from flowaudit.graph.evidence import EdgeKind, Evidence, Tier
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.owners import Owners
from flowaudit.graph.seen import detail
from flowaudit.graph.snapshot import Hidden

_Ends = tuple[NodeName, NodeName, EdgeKind]


@dataclass(frozen=True, slots=True)
class Permits:
    """What access rules add to the graph."""

    nodes: tuple[NodeDraft, ...]
    edges: tuple[EdgeDraft, ...]
    """Of kind `permitted`."""
    evidence: Mapping[_Ends, Evidence]
    """For `consumes` edges that were seen: who may, or that no rule lets anybody (`granted` 0)."""
    hidden: tuple[Hidden, ...]


def permits(held: Accumulators, owners: Owners, seen: Iterable[EdgeDraft]) -> Permits:
    """Hold the access rules against the readings that were seen."""
    flows: dict[tuple[str, str], EdgeDraft] = {}
    for draft in sorted(seen, key=_sight):
        if draft.kind is EdgeKind.CONSUMES and (group := _group(draft)):
            flows.setdefault((draft.source.name, group), draft)
    topics = held.topics.listed_topics() - held.topics.internal_topics()
    told = held.access.permissions(topics, held.groups.names(), flows.keys())
    permitted = [draft for permit in told.groups for draft in _drafts(permit, owners)]
    readings = {(draft.source, draft.target, EdgeKind.CONSUMES): draft for draft in flows.values()}
    beside = [draft for draft in permitted if _reading(draft) in readings]
    unused = [draft for draft in permitted if _reading(draft) not in readings]
    evidence = {_reading(draft): _granted(draft.evidence, 1) for draft in beside}
    evidence |= dict(_ungranted(told, flows))
    return Permits(told.nodes, (*told.edges, *unused), evidence, told.hidden)


def _sight(draft: EdgeDraft) -> tuple[NodeName, NodeName, int, str, str]:
    evidence = draft.evidence
    return draft.source, draft.target, evidence.first_seen_ms, evidence.channel.value, str(evidence)


def _group(draft: EdgeDraft) -> str:
    """The group by which a reading was seen, also where it is drawn as its owner."""
    if draft.target.kind is NodeKind.GROUP:
        return draft.target.name
    return next((str(value) for key, value in draft.evidence.detail if key == "group"), "")


def _drafts(permit: GroupPermit, owners: Owners) -> Iterator[EdgeDraft]:
    drawn = EdgeDraft(topic_node(permit.topic), group_node(permit.group), EdgeKind.PERMITTED, permit.evidence)
    return owners.edges([drawn])


def _reading(draft: EdgeDraft) -> _Ends:
    return draft.source, draft.target, EdgeKind.CONSUMES


def _ungranted(told: Permissions, flows: Mapping[tuple[str, str], EdgeDraft]) -> Iterator[tuple[_Ends, Evidence]]:
    for flow in sorted(told.unpermitted):
        draft = flows[flow]
        looked = draft.evidence
        evidence = Evidence(
            Channel.ACL, Tier.PERMITTED, looked.first_seen_ms, looked.last_seen_ms, "DescribeAcls", detail(granted=0)
        )
        yield _reading(draft), evidence


def _granted(evidence: Evidence, granted: int) -> Evidence:
    known = detail(**{**dict(evidence.detail), "granted": granted})
    return Evidence(
        evidence.channel, evidence.tier, evidence.first_seen_ms, evidence.last_seen_ms, evidence.reference, known
    )
