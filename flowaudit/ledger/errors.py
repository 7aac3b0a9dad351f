"""What the ledger refuses."""

from __future__ import annotations

from flowaudit.errors import LedgerError


class LedgerGap(LedgerError):
    """A run starts above what is accounted for: the offsets between would vanish without a word."""


class RunMalformed(LedgerError):
    """A run whose segments are empty, overlap, or leave a hole: no account can be made of it."""
