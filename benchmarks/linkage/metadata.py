"""What Kafka would tell of an estate: groups, commits, producer ids, transactions, connectors, clients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.linkage.estate import AppSpec, EstateSpec
from flowaudit.facts import (
    Channel,
    ClientAction,
    ClientSeen,
    ConnectorSeen,
    Direction,
    Fact,
    GroupSeen,
    OffsetCommitted,
    Outcome,
    ProducerNamed,
    ProducerSeen,
    Provenance,
    TopicSeen,
    TransactionalCommit,
    TransactionEnded,
)

Ends = Mapping[tuple[str, int], int]


def metadata_facts(spec: EstateSpec, ends: Ends, at_ms: int) -> Iterator[Fact]:
    """The facts of a look at the cluster at the end; `ends` are the partitions' ends."""
    for topic in spec.topics:
        yield TopicSeen(
            _by(Channel.METADATA, at_ms), topic.name, f"id-{topic.name}", topic.partitions, has_records=True
        )
    for app in spec.apps:
        yield from _group(app, ends, at_ms)
        yield from _producers(app, ends, at_ms)
        yield from _transactions(app, ends, at_ms)
        yield from _connector(app, at_ms)
        if spec.has_broker_logs:
            yield from _clients(app, at_ms)


def _by(channel: Channel, at_ms: int) -> Provenance:
    return Provenance(channel, at_ms, "a generated estate")


def _ends(ends: Ends, topic: str) -> list[tuple[int, int]]:
    return [(partition, end) for (name, partition), end in sorted(ends.items()) if name == topic]


def _group(app: AppSpec, ends: Ends, at_ms: int) -> Iterator[Fact]:
    if not app.group:
        return
    yield GroupSeen(
        _by(Channel.GROUP_MEMBERSHIP, at_ms),
        app.group,
        "classic",
        "consumer",
        "Stable",
        max(1, len(app.producer_ids)),
        subscribed=tuple(sorted(app.reads)),
        assigned=tuple(sorted(app.reads)),
        client_ids=(app.client_id,),
        protocol="range",
    )
    for topic in app.reads:
        for partition, end in _ends(ends, topic):
            yield OffsetCommitted(_by(Channel.COMMITTED_OFFSETS, at_ms), app.group, topic, partition, end, end)


def _producers(app: AppSpec, ends: Ends, at_ms: int) -> Iterator[Fact]:
    outcome = Outcome.COMMITTED if app.transactional else Outcome.WRITTEN
    for topic in app.writes:
        for partition, end in _ends(ends, topic):
            for producer_id in app.producer_ids:
                yield ProducerSeen(
                    _by(Channel.PRODUCER_ID, at_ms), topic, partition, producer_id, 0, end, at_ms,
                    transactional=app.transactional, outcome=outcome,
                )  # fmt: skip


def _transactions(app: AppSpec, ends: Ends, at_ms: int) -> Iterator[Fact]:
    """A program reads and writes in one transaction; the unrelated topics of its group go along."""
    if not app.transactional:
        return
    provenance = _by(Channel.TRANSACTION, at_ms)
    for producer_id in app.producer_ids:
        for topic in app.reads:
            for partition, end in _ends(ends, topic):
                yield TransactionalCommit(provenance, producer_id, app.group, topic, partition, end, Outcome.COMMITTED)
        yield TransactionEnded(
            provenance, f"{app.name}-{producer_id}", producer_id, Outcome.COMMITTED, tuple(sorted(app.writes))
        )


def _connector(app: AppSpec, at_ms: int) -> Iterator[Fact]:
    if not app.connector:
        return
    is_source = bool(app.writes)
    topics = tuple(sorted(app.writes if is_source else app.reads))
    yield ConnectorSeen(
        _by(Channel.CONNECT, at_ms),
        app.connector,
        "connect-workers",
        Direction.SOURCE if is_source else Direction.SINK,
        "JdbcSourceConnector" if is_source else "S3SinkConnector",
        "RUNNING",
        1,
        group=app.group,
        topics=topics,
        promised=topics,
    )


def _clients(app: AppSpec, at_ms: int) -> Iterator[Fact]:
    provenance = _by(Channel.BROKER_LOG, at_ms)
    for topic in app.reads:
        yield ClientSeen(provenance, topic, ClientAction.READS, client_id=app.client_id, group=app.group)
    for topic in app.writes:
        yield ClientSeen(provenance, topic, ClientAction.WRITES, client_id=app.client_id)
    for producer_id in app.producer_ids:
        yield ProducerNamed(provenance, producer_id, app.client_id)
