"""The ledger itself: append facts, ask for facts, positions and accounts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import msgspec

from flowaudit.errors import LedgerError
from flowaudit.facts import Fact, OffsetClass, decode_fact, fact_id, tag_of
from flowaudit.ledger.append import Append
from flowaudit.ledger.database import open_reader, open_writer, refusing
from flowaudit.ledger.keys import FeedKey, PartitionKey, TopicAccount
from flowaudit.ledger.writer_lock import WriterLock

_FactKind = TypeVar("_FactKind", bound=msgspec.Struct)
_PAGE_FACTS: Final = 1000
"""Facts read in one go: short reads let the write-ahead log be folded back."""


class Ledger:
    """One audited cluster's facts and offset account, in one SQLite file (WAL, `synchronous=FULL`).

    What `append` returned from is on the disk: a crash at any moment loses nothing of it and keeps nothing of an
    append that had not returned. Safe to share between threads. Every method raises `LedgerError` when the file
    refuses (full disk, damage, a second writer).
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, writing: WriterLock | None = None) -> None:
        self._connection = connection
        self._writing = writing
        self._path = path
        self._lock = RLock()
        self._cluster_id = str(self._rows("SELECT value FROM meta WHERE key = 'cluster_id'")[0][0])

    @classmethod
    def open(cls, path: Path, cluster_id: str) -> Ledger:
        """Open a ledger to append to it; created, with its directories, when it does not exist.

        Raises:
            LedgerError: no ledger, another schema version, another cluster, damage, no right to write, or a run that
                writes to it already.
        """
        connection = open_writer(path, cluster_id)
        try:
            return cls(connection, path, WriterLock(path))
        except BaseException:
            connection.close()
            raise

    @classmethod
    def read(cls, path: Path, cluster_id: str | None = None) -> Ledger:
        """Open an existing ledger that is only read; `append` then raises. It may be in use by a run.

        Raises:
            LedgerError: no such file, no ledger, another schema version, another cluster, or damage.
        """
        return cls(open_reader(path, cluster_id), path)

    @property
    def cluster_id(self) -> str:
        """The cluster whose ledger this is."""
        return self._cluster_id

    def append(self, facts: Iterable[Fact], feed_positions: Mapping[FeedKey, int] | None = None) -> int:
        """Store facts, their offset intervals and the feed positions in one transaction; return how many were new.

        A fact told before is not stored again. A `RunAudited` that overlaps what is accounted for is stored trimmed to
        its new part, so that facts and intervals agree and each offset is accounted for exactly once. The first run of
        a partition may start at any offset: that start is the beginning of its account, and offsets below it stay
        outside. A feed position never moves backwards.

        Raises:
            LedgerGap: a run starts above what is accounted for. Nothing of the call is stored.
            RunMalformed: a run has holes of its own. Nothing of the call is stored.
        """
        with self._transaction() as connection:
            appending = Append(connection, self._cluster_id)
            stored = sum(appending.add(fact) for fact in facts)
            appending.move_feeds(feed_positions or {})
        return stored

    def positions(self) -> dict[PartitionKey, int]:
        """The next offset to read, by partition: the only truth to resume from.

        Cheap enough to poll: it takes as long as there are partitions, however many offsets they account for.
        """
        rows = self._rows("SELECT topic, topic_id, partition, next_offset FROM positions")
        return {PartitionKey(topic, topic_id, partition): offset for topic, topic_id, partition, offset in rows}

    def starts(self) -> dict[PartitionKey, int]:
        """The offset at which the account of each partition begins; as cheap as `positions`."""
        rows = self._rows("SELECT topic, topic_id, partition, first_offset FROM positions")
        return {PartitionKey(topic, topic_id, partition): offset for topic, topic_id, partition, offset in rows}

    def feed_positions(self, feed: str) -> dict[FeedKey, int]:
        """The next offset to take from each partition of a feed of facts."""
        rows = self._rows("SELECT topic, partition, next_offset FROM feed_positions WHERE feed = ?", (feed,))
        return {FeedKey(feed, topic, partition): offset for topic, partition, offset in rows}

    def facts(self, since_seq: int = 0) -> Iterator[tuple[int, Fact]]:
        """Facts with their sequence numbers, in the order of storing, after `since_seq`.

        Raises:
            FactUndecodable: the ledger holds a fact of a newer flowaudit.
        """
        for seq, _, body in self._stored(since_seq):
            yield seq, decode_fact(body)

    def facts_of(self, kind: type[_FactKind]) -> Iterator[_FactKind]:
        """Facts of one kind, in the order of storing; the others are not even decoded.

        Raises:
            FactUndecodable: the ledger holds a fact of a newer flowaudit.
        """
        query = "SELECT seq, body FROM facts WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?"
        since_seq = 0
        while page := self._rows(query, (tag_of(kind), since_seq, _PAGE_FACTS)):
            for seq, body in page:
                fact = decode_fact(body)
                if isinstance(fact, kind):
                    yield fact
                since_seq = seq

    def accounts(self) -> tuple[TopicAccount, ...]:
        """What became of the tapped offsets, by topic."""
        counts = ", ".join(f"sum((high - low) * (class = '{kind.value}'))" for kind in OffsetClass)
        rows = self._rows(
            f"SELECT topic, topic_id, count(DISTINCT partition), {counts} "  # noqa: S608 - words of our own enum
            f"FROM intervals GROUP BY topic, topic_id ORDER BY topic, topic_id"
        )
        return tuple(TopicAccount(*row) for row in rows)

    def verify(self) -> None:
        """Check the whole file: its pages, that every fact is what its id says, and that no account has a hole.

        Raises:
            LedgerError: damage, naming what does not fit.
        """
        with self._lock, refusing(self._path):
            verdict = self._connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            msg = f"ledger {self._path}: damaged; restore it from a backup"
            raise LedgerError(msg)
        for seq, identity, body in self._stored(0):
            if fact_id(body) != identity:
                msg = f"ledger {self._path}: fact {seq} is not what its identity says; restore it from a backup"
                raise LedgerError(msg)
        self._require_no_holes()

    def close(self) -> None:
        """Close the file. Closing twice is fine."""
        with self._lock:
            self._connection.close()
            if self._writing is not None:
                self._writing.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _rows(self, query: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock, refusing(self._path):
            return self._connection.execute(query, parameters).fetchall()

    def _stored(self, since_seq: int) -> Iterator[tuple[int, bytes, bytes]]:
        query = "SELECT seq, fact_id, body FROM facts WHERE seq > ? ORDER BY seq LIMIT ?"
        while page := self._rows(query, (since_seq, _PAGE_FACTS)):
            yield from page
            since_seq = page[-1][0]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, refusing(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back on its own; there is nothing left to roll back then.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _require_no_holes(self) -> None:
        holes = self._rows(
            "SELECT topic, partition, low FROM (SELECT *, lag(high) OVER ("
            "PARTITION BY cluster, topic, topic_id, partition ORDER BY low) AS before FROM intervals) "
            "WHERE before <> low LIMIT 1"
        )
        for topic, partition, low in holes:
            msg = f"ledger {self._path}: topic {topic} partition {partition} is not accounted for just below {low}"
            raise LedgerError(msg)
