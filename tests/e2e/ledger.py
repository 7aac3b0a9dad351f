"""How far a ledger is, from outside."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.e2e.oracle import account


def reached(state: Path, topic: str) -> int:
    """How far the account of a topic reaches, summed over its partitions."""
    if not (state / "ledger.sqlite").exists():
        return 0
    try:
        return sum(intervals[-1][1] for intervals in account(state, topic).values())
    except sqlite3.OperationalError:
        # a database that is being made has no tables yet
        return 0


def gets_on(state: Path, topic: str, before: int) -> bool:
    return reached(state, topic) > before
