"""One append: facts and their intervals, inside a transaction that the ledger holds open."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from flowaudit.facts import Fact, RunAudited, encode_fact, fact_id, tag_of
from flowaudit.ledger.keys import FeedKey, PartitionKey
from flowaudit.ledger.trim import trim


class Append:
    """Stores facts one after the other; remembers how far each partition is accounted for meanwhile."""

    def __init__(self, connection: sqlite3.Connection, cluster_id: str) -> None:
        self._connection = connection
        self._cluster_id = cluster_id
        self._ends: dict[PartitionKey, int | None] = {}

    def add(self, fact: Fact) -> bool:
        """Store a fact; False when nothing of it is new.

        Raises:
            LedgerGap, RunMalformed: as `trim` says.
        """
        if isinstance(fact, RunAudited):
            return self._add_run(fact)
        return self._insert(fact) is not None

    def move_feeds(self, positions: Mapping[FeedKey, int]) -> None:
        """Save the next offset of each feed's partitions; one that would move backwards stays where it is."""
        self._connection.executemany(
            "INSERT INTO feed_positions (feed, topic, partition, next_offset) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset WHERE excluded.next_offset > next_offset",
            [(key.feed, key.topic, key.partition, offset) for key, offset in positions.items()],
        )

    def _add_run(self, told: RunAudited) -> bool:
        key = PartitionKey(told.topic, told.topic_id, told.partition)
        run = trim(told, self._end(key))
        if run is None:
            return False
        seq = self._insert(run)
        self._connection.executemany(
            "INSERT INTO intervals (cluster, topic, topic_id, partition, low, high, class, fact_seq) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (self._cluster_id, key.topic, key.topic_id, key.partition, part.low, part.high, part.offset_class, seq)
                for part in run.segments
            ],
        )
        self._ends[key] = run.high
        return True

    def _insert(self, fact: Fact) -> int | None:
        body = encode_fact(fact)
        kind = tag_of(type(fact))
        cursor = self._connection.execute(
            "INSERT INTO facts (fact_id, kind, observed_ms, body) VALUES (?, ?, ?, ?)",
            (fact_id(body), kind, fact.provenance.observed_ms, body),
        )
        return cursor.lastrowid if cursor.rowcount else None

    def _end(self, key: PartitionKey) -> int | None:
        if key not in self._ends:
            row = self._connection.execute(
                "SELECT high FROM intervals WHERE cluster = ? AND topic = ? AND topic_id = ? AND partition = ? "
                "ORDER BY low DESC LIMIT 1",
                (self._cluster_id, key.topic, key.topic_id, key.partition),
            ).fetchone()
            self._ends[key] = None if row is None else int(row[0])
        return self._ends[key]
