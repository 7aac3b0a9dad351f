"""The ledger: append-only facts and the account of every tapped offset. The only truth about what was audited."""

from flowaudit.ledger.errors import LedgerGap, RunMalformed
from flowaudit.ledger.keys import FeedKey, PartitionKey, TopicAccount
from flowaudit.ledger.store import Ledger

__all__ = ["FeedKey", "Ledger", "LedgerGap", "PartitionKey", "RunMalformed", "TopicAccount"]
