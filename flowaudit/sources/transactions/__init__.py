"""The transactions source: which producer id is whose, and what its transactions wrote for good or for nothing."""

from flowaudit.sources.transactions.follow import TRANSACTION_LOG, TransactionFollower
from flowaudit.sources.transactions.poll import TransactionListings

__all__ = ["TRANSACTION_LOG", "TransactionFollower", "TransactionListings"]
