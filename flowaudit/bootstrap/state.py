"""What `/metrics` and the web page read, made of the auditor's latest snapshot and its sources' health."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from flowaudit.engine.ports import SourceHealth
from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.snapshot import Edge, GraphSnapshot
from flowaudit.metrics import state
from flowaudit.sources.groups import GroupsSource
from flowaudit.sources.producers import ProducersSource
from flowaudit.sources.topics import TopicsSource

_ASK_THE_CLUSTER: Final = frozenset({TopicsSource.name, GroupsSource.name, ProducersSource.name})


def service_state(
    snapshot: GraphSnapshot | None,
    polled: Sequence[SourceHealth],
    delivering: Sequence[SourceHealth],
    tap_lags: Iterable[state.TapLag],
    ledger_facts: int,
) -> state.ServiceState:
    """Put together one look at the service.

    The cluster is up when it answered a source that asks the cluster and nothing else; there is no snapshot to show
    before all sources were asked once.
    """
    return state.ServiceState(
        up=any(_answered(source) for source in polled if source.name in _ASK_THE_CLUSTER),
        snapshot=snapshot if all(source.attempts for source in polled) else None,
        sources=(*polled, *delivering),
        tap_lags=tuple(tap_lags),
        group_lags=_group_lags(snapshot) if snapshot else (),
        group_members=_group_members(snapshot) if snapshot else (),
        ledger_facts=ledger_facts,
    )


def _answered(source: SourceHealth) -> bool:
    return bool(source.last_success_ms) and not source.last_error


def _group_lags(snapshot: GraphSnapshot) -> tuple[state.GroupLag, ...]:
    consumed = (edge for edge in snapshot.edges if edge.kind is EdgeKind.CONSUMES)
    return tuple(
        state.GroupLag(_group(edge), edge.source.name, lag)
        for edge in consumed
        if (lag := _number(edge, "lag_records")) is not None
    )


def _group(edge: Edge) -> str:
    """The group by which an edge's reader commits: a connector's is not the reader's own name."""
    names = (value for evidence in edge.evidence for key, value in evidence.detail if key == "group")
    return next((name for name in names if isinstance(name, str)), edge.target.name)


def _group_members(snapshot: GraphSnapshot) -> tuple[state.GroupMembers, ...]:
    readers = (node for node in snapshot.nodes if node.id.kind in {NodeKind.GROUP, NodeKind.CONNECTOR})
    known = ((node.id.name, dict(node.attributes)) for node in readers)
    return tuple(
        state.GroupMembers(str(attributes.get("group", name)), members)
        for name, attributes in known
        if isinstance(members := attributes.get("members"), int)
    )


def _number(edge: Edge, key: str) -> int | None:
    values = [value for evidence in edge.evidence for name, value in evidence.detail if name == key]
    return max((value for value in values if isinstance(value, int)), default=None)
