"""Facts of stream processors that describe themselves to the broker (KIP-1071)."""

from __future__ import annotations

import msgspec

from flowaudit.facts.provenance import Provenance


class Subtopology(msgspec.Struct, frozen=True, array_like=True):
    """One part of a streams application that runs as a unit."""

    id: str
    sources: tuple[str, ...] = ()
    source_regexes: tuple[str, ...] = ()
    repartition_sources: tuple[str, ...] = ()
    repartition_sinks: tuple[str, ...] = ()
    changelogs: tuple[str, ...] = ()
    sinks: tuple[str, ...] = ()
    """The application's own output topics: only brokers that keep topology descriptions know them (KIP-1331)."""


class StreamsTopologySeen(msgspec.Struct, frozen=True, tag="streams-topology-seen", omit_defaults=True):
    """The topology that a streams group announced."""

    provenance: Provenance
    group: str
    subtopologies: tuple[Subtopology, ...]
