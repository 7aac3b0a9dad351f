"""The truth document `flowaudit.truth/v1`: what an audit of a simulated estate should find, and what it should not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from flowaudit.errors import UsageError
from flowaudit.estates.catalogue import DECOY_TOPICS, Part
from flowaudit.topology.model import Topology

SCHEMA: Final = "flowaudit.truth/v1"


class TruthInvalid(UsageError):
    """A truth document cannot be read."""


class TruthNode(msgspec.Struct, frozen=True, kw_only=True):
    """A topic or a consumer group; `id` is spelled as in the graph document (`topic:…`, `group:…`)."""

    id: str
    kind: Literal["topic", "group"]
    name: str
    system: str | None = None


class TruthEdge(msgspec.Struct, frozen=True, kw_only=True):
    """A flow that exists; `hidden` when the declared topology leaves it out."""

    kind: Literal["consumes", "derives"]
    source: str
    target: str
    hidden: bool


class DecoyPair(msgspec.Struct, frozen=True, kw_only=True):
    """Two topics between which nothing flows, in this direction, however alike they look."""

    source: str
    target: str
    decoy: Literal[True] = True


class UnexercisedFlow(msgspec.Struct, frozen=True, kw_only=True):
    """A flow that exists and carried too little for anybody to know: to draw it is neither right nor wrong."""

    source: str
    target: str


class TruthSystem(msgspec.Struct, frozen=True, kw_only=True):
    """A system and its parts in Kafka."""

    name: str
    title: str
    topics: tuple[str, ...]
    groups: tuple[str, ...]
    clients: tuple[str, ...]


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is true about an estate's flows."""

    schema: str = SCHEMA
    topology: str
    nodes: tuple[TruthNode, ...]
    edges: tuple[TruthEdge, ...]
    decoys: tuple[DecoyPair, ...]
    systems: tuple[TruthSystem, ...]
    not_exercised: tuple[UnexercisedFlow, ...] | msgspec.UnsetType = msgspec.UNSET
    """`derives` flows that count neither way; none of them is among `edges`. Absent where every flow is judged."""


def truth_of(parts: Sequence[Part], topology: Topology) -> Truth:
    """The truth about the processes of a table, seen against what a topology declares."""
    topics = sorted({topic for part in parts for topic in (*part.consumed, *part.produced)})
    nodes = [
        TruthNode(id=f"topic:{topic}", kind="topic", name=topic, system=topology.system_of_topic(topic))
        for topic in topics
    ]
    groups = {part.group: part.system for part in parts if part.group is not None}
    nodes += [TruthNode(id=f"group:{name}", kind="group", name=name, system=groups[name]) for name in sorted(groups)]
    return Truth(
        topology=topology.name,
        nodes=tuple(nodes),
        edges=_edges(parts, topology),
        decoys=_decoys(topics),
        systems=_systems(parts, topology),
    )


def dump_truth(truth: Truth) -> bytes:
    """The document as indented JSON, the same bytes for the same truth."""
    return msgspec.json.format(msgspec.json.encode(truth), indent=2) + b"\n"


def load_truth(path: Path) -> Truth:
    """The truth document in a file.

    Raises:
        TruthInvalid: the file cannot be read or is not such a document; the text says where it differs.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); `flowaudit simulate --truth` writes such a file"
        raise TruthInvalid(msg) from None
    try:
        truth = msgspec.json.decode(raw, type=Truth)
    except (msgspec.DecodeError, RecursionError) as error:
        msg = f"{path}: not a {SCHEMA} document: {error}"
        raise TruthInvalid(msg) from None
    if truth.schema != SCHEMA:
        msg = f"{path}: its schema is {truth.schema!r}; this version reads {SCHEMA!r}"
        raise TruthInvalid(msg)
    return truth


def _edges(parts: Sequence[Part], topology: Topology) -> tuple[TruthEdge, ...]:
    edges: list[TruthEdge] = []
    for part in parts:
        for topic in part.consumed:
            hidden = not topology.declares(topology.system_of_topic(topic) or "", part.system)
            edges.append(
                TruthEdge(kind="consumes", source=f"topic:{topic}", target=f"group:{part.group}", hidden=hidden)
            )
        for source, target in part.derives:
            systems = (topology.system_of_topic(source) or "", topology.system_of_topic(target) or "")
            hidden = not topology.declares(*systems)
            edges.append(TruthEdge(kind="derives", source=f"topic:{source}", target=f"topic:{target}", hidden=hidden))
    return tuple(sorted(edges, key=lambda edge: (edge.kind, edge.source, edge.target)))


def _decoys(topics: Sequence[str]) -> tuple[DecoyPair, ...]:
    pairs = sorted(
        (source, target)
        for source in topics
        for target in topics
        if source != target and (source in DECOY_TOPICS or target in DECOY_TOPICS)
    )
    return tuple(DecoyPair(source=f"topic:{source}", target=f"topic:{target}") for source, target in pairs)


def _systems(parts: Sequence[Part], topology: Topology) -> tuple[TruthSystem, ...]:
    return tuple(
        TruthSystem(
            name=system.name,
            title=system.title,
            topics=tuple(
                sorted(
                    {t for p in parts for t in (*p.consumed, *p.produced) if topology.system_of_topic(t) == system.name}
                )
            ),
            groups=tuple(sorted(part.group for part in parts if part.system == system.name and part.group)),
            clients=tuple(sorted({part.client for part in parts if part.system == system.name})),
        )
        for system in topology.systems
    )
