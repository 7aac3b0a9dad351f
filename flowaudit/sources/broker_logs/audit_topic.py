"""Makes facts of a topic of audit events, which a tail of the cluster's log reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flowaudit.facts import Channel
from flowaudit.sources.broker_logs.decode import LineUndecodable, decode_audit_event
from flowaudit.sources.client_log import ANONYMOUS, Accesses, FileTroubles, auditor_client, is_auditor
from flowaudit.sources.kafka_log import Batch, BatchUndecodable, Flushed, FollowedTopic

_HIDES: Final = "readers without a group, and clients of which only the audit log tells"


def audit_topic(name: str) -> FollowedTopic:
    """The topic, as a tail wants it described."""
    return FollowedTopic(name, Channel.BROKER_LOG, _HIDES)


class AuditTopicFollower:
    """Events are CloudEvents in records' values; nothing else of a record is looked at."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._accesses = Accesses()
        self._troubles = FileTroubles("audit topic")
        self._taken: list[Batch] = []
        self._auditor_clients: set[str] = set()

    def begin(self, partition: int, *, from_head: bool) -> None:
        """Nothing is pending between two flushes."""

    def take(self, partition: int, batches: Iterable[Batch]) -> None:  # noqa: ARG002 (a follower's signature)
        """The next batches; they are decoded at the next flush, which knows the time."""
        self._taken += [batch for batch in batches if not batch.is_control]

    def flush(self, now_ms: int, *, final: bool) -> Flushed:  # noqa: ARG002 (a follower's signature; nothing is held back)
        """What the batches since the last flush tell."""
        taken, self._taken = self._taken, []
        undecodable = 0
        for batch in taken:
            try:
                values = [record.value for record in batch.records()]
            except BatchUndecodable:
                undecodable += max(batch.record_count, 1)
                continue
            undecodable += sum(not self._took(value, now_ms) for value in values if value is not None)
        self._troubles.undecodable(self._topic, undecodable)
        omitted = [auditor_client(client_id, now_ms) for client_id in sorted(self._auditor_clients)]
        return Flushed([*self._accesses.facts(now_ms), *self._troubles.facts(now_ms, omitted)])

    def _took(self, value: bytes, now_ms: int) -> bool:
        try:
            flow = decode_audit_event(value)
        except LineUndecodable:
            return False
        if flow is None:
            return True
        if is_auditor(flow.client_id):
            self._auditor_clients.add(flow.client_id)
        elif flow.client_id or flow.principal != ANONYMOUS:
            self._accesses.add(flow.access(f"audit topic {self._topic}"), flow.at_ms, 0, now_ms)
        return True
