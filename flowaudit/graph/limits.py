"""Coverage's list of what could not be seen: what sources told, and what follows from all facts together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from flowaudit.facts import Channel
from flowaudit.graph.accumulators import Accumulators
from flowaudit.graph.client_facts import logs_cover
from flowaudit.graph.evidence import EdgeKind, Tier
from flowaudit.graph.hidden_facts import (
    aborted_writers,
    left_out,
    unasked_connect_workers,
    undecided_writers,
    unknown_writers,
)
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.snapshot import Edge, Hidden
from flowaudit.graph.writers import Writers


def not_visible(
    held: Accumulators,
    writers: Writers,
    edges: Iterable[Edge],
    beside: Iterable[Hidden],
    omitted: tuple[Iterable[str], Iterable[str]],
    last_heard_ms: Mapping[Channel, int],
) -> tuple[Hidden, ...]:
    """Everything that stays hidden, sorted. `omitted` are the auditor's own groups and internal topics."""
    edges = [edge for edge in edges if edge.tier.at_least(Tier.OBSERVED)]
    groups = {edge.target.name for edge in edges if edge.kind is EdgeKind.CONSUMES}
    with_writer = {edge.target.name for edge in edges if edge.kind is EdgeKind.PRODUCES}
    told = set(held.hidden.hidden(held.topics.tapped_topics(), groups, last_heard_ms))
    covered = logs_cover(held.health.sources(), told)
    hidden = {
        *told,
        *_writers(held, writers, with_writer),
        *held.clients.group_less_limits(_topics(held, edges), covered_by_logs=covered),
        *unasked_connect_workers(held.groups.connect_workers(), held.connect.worker_groups()),
        *left_out(*omitted),
        *beside,
    }
    return tuple(sorted(hidden, key=_order))


def _topics(held: Accumulators, edges: Iterable[Edge]) -> set[str]:
    ends = {end.name for edge in edges for end in (edge.source, edge.target) if end.kind is NodeKind.TOPIC}
    return (ends | held.topics.tapped_topics() | held.topics.data_topics()) - held.topics.internal_topics()


def _writers(held: Accumulators, writers: Writers, with_writer: Collection[str]) -> Iterable[Hidden]:
    listed, records = held.topics.data_topics(), held.topics.topics_with_records()
    undecided = writers.undecided_topics()
    # Of topics that are written without a producer id the source itself has told.
    aborted = writers.aborted_topics()
    told = undecided | aborted | held.producers.unsigned_topics()
    yield from unknown_writers(listed - told, records - told, with_writer)
    yield from undecided_writers(undecided)
    yield from aborted_writers(aborted)


def _order(one: Hidden) -> tuple[str, str, str, str, str]:
    return one.subject, one.name, one.reason, one.hides, one.channel or ""
