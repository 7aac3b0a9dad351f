"""A database with foreign keys as the records of topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import orjson

from benchmarks.linkage.estate import EstateSpec, PeopleSpec, PlayedEstate, TopicSpec, Written
from benchmarks.linkage.version import VERSION
from flowaudit.errors import UsageError
from flowaudit.estates.truth import Truth, TruthEdge, TruthNode

START_MS = 1_790_000_000_000
"""When every story begins."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, and when it is told."""

    table: str
    at_s: float
    columns: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: `child` refers to `parent`, whose rows come first."""

    parent: str
    child: str
    followed: bool = True
    """False where every value of the key is too short to be anybody's identifier: flowaudit never follows those."""


@dataclass(frozen=True, slots=True)
class Database:
    """A data set: its rows in order of time, and its keys."""

    name: str
    records: tuple[Written, ...]
    references: tuple[Reference, ...]

    def as_played(self) -> PlayedEstate:
        """The same as an estate that was played, of which nothing is known but the records."""
        topics = sorted({record.topic for record in self.records})
        spec = EstateSpec(
            kind="estate",
            size="full",
            chance=self.name,
            duration_ms=self.records[-1].timestamp_ms - START_MS,
            people=PeopleSpec(0, 0.0, 0),
            topics=tuple(TopicSpec(topic, 1, "create", "json", (), (), None) for topic in topics),
            roots=(),
            habits=(),
            programs=(),
            apps=(),
            has_broker_logs=False,
        )
        truth = Truth(
            topology=self.name,
            nodes=tuple(TruthNode(id=f"topic:{topic}", kind="topic", name=topic) for topic in topics),
            edges=tuple(
                TruthEdge(kind="derives", source=f"topic:{r.parent}", target=f"topic:{r.child}", hidden=False)
                for r in self.references
            ),
            decoys=(),
            systems=(),
        )
        return PlayedEstate(
            seed=0,
            version=VERSION,
            spec=spec,
            log=self.records,
            truth=truth,
            cases=(),
            decoys=(),
            not_exercised=(),
            metadata_facts=(),
        )


def tell(rows: Iterable[Row]) -> tuple[Written, ...]:
    """The rows as records, in order of time; each table is a topic of one partition, whose clock is right."""
    offsets: dict[str, count[int]] = {}
    return tuple(
        Written(
            topic=row.table,
            partition=0,
            offset=next(offsets.setdefault(row.table, count())),
            timestamp_ms=START_MS + round(row.at_s * 1000),
            arrived_ms=START_MS + round(row.at_s * 1000),
            key=None,
            value=orjson.dumps(row.columns, default=str),
        )
        for row in sorted(rows, key=lambda row: (row.at_s, row.table))
    )


def folder_of(package: str) -> Path:
    """Where an installed package of data lies, without importing it.

    Raises:
        UsageError: it is not installed; the text says how to install it.
    """
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        msg = f"{package} is not installed; install 'flowaudit[benchmarks]'"
        raise UsageError(msg)
    return Path(found.submodule_search_locations[0])
