"""Node identity: a triple, never a joined string."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b


class NodeKind(StrEnum):
    """What a node of the graph can be."""

    TOPIC = "topic"
    GROUP = "group"
    PRODUCER = "producer"
    CONNECTOR = "connector"
    EXTERNAL = "external"
    SYSTEM = "system"
    CLIENT = "client"
    """A client that only a broker's log or its own metrics know: it has no group, or writes without a name."""
    PRINCIPAL = "principal"
    """Whom access rules speak of."""


@dataclass(frozen=True, slots=True, order=True)
class NodeId:
    """Identity of a node. Two nodes are the same only if all three parts are equal."""

    kind: NodeKind
    namespace: str
    """`kafka://host:port` of the cluster; empty for systems, which may span clusters."""
    name: str

    @property
    def document_id(self) -> str:
        """How documents and the command line write it, `topic:locks.events`: for reading, not for splitting."""
        return f"{self.kind}:{self.name}"


def edge_id(source: NodeId, target: NodeId, kind: str) -> str:
    """A stable id of an edge: 16 hexadecimal digits over the identities of both ends and the kind."""
    parts = [source.kind.value, source.namespace, source.name, target.kind.value, target.namespace, target.name, kind]
    return blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()
