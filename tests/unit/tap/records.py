"""Records and topics made up for the tests of the tap."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from flowaudit.sources.tap.audit import AuditedRun, TapAudit, TappedRun
from flowaudit.sources.tap.settings import AuditSettings

NOW_MS = 1_795_000_000_000


@dataclass(frozen=True)
class MadeRecord:
    """A record as aiokafka's parser gives it."""

    offset: int
    value: bytes | None
    key: bytes | None = None
    timestamp: int = NOW_MS
    headers: list[tuple[str, bytes | None]] = field(default_factory=list)


def settings(theta: float = 1.0, *, discovery_records: int = 128, discovery_interval: int = 100) -> AuditSettings:
    return AuditSettings(
        key=b"a key of the tests only",
        key_id=7,
        theta=theta,
        discovery_records=discovery_records,
        discovery_interval=discovery_interval,
    )


def json_record(offset: int, **members: object) -> MadeRecord:
    return MadeRecord(offset, msgspec.json.encode(members), timestamp=NOW_MS + offset)


def door_events(count: int, seed: int = 1, tenants: int = 500) -> list[MadeRecord]:
    """Lock events: an event id, a tenant who returns, a lock, a clock, nested optional members, an array."""
    rng = random.Random(seed)
    return [
        json_record(
            offset,
            event_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            tenant_id=f"T-{rng.randrange(tenants):07d}".replace("T-00", "T-41"),
            kind=rng.choice(["unlock", "exit", "denied"]),
            at="2026-11-22T10:00:00.123Z",
            at_ms=NOW_MS + offset,
            confidence=rng.random(),
            matched=True,
            pin=f"{rng.randrange(10_000):04d}",
            visitor=None if offset % 3 else {"document": f"{rng.randrange(10**17):017d}X"},
            guests=[{"id_no": rng.randrange(10_000_000, 90_000_000)} for _ in range(offset % 3)],
        )
        for offset in range(count)
    ]


def in_runs(records: Sequence[MadeRecord], sizes: Sequence[int]) -> list[TappedRun]:
    """The records of one partition, cut into runs of the given sizes in turn."""
    runs, start, turn, position = [], 0, 0, 0
    while start < len(records):
        chunk = records[start : start + sizes[turn % len(sizes)]]
        start += len(chunk)
        turn += 1
        end = chunk[-1].offset + 1
        runs.append(TappedRun("locks.events", "topic-1", 0, position, end, list(chunk)))
        position = end
    return runs


def audit_all(runs: Sequence[TappedRun], theta: float = 1.0) -> list[AuditedRun]:
    audit = TapAudit(settings(theta))
    return [audit.audit(run, NOW_MS) for run in runs]


def sighted(audited: Sequence[AuditedRun]) -> set[tuple[int, int, int, str]]:
    """(token, offset, time, field) of all sightings."""
    return {
        (int(row["token"]), int(row["offset"]), int(row["timestamp_ms"]), each.sightings.fields[int(row["field"])])
        for each in audited
        if each.sightings is not None
        for row in each.sightings.table()
    }
