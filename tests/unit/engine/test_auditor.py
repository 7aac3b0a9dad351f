"""The writer: what is delivered is stored, what is stored is in the graph, and the end loses nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import numpy as np
import pytest
from typing_extensions import override

from flowaudit.engine.auditor import Auditor, Rhythm
from flowaudit.engine.ports import Delivery, Sink
from flowaudit.errors import SourceUnreachable
from flowaudit.facts import (
    SIGHTING,
    Channel,
    Fact,
    OffsetClass,
    OffsetCommitted,
    PairObserved,
    Provenance,
    RunAudited,
    Segment,
    SightingRun,
)
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.snapshot import Cluster, GraphSnapshot
from flowaudit.ledger import FeedKey, Ledger, LedgerGap, PartitionKey
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow

CLUSTER = Cluster("c", "kafka://k:1")
NOW_MS = 1_800_000_000_000


def commit(offset: int) -> OffsetCommitted:
    return OffsetCommitted(Provenance(Channel.COMMITTED_OFFSETS, 5, "OffsetFetch"), "g", "t", 0, offset)


def run(low: int, high: int) -> RunAudited:
    return RunAudited(Provenance(Channel.LINKAGE, 5, "Fetch"), "t", "id", 0, (Segment(low, high, OffsetClass.AUDITED),))


class Deliverer:
    """A part that delivers something at its start and something at its end."""

    name = "deliverer"
    has_failed = False

    def __init__(self, log: list[str], first: Delivery, last: Delivery, name: str = "deliverer") -> None:
        self.name = name
        self._log = log
        self._first = first
        self._last = last
        self._sink: Sink | None = None

    def start(self, sink: Sink) -> None:
        self._log.append(f"start {self.name}")
        self._sink = sink
        sink(self._first)

    def stop(self) -> None:
        assert self._sink
        self._sink(self._last)
        self._log.append(f"stop {self.name}")


class Unreachable(Deliverer):
    @override
    def start(self, sink: Sink) -> None:
        msg = "nobody there"
        raise SourceUnreachable(msg)


class Dying(Deliverer):
    """Its thread has ended with an error of its own."""

    has_failed = True

    @override
    def stop(self) -> None:
        super().stop()
        msg = "it died"
        raise ArithmeticError(msg)


def auditor(ledger: Ledger) -> Auditor:
    window = LinkageWindow(LinkageSettings(window_ms=1000, bucket_ms=1000))
    return Auditor(ledger, GraphFold(CLUSTER), window, lambda: NOW_MS, Rhythm(0.05, 0.05))


def stopped() -> threading.Event:
    stop = threading.Event()
    stop.set()
    return stop


def delivery(*facts: Fact) -> Delivery:
    return Delivery(facts=facts)


def test_what_is_delivered_at_the_very_end_is_still_in_the_last_snapshot(tmp_path: Path) -> None:
    published: list[GraphSnapshot] = []
    with Ledger.open(tmp_path / "l", "c") as ledger:
        part = Deliverer([], delivery(commit(3)), delivery(commit(8)))
        last = auditor(ledger).run([part], stopped(), published.append)
    (edge,) = last.edges
    assert edge.records == 8
    assert published[-1] == last


def test_parts_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    log: list[str] = []
    with Ledger.open(tmp_path / "l", "c") as ledger:
        parts = [Deliverer(log, Delivery(), Delivery(), name) for name in ("a", "b")]
        auditor(ledger).run(parts, stopped(), lambda _: None)
    assert log == ["start a", "start b", "stop b", "stop a"]


def test_a_part_that_cannot_start_stops_those_that_did(tmp_path: Path) -> None:
    log: list[str] = []
    parts = [Deliverer(log, Delivery(), Delivery(), "a"), Unreachable(log, Delivery(), Delivery(), "b")]
    with Ledger.open(tmp_path / "l", "c") as ledger, pytest.raises(SourceUnreachable):
        auditor(ledger).run(parts, stopped(), lambda _: None)
    assert log == ["start a", "stop a"]


def test_a_second_run_goes_on_from_what_the_first_stored(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "l", "c") as ledger:
        auditor(ledger).run([Deliverer([], delivery(commit(3), run(0, 3)), Delivery())], stopped(), lambda _: None)
    with Ledger.open(tmp_path / "l", "c") as ledger:
        last = auditor(ledger).run([Deliverer([], delivery(run(2, 5)), Delivery())], stopped(), lambda _: None)
        assert ledger.positions() == {PartitionKey("t", "id", 0): 5}
    assert [edge.records for edge in last.edges] == [3], "the first run's commit is remembered"
    assert last.coverage.tapped[0].audited == 5, "the replay is counted once"


def test_a_hole_in_the_account_ends_the_run_and_says_where(tmp_path: Path) -> None:
    part = Deliverer([], delivery(run(0, 3), run(7, 9)), Delivery())
    with Ledger.open(tmp_path / "l", "c") as ledger, pytest.raises(LedgerGap, match="t"):
        auditor(ledger).run([part], stopped(), lambda _: None)


def test_feed_positions_are_stored_with_the_facts(tmp_path: Path) -> None:
    key = FeedKey("feed", "flowaudit.facts", 2)
    with Ledger.open(tmp_path / "l", "c") as ledger:
        part = Deliverer([], Delivery(facts=(commit(1),), feed_positions={key: 17}), Delivery())
        auditor(ledger).run([part], stopped(), lambda _: None)
        assert ledger.feed_positions("feed") == {key: 17}


def sightings(topic: str, first_ms: int) -> SightingRun:
    """The same 200 identifiers in every topic, one a record, 20 ms apart."""
    rows = np.zeros(200, dtype=SIGHTING)
    rows["token"] = np.arange(1, 201) << 40
    rows["offset"] = np.arange(200)
    rows["timestamp_ms"] = first_ms + 20 * np.arange(200)
    return SightingRun(topic, 0, ("$.event",), (True,), key_id=1, theta=1.0, records=200, rows=rows.tobytes())


def test_a_restart_does_not_tell_of_the_same_bucket_twice(tmp_path: Path) -> None:
    told: list[int] = []
    flows: list[list[tuple[str, str]]] = []
    replayed = Delivery(sightings=(sightings("locks", NOW_MS - 60_000), sightings("monitor", NOW_MS - 59_700)))
    for _ in range(3):
        with Ledger.open(tmp_path / "l", "c") as ledger:
            last = auditor(ledger).run([Deliverer([], replayed, Delivery())], stopped(), lambda _: None)
            told.append(sum(isinstance(fact, PairObserved) for _, fact in ledger.facts()))
            flows.append([(edge.source.name, edge.target.name) for edge in last.edges])
    assert told[0] > 0
    assert told == [told[0]] * 3
    assert flows == [[("locks", "monitor")]] * 3


def test_a_part_that_dies_ends_the_run_with_its_error_and_the_others_are_stopped(tmp_path: Path) -> None:
    log: list[str] = []
    parts = [Deliverer(log, delivery(commit(3)), Delivery(), "a"), Dying(log, Delivery(), Delivery(), "b")]
    with Ledger.open(tmp_path / "l", "c") as ledger:
        with pytest.raises(ArithmeticError, match="it died"):
            auditor(ledger).run(parts, threading.Event(), lambda _: None)
        assert [type(fact) for _, fact in ledger.facts()] == [OffsetCommitted], "what was delivered is stored"
    assert log == ["start a", "start b", "stop b", "stop a"]


def test_a_ledger_that_refuses_at_the_very_end_ends_the_run_too(tmp_path: Path) -> None:
    log: list[str] = []
    with Ledger.open(tmp_path / "l", "c") as ledger:
        part = Deliverer(log, delivery(run(0, 3)), delivery(run(7, 9)))
        with pytest.raises(LedgerGap):
            auditor(ledger).run([part], stopped(), lambda _: None)
    assert log == ["start deliverer", "stop deliverer"]


@pytest.mark.parametrize("stamp", [-1, 1, 60_000, (1 << 63) - 1])
def test_one_record_with_an_impossible_clock_changes_nothing(stamp: int, tmp_path: Path) -> None:
    stray = sightings("locks", NOW_MS - 9_000)
    table = stray.table().copy()
    table["timestamp_ms"][0] = min(stamp if stamp != 60_000 else NOW_MS + 3_600_000, (1 << 63) - 1)
    stray = msgspec.structs.replace(stray, rows=table.tobytes())
    delivered = Delivery(sightings=(stray, sightings("monitor", NOW_MS - 8_700)))
    with Ledger.open(tmp_path / "l", "c") as ledger:
        last = auditor(ledger).run([Deliverer([], delivered, Delivery())], stopped(), lambda _: None)
    assert [(edge.source.name, edge.target.name) for edge in last.edges] == [("locks", "monitor")]
