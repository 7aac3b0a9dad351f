"""What a node is besides its name: its attributes, and the system that it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flowaudit.graph.draft import NodeDraft, NodeName
from flowaudit.graph.evidence import Detail, EdgeKind
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.systems import Systems


def attributes_of(drafts: Iterable[NodeDraft]) -> dict[NodeName, Detail]:
    """All that is known of each node; where two sources disagree, the larger word stands, whoever came first."""
    attributes: dict[NodeName, set[tuple[str, str | int | float]]] = {}
    for draft in drafts:
        attributes.setdefault(draft.node, set()).update(draft.attributes)
    return {node: tuple(dict(sorted(known, key=_by_key)).items()) for node, known in attributes.items()}


def topics_written(edges: Iterable[tuple[NodeName, NodeName, EdgeKind]]) -> dict[NodeName, set[str]]:
    """Topics by writer."""
    written: dict[NodeName, set[str]] = {}
    for source, target, kind in edges:
        if kind is EdgeKind.PRODUCES:
            written.setdefault(source, set()).add(target.name)
    return written


def system_of(node: NodeName, known: Detail, systems: Systems, written: Collection[str]) -> str:
    """The system of a node; empty when nothing says. `written` are the topics that it writes."""
    match node.kind:
        case NodeKind.PRODUCER:
            # A producer id has no name. One that writes the topics of a single system is taken for a part of it.
            candidates = {systems.of_topic(topic) for topic in written}
            return declared_producer(known, systems) or (candidates.pop() if len(candidates) == 1 else "")
        case NodeKind.CONNECTOR:
            return systems.of_connector(node.name, _words(known, "group"))
        case NodeKind.EXTERNAL:
            return systems.of_external(node.namespace, node.name)
        case _:
            return _by_name(node, systems)


def _by_name(node: NodeName, systems: Systems) -> str:
    match node.kind:
        case NodeKind.TOPIC:
            return systems.of_topic(node.name)
        case NodeKind.GROUP:
            return systems.of_group(node.name)
        case NodeKind.CLIENT:
            return systems.of_client(node.name)
        case NodeKind.PRINCIPAL:
            return systems.of_principal(node.name)
        case _:
            return ""


def declared_producer(known: Detail, systems: Systems) -> str:
    """The system of which a producer is declared to be a part, whatever it writes; "" when no rule says so."""
    return systems.of_producer(_words(known, "transactional_id"))


def _words(known: Detail, key: str) -> list[str]:
    return [word for name, value in known if name == key for word in str(value).split(", ")]


def _by_key(item: tuple[str, str | int | float]) -> tuple[str, str]:
    return item[0], str(item[1])
