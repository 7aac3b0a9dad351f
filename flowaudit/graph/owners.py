"""One thing under several names: a producer id that is a group's, a group that is a connector's. Drawn as its owner.

A sink connector reads by a consumer group, a stream processor writes by a producer id. Drawn apart they would be two
readers or a writer without a name; drawn as one, the evidence of all names stands on the owner's edge, and each
piece says under which name it was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from flowaudit.graph.accumulators import Accumulators
from flowaudit.graph.draft import EdgeDraft, NodeDraft, NodeName
from flowaudit.graph.evidence import Detail
from flowaudit.graph.identity import NodeKind

_MOST_STEPS: Final = 4
"""producer id → group → connector, and one to spare: names that own one another must not go round for ever."""
_KEYS: Final = {NodeKind.GROUP: "group", NodeKind.PRODUCER: "producer_id"}
_KEPT_ATTRIBUTES: Final = frozenset({"members"})


def connector_groups(held: Accumulators) -> dict[NodeName, tuple[NodeName, ...]]:
    """Consumer groups that are drawn as their connectors.

    A configuration may claim any group (`consumer.override.group.id`): it is believed where nobody else was ever seen
    in the group, so that no reader can hide behind a connector.
    """
    return {
        group: connectors
        for group, connectors in held.connect.group_owners().items()
        if _is_theirs(group.name, held.groups.client_stems(group.name), {one.name for one in connectors})
    }


def _is_theirs(group: str, clients: frozenset[str], connectors: set[str]) -> bool:
    own = {f"connector-consumer-{name}" for name in connectors}
    return clients <= own and bool(clients or group in {f"connect-{name}" for name in connectors})


class Owners:
    """Which nodes are drawn as which others. A node may have several owners: it is drawn once for each."""

    def __init__(self, owners: Mapping[NodeName, Iterable[NodeName]]) -> None:
        self._owners = {node: tuple(sorted(set(of) - {node})) for node, of in owners.items()}

    def of(self, node: NodeName) -> tuple[NodeName, ...]:
        """What stands for a node: itself, when nothing owns it."""
        last = {node}
        for _ in range(_MOST_STEPS):
            last = {owner for held in last for owner in self._owners.get(held) or (held,)}
        return tuple(sorted(last))

    def edges(self, drafts: Iterable[EdgeDraft]) -> Iterator[EdgeDraft]:
        """The drafts with their owners as ends."""
        for draft in drafts:
            for source in self.of(draft.source):
                for target in self.of(draft.target):
                    yield _redrawn(draft, source, target)

    def nodes(self, drafts: Iterable[NodeDraft]) -> Iterator[NodeDraft]:
        """The drafts of nodes that stand for themselves, and what an owner takes over from those that do not."""
        for draft in drafts:
            owners = self.of(draft.node)
            if owners == (draft.node,):
                yield draft
                continue
            kept = tuple((key, value) for key, value in draft.attributes if key in _KEPT_ATTRIBUTES)
            for owner in owners:
                yield NodeDraft(owner, _with_name(kept, draft.node))


def _redrawn(draft: EdgeDraft, source: NodeName, target: NodeName) -> EdgeDraft:
    if (source, target) == (draft.source, draft.target):
        return draft
    known = draft.evidence.detail
    for drawn, name in ((source, draft.source), (target, draft.target)):
        if drawn != name:
            known = _with_name(known, name)
    return replace(draft, source=source, target=target, evidence=replace(draft.evidence, detail=known))


def _with_name(known: Detail, node: NodeName) -> Detail:
    key = _KEYS.get(node.kind, node.kind.value)
    return tuple(sorted({key: node.name, **dict(known)}.items()))
