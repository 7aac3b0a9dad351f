"""Facts of transactions: which producer id is whose, what it committed, and whose offsets went along.

The join is the graph's: *this group read that topic and wrote this one* follows from a `TransactionalCommit` and a
`TransactionEnded` (or a `ProducerSeen` with outcome `committed`) of one producer id. The epoch plays no part: markers
carry the next one (KIP-890).
"""

from __future__ import annotations

import msgspec

from flowaudit.facts.cluster import Outcome
from flowaudit.facts.provenance import Provenance


class TransactionalCommit(msgspec.Struct, frozen=True, gc=False, tag="transactional-commit", omit_defaults=True):
    """A producer committed a group's offset inside a transaction, and how that transaction ended."""

    provenance: Provenance
    producer_id: int
    group: str
    topic: str
    partition: int
    offset: int
    outcome: Outcome


class TransactionEnded(msgspec.Struct, frozen=True, tag="transaction-ended", omit_defaults=True):
    """A transaction was decided: its producer wrote to these topics, for good or for nothing."""

    provenance: Provenance
    transactional_id: str
    producer_id: int
    outcome: Outcome
    topics: tuple[str, ...]
    """Without `__consumer_offsets`."""


class TransactionalIdSeen(msgspec.Struct, frozen=True, tag="transactional-id-seen", omit_defaults=True):
    """A producer id belongs to a transactional id; over time one transactional id goes through several."""

    provenance: Provenance
    transactional_id: str
    producer_id: int
