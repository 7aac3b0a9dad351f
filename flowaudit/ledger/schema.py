"""The ledger's tables, and the triggers that make them append-only whoever opens the file."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x666C6F77
"""`flow`, in the header of the database file: tells a ledger from any other SQLite file."""
SCHEMA_VERSION: Final = 1

_META: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT
"""

_FACTS: Final = """
CREATE TABLE facts (
  seq         INTEGER PRIMARY KEY,
  fact_id     BLOB    NOT NULL UNIQUE CHECK (length(fact_id) = 16),
  kind        TEXT    NOT NULL,
  observed_ms INTEGER NOT NULL,
  body        BLOB    NOT NULL
) STRICT
"""

_INTERVALS: Final = """
CREATE TABLE intervals (
  cluster   TEXT    NOT NULL,
  topic     TEXT    NOT NULL,
  topic_id  TEXT    NOT NULL,
  partition INTEGER NOT NULL,
  low       INTEGER NOT NULL CHECK (low >= 0),
  high      INTEGER NOT NULL CHECK (high > low),
  class     TEXT    NOT NULL CHECK (class IN ('audited', 'quarantined', 'invisible', 'truncated')),
  fact_seq  INTEGER NOT NULL REFERENCES facts (seq),
  PRIMARY KEY (cluster, topic, topic_id, partition, low)
) WITHOUT ROWID, STRICT
"""

# A loose index scan: from each account to the first interval of the next one, so that the cost grows with the number
# of partitions and not with that of intervals. The 2^63 - 1 makes SQLite seek past an account (no `low` is that large),
# and without the `+` it would seek by the cluster alone.
_POSITIONS: Final = """
CREATE VIEW positions AS
WITH RECURSIVE accounts (cluster, topic, topic_id, partition, first_offset) AS (
  SELECT * FROM (
    SELECT cluster, topic, topic_id, partition, low FROM intervals
    ORDER BY cluster, topic, topic_id, partition, low LIMIT 1)
  UNION ALL
  SELECT i.cluster, i.topic, i.topic_id, i.partition, i.low
  FROM accounts AS a JOIN intervals AS i ON (i.cluster, i.topic, i.topic_id, i.partition, i.low) = (
    SELECT cluster, topic, topic_id, partition, low FROM intervals
    WHERE (cluster, topic, topic_id, partition, low)
        > (+a.cluster, +a.topic, +a.topic_id, +a.partition, 9223372036854775807)
    ORDER BY cluster, topic, topic_id, partition, low LIMIT 1)
)
SELECT cluster, topic, topic_id, partition, first_offset, (
  SELECT high FROM intervals AS i
  WHERE (i.cluster, i.topic, i.topic_id, i.partition) = (a.cluster, a.topic, a.topic_id, a.partition)
  ORDER BY i.low DESC LIMIT 1) AS next_offset
FROM accounts AS a
"""

_FEEDS: Final = """
CREATE TABLE feed_positions (
  feed        TEXT    NOT NULL,
  topic       TEXT    NOT NULL,
  partition   INTEGER NOT NULL,
  next_offset INTEGER NOT NULL CHECK (next_offset >= 0),
  PRIMARY KEY (feed, topic, partition)
) WITHOUT ROWID, STRICT
"""

# INSERT OR REPLACE deletes without firing delete triggers, so a repeated key must be stopped before the insert.
_NO_REPLACED_FACT: Final = """
CREATE TRIGGER facts_no_replace BEFORE INSERT ON facts
WHEN EXISTS (SELECT 1 FROM facts WHERE seq = NEW.seq OR fact_id = NEW.fact_id)
BEGIN SELECT RAISE(IGNORE); END
"""

_CONTIGUOUS: Final = """
CREATE TRIGGER intervals_contiguous BEFORE INSERT ON intervals
WHEN NEW.low <> coalesce(
  (SELECT high FROM intervals
   WHERE cluster = NEW.cluster AND topic = NEW.topic AND topic_id = NEW.topic_id AND partition = NEW.partition
   ORDER BY low DESC LIMIT 1), NEW.low)
BEGIN SELECT RAISE(ABORT, 'intervals of a partition are contiguous and disjoint'); END
"""

_FEEDS_FORWARD: Final = """
CREATE TRIGGER feed_positions_forward BEFORE UPDATE ON feed_positions
WHEN NEW.next_offset < OLD.next_offset
BEGIN SELECT RAISE(ABORT, 'a feed position only moves forward'); END
"""


def _append_only(table: str, operation: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


STATEMENTS: Final = (
    _META,
    _FACTS,
    _INTERVALS,
    _POSITIONS,
    _FEEDS,
    _NO_REPLACED_FACT,
    _CONTIGUOUS,
    _FEEDS_FORWARD,
    *(_append_only(table, op) for table in ("facts", "intervals", "meta") for op in ("UPDATE", "DELETE")),
)
"""Run once, in one transaction, when a ledger is created."""
