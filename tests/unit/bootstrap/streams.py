"""A made estate of several topics and partitions, read as a tap would: in any pieces, with stops and crashes.

Everything from the audit of records to the graph is the real thing; only the broker is missing. What is durable is
one SQLite file.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from flowaudit.bootstrap.tap import resumed_of
from flowaudit.engine.ports import Delivery
from flowaudit.engine.watermark import Level
from flowaudit.engine.writer import Writer
from flowaudit.graph.document import dump
from flowaudit.graph.fold import GraphFold, fold
from flowaudit.graph.snapshot import Cluster, GraphSnapshot
from flowaudit.ledger import Ledger
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.plan import TapPartition
from flowaudit.sources.tap.settings import AuditSettings

START_MS = 1_790_000_000_000
SECONDS = 60
NOW_MS = START_MS + (SECONDS + 2) * 1000
CLUSTER = Cluster("c", "kafka://k:1")
LINKAGE = LinkageSettings(window_ms=10_000, bucket_ms=5_000)
AUDIT = AuditSettings(key=b"a key for a test" * 2, theta=1.0, discovery_records=32, span_offsets=64)


@dataclass(frozen=True, slots=True)
class Made:
    """A record of the estate."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


Logs = Mapping[TapPartition, Sequence[Made]]


def made_logs(seed: int, *, per_second: int = 6, partitions: int = 2) -> Logs:
    """Doors → sightings → scores, and a walk of the same people: late, out of order, doubled, some of it replayed."""
    rnd = random.Random(seed)
    written: dict[str, list[tuple[float, int, bytes]]] = defaultdict(list)

    def write(topic: str, at_s: float, person: int, **fields: object) -> None:
        out_of_order_s = rnd.random() * 3 if rnd.random() < 0.2 else 0.0
        value = orjson.dumps({"person": f"P-{person}", "level": rnd.random(), **fields})
        for _ in range(2 if rnd.random() < 0.05 else 1):
            written[topic].append((at_s + out_of_order_s, START_MS + int(at_s * 1000), value))

    for number in range(SECONDS * per_second):
        event, sighting = f"E-{seed}-{40_000_000 + number}", f"S-{70_000_000 + number}"
        at_s, person = number / per_second, rnd.randrange(410_000, 410_120)
        write("doors", at_s, person, event=event, note="late" if number > 200 else None)
        seen_s = at_s + 0.2 + rnd.random() * 0.3
        write("sightings", seen_s, person, of=event, own=sighting)
        if rnd.random() < 0.3:
            write("scores", seen_s + 0.5 + rnd.random(), person, about=sighting)
        if rnd.random() < 0.2:
            write("walks", at_s + 5 + rnd.random() * 5, person)
    written["doors"] += [(SECONDS * 0.8, at_ms, value) for _, at_ms, value in written["doors"][:100]]
    logs: dict[TapPartition, list[Made]] = defaultdict(list)
    for topic, records in written.items():
        for _, at_ms, value in sorted(records):
            person = int(orjson.loads(value)["person"][2:])
            partition = TapPartition(topic, f"id of {topic}", person % partitions)
            logs[partition].append(Made(len(logs[partition]), at_ms, None, value))
    return logs


class Tapping:
    """One life of the auditor on a ledger: it reads from where the ledger says, until it stops or dies."""

    def __init__(self, ledger: Ledger, logs: Logs) -> None:
        self._logs = logs
        self._accounted = {
            TapPartition(key.topic, key.topic_id, key.partition): offset for key, offset in ledger.positions().items()
        }
        resumed = resumed_of(ledger, LINKAGE)
        self._positions = {part: resumed[part].read_from(AUDIT.span_offsets) if part in resumed else 0 for part in logs}
        self._audit = TapAudit(AUDIT, resumed)
        self._to_read_again = set(resumed)
        self.writer = Writer(ledger, GraphFold(CLUSTER), LinkageWindow(LINKAGE), lambda: NOW_MS)
        self.writer.resume()
        self.writer.write([Delivery(level=Level(is_known=False))])

    @property
    def unread(self) -> list[TapPartition]:
        """Partitions that have something left."""
        return [part for part, log in self._logs.items() if self._positions[part] < len(log)]

    def read(self, part: TapPartition, records: int) -> Delivery:
        """Audit the next records of a partition."""
        low = self._positions[part]
        high = min(low + records, len(self._logs[part]))
        self._positions[part] = high
        audited = self._audit.audit(TappedRun(*part, low, high, self._logs[part][low:high]), NOW_MS)
        is_told = high <= self._accounted.get(part, 0)
        if not is_told:
            self._to_read_again.discard(part)
        self._to_read_again &= set(self.unread)
        behind = frozenset((each.topic, each.partition) for each in self.unread)
        return Delivery(
            facts=() if is_told else audited.facts,
            sightings=() if audited.sightings is None else (audited.sightings,),
            level=Level(behind, is_reading_again=bool(self._to_read_again)),
        )


def at_once(logs: Logs, path: Path) -> bytes:
    """The document when everything is read in one go, partition after partition."""
    with Ledger.open(path, CLUSTER.id) as ledger:
        tapping = Tapping(ledger, logs)
        tapping.writer.write([tapping.read(part, 1 << 30) for part in logs])
        tapping.writer.leave()
        return dump(tapping.writer.snapshot())


def at_random(logs: Logs, path: Path, seed: int) -> tuple[bytes, bytes]:
    """The document after random pieces, interleavings, stops and crashes; and what the ledger alone gives."""
    rnd = random.Random(seed)
    pieces = rnd.choice([40, 200, 1000])
    snapshot: GraphSnapshot | None = None
    while snapshot is None:
        with Ledger.open(path, CLUSTER.id) as ledger:
            snapshot = _one_life(ledger, logs, rnd, pieces)
    with Ledger.read(path) as ledger:
        return dump(snapshot), dump(fold(CLUSTER, (fact for _, fact in ledger.facts())))


def _one_life(ledger: Ledger, logs: Logs, rnd: random.Random, pieces: int) -> GraphSnapshot | None:
    """Read until everything is read (then the last snapshot), or until a stop or a crash."""
    tapping = Tapping(ledger, logs)
    favoured = rnd.choice(list(logs))
    lives_on = rnd.choice([0.96, 0.99, 1.0])
    while unread := tapping.unread:
        deliveries = []
        for _ in range(rnd.randrange(1, 4)):
            part = favoured if favoured in unread and rnd.random() < 0.5 else rnd.choice(unread)
            if part in tapping.unread:
                deliveries.append(tapping.read(part, rnd.randrange(1, pieces)))
        tapping.writer.write(deliveries)
        if rnd.random() < 0.2:
            tapping.writer.link()
        if rnd.random() < 0.02:
            tapping.writer.snapshot()
        if rnd.random() > lives_on:
            if rnd.random() < 0.5:
                tapping.writer.leave()
            return None
    tapping.writer.leave()
    return tapping.writer.snapshot()
