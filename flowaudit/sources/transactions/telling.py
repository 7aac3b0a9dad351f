"""What of the transaction log is worth telling: a loop with fifteen commits a second is told twice a minute. Pure.

All times are the log's own, so that a backlog that is read in a second is told as if it had been followed.
"""

from __future__ import annotations

from typing import Final

from flowaudit.facts import Channel, Fact, Outcome, Provenance, TransactionalIdSeen, TransactionEnded
from flowaudit.sources.transactions.decode import STATE_TOPIC, TransactionState

REFRESH_MS: Final = 30_000
"""A topic that a transactional id goes on writing to is told again after this long."""


class Telling:
    """Takes states of transactions as the log records them, and gives the facts that are new."""

    def __init__(self) -> None:
        self._ids: dict[str, set[int]] = {}
        self._told_ms: dict[str, dict[tuple[int, Outcome, str], int]] = {}
        """By transactional id: when each (producer id, outcome, topic) was told last."""
        self._pending: list[Fact] = []

    def take(self, transactional_id: str, state: TransactionState, partition: int, offset: int) -> None:
        """Take in one record."""
        provenance = Provenance(Channel.TRANSACTION, max(state.updated_ms, 0), f"{STATE_TOPIC}-{partition} @ {offset}")
        known = self._ids.setdefault(transactional_id, set())
        for producer_id in state.producer_ids:
            if producer_id not in known:
                known.add(producer_id)
                self._pending.append(TransactionalIdSeen(provenance, transactional_id, producer_id))
        if state.outcome is not None and self._is_due(transactional_id, state, state.outcome, provenance.observed_ms):
            ended = TransactionEnded(provenance, transactional_id, state.producer_id, state.outcome, state.data_topics)
            self._pending.append(ended)

    def forget(self, transactional_id: str) -> None:
        """The transactional id expired (a tombstone): should it come back, it is told anew."""
        self._ids.pop(transactional_id, None)
        self._told_ms.pop(transactional_id, None)

    def facts(self) -> list[Fact]:
        """What is new since the last call."""
        told, self._pending = self._pending, []
        return told

    def _is_due(self, transactional_id: str, state: TransactionState, outcome: Outcome, at_ms: int) -> bool:
        told_ms = self._told_ms.setdefault(transactional_id, {})
        keys = [(state.producer_id, outcome, topic) for topic in state.data_topics]
        if not any(key not in told_ms or at_ms - told_ms[key] >= REFRESH_MS for key in keys):
            return False
        told_ms.update(dict.fromkeys(keys, at_ms))
        return True
