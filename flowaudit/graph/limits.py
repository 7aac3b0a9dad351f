"""Coverage's list of what could not be seen: what sources told, and what follows from all facts together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

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
from flowaudit.graph.producer_facts import UNSIGNED
from flowaudit.graph.snapshot import CheckedSource, Edge, Hidden
from flowaudit.graph.writers import Writers

_LOG_SILENCE_MS: Final = 600_000
_CONNECT: Final = "connect"
"""Name of the source that asks the workers."""


def not_visible(
    held: Accumulators,
    writers: Writers,
    edges: Iterable[Edge],
    beside: Iterable[Hidden],
    omitted: tuple[Iterable[str], Iterable[str]],
    last_ms: int,
) -> tuple[Hidden, ...]:
    """Everything that stays hidden, sorted. `omitted` are the auditor's own groups and internal topics.

    `last_ms` is the time of the latest fact.
    """
    edges = [edge for edge in edges if edge.tier.at_least(Tier.OBSERVED)]
    groups = {edge.target.name for edge in edges if edge.kind is EdgeKind.CONSUMES}
    with_writer = {edge.target.name for edge in edges if edge.kind is EdgeKind.PRODUCES}
    sources = held.health.sources()
    told = set(held.hidden.hidden(held.topics.tapped_topics(), groups, sources))
    # A log that is silent (its logger is off, nobody writes it any more) covers nothing.
    is_alive = last_ms - held.clients.logs_last_ms() <= _LOG_SILENCE_MS
    covered = is_alive and logs_cover(sources, told)
    hidden = {
        *told,
        *_writers(held, writers, with_writer, told),
        *held.clients.group_less_limits(_topics(held, edges), covered_by_logs=covered),
        *_unasked_workers(held, sources),
        *left_out(*omitted),
        *beside,
    }
    return tuple(sorted(hidden, key=_order))


def _unasked_workers(held: Accumulators, sources: Iterable[CheckedSource]) -> Iterable[Hidden]:
    workers = held.groups.connect_workers()
    answered = any(source.name == _CONNECT and source.last_success_ms for source in sources)
    # The REST API does not say which group the workers are; where there is but one, it is theirs.
    asked = workers.keys() if answered and len(workers) == 1 else held.connect.worker_groups()
    return unasked_connect_workers(workers, asked)


def _topics(held: Accumulators, edges: Iterable[Edge]) -> set[str]:
    ends = {end.name for edge in edges for end in (edge.source, edge.target) if end.kind is NodeKind.TOPIC}
    return (ends | held.topics.tapped_topics() | held.topics.data_topics()) - held.topics.internal_topics()


def _writers(
    held: Accumulators, writers: Writers, with_writer: Collection[str], told: Collection[Hidden]
) -> Iterable[Hidden]:
    listed, records = held.topics.data_topics(), held.topics.topics_with_records()
    undecided = writers.undecided_topics()
    # Of topics that are written without a producer id the source itself has told.
    aborted = writers.aborted_topics()
    unsigned = {one.name for one in told if one.reason == UNSIGNED} & held.producers.unsigned_topics()
    said = undecided | aborted | unsigned
    yield from unknown_writers(listed - said, records - said, with_writer)
    yield from undecided_writers(undecided)
    yield from aborted_writers(aborted)


def _order(one: Hidden) -> tuple[str, str, str, str, str]:
    return one.subject, one.name, one.reason, one.hides, one.channel or ""
