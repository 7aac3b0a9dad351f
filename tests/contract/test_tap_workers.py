"""Faust workers on an audit cluster: whatever dies, every offset is accounted for exactly once in the ledger."""

from __future__ import annotations

import queue
import random
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from kafka.errors import CoordinatorNotAvailableError

from flowaudit.embedded import EmbeddedKafka
from flowaudit.errors import UsageError
from flowaudit.facts import Fact, FieldProfiled, RunAudited, SightingRun
from flowaudit.ledger import FeedKey, Ledger
from flowaudit.sources.tap.audit_cluster import AuditLayout, create_audit_topics
from flowaudit.sources.tap.feed import AuditClusterFeed, FeedBatch
from tests.contract.tap_worker_process import layout_of
from tests.contract.tapping import admin_of, connection, create, end_offsets, events, eventually, produce

pytestmark = pytest.mark.kafka

Worker = subprocess.Popen[bytes]


class Workers:
    """Worker processes of one deployment; they end with the test, also when it is killed."""

    def __init__(self, kafka: EmbeddedKafka, topic: str, prefix: str, count: int) -> None:
        self._arguments = [kafka.bootstrap_servers, topic, prefix]
        self._kafka, self._group = kafka, f"{prefix}-workers"
        self.running = [self._start() for _ in range(count)]

    def _start(self) -> Worker:
        command = [sys.executable, "-m", "tests.contract.tap_worker_process", *self._arguments]
        return subprocess.Popen(command, stdin=subprocess.PIPE)

    def members(self) -> frozenset[str]:
        """Members of the group, once it has settled."""
        with admin_of(self._kafka) as admin:
            try:
                described = admin.describe_groups([self._group])[self._group]
            except CoordinatorNotAvailableError:
                return frozenset()
        if described["group_state"] != "Stable":
            return frozenset()
        return frozenset(str(member["member_id"]) for member in described["members"])

    def both_work(self, known: frozenset[str]) -> bool:
        """Whether two are members, and not the two that were known before one of them was killed."""
        members = self.members()
        return len(members) == 2 and members != known

    def replace(self, index: int) -> None:
        self._wait(self.running[index], kill=True)
        self.running[index] = self._start()

    def end(self) -> None:
        for each in self.running:
            each.terminate()
        for each in self.running:
            self._wait(each)

    @staticmethod
    def _wait(process: Worker, *, kill: bool = False) -> None:
        if kill:
            process.kill()
        process.wait(30)
        if process.stdin is not None:
            process.stdin.close()


@contextmanager
def workers_of(kafka: EmbeddedKafka, topic: str, prefix: str, count: int) -> Iterator[Workers]:
    workers = Workers(kafka, topic, prefix, count)
    try:
        yield workers
    finally:
        workers.end()


class FedLedger:
    """A ledger that takes all that workers ship, on the thread that asks it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._delivered: queue.Queue[FeedBatch] = queue.Queue()
        self.take = self._delivered.put
        self.sightings: list[SightingRun] = []

    def audited(self) -> int:
        """Write what was delivered; offsets that are accounted for by now."""
        while not self._delivered.empty():
            batch = self._delivered.get()
            moved = {FeedKey("tap", topic, partition): offset for (topic, partition), offset in batch.positions.items()}
            self._ledger.append(batch.facts, moved)
            self.sightings.extend(batch.sightings)
        return sum(self._ledger.positions().values())

    def facts(self) -> list[Fact]:
        return [fact for _, fact in self._ledger.facts()]


@contextmanager
def ledger_fed(kafka: EmbeddedKafka, layout: AuditLayout, path: Path) -> Iterator[FedLedger]:
    with Ledger.open(path, kafka.cluster_id) as ledger:
        fed = FedLedger(ledger)
        feed = AuditClusterFeed(connection(kafka), layout, lambda _topic, _partition: None)
        feed.start(fed.take)
        try:
            yield fed
        finally:
            feed.stop()


@contextmanager
def in_background(work: Callable[[], None]) -> Iterator[threading.Event]:
    """Repeat `work` until the block ends."""
    ended = threading.Event()

    def repeat() -> None:
        while not ended.is_set():
            work()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield ended
    finally:
        ended.set()
        thread.join()


def intervals(path: Path, topic: str) -> dict[int, list[tuple[int, int]]]:
    """The ledger's account, asked for by other means than the ledger's own."""
    found: dict[int, list[tuple[int, int]]] = {}
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT partition, low, high FROM intervals WHERE topic = ? ORDER BY low", (topic,))
        for partition, low, high in rows:
            found.setdefault(partition, []).append((low, high))
    return found


def assert_each_offset_once(path: Path, topic: str, ends: dict[int, int]) -> None:
    account = intervals(path, topic)
    assert account.keys() == {partition for partition, end in ends.items() if end}
    for partition, parts in account.items():
        assert parts[0][0] == 0
        assert all(before[1] == after[0] for before, after in pairwise(parts))
        assert parts[-1][1] == ends[partition]


def _more_than(fed: FedLedger, offsets: int) -> bool:
    return fed.audited() > offsets


def test_two_workers_share_a_topic_and_the_feed_tells_everything(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    topic, prefix = f"shared-{uuid.uuid4().hex[:8]}", f"audit-{uuid.uuid4().hex[:8]}"
    create(kafka, topic, 6)
    produce(kafka, topic, events(6_000))
    path = tmp_path / "ledger.sqlite"
    layout = layout_of(prefix)
    with ledger_fed(kafka, layout, path) as fed, workers_of(kafka, topic, prefix, 2) as workers:
        assert eventually(partial(workers.both_work, frozenset()))
        produce(kafka, topic, events(3_000))
        assert eventually(lambda: fed.audited() == 9_000, 60)
        ends = end_offsets(kafka, topic)
        facts = fed.facts()
    assert_each_offset_once(path, topic, ends)
    assert {each.path for each in facts if isinstance(each, FieldProfiled) and each.tokenised} == {"$.tenant_id"}
    assert sum(each.high - each.low for each in facts if isinstance(each, RunAudited)) == 9_000
    tokens = [{int(row["token"]) for row in each.table()} for each in fed.sightings]
    assert len(set().union(*tokens)) > 500


@pytest.mark.slow
def test_ten_kills_of_one_of_two_workers_lose_and_repeat_nothing(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    topic, prefix = f"killed-{uuid.uuid4().hex[:8]}", f"audit-{uuid.uuid4().hex[:8]}"
    rng = random.Random(11)
    create(kafka, topic, 6)
    path = tmp_path / "ledger.sqlite"

    def load() -> None:
        produce(kafka, topic, events(400))
        time.sleep(0.1)

    with ledger_fed(kafka, layout_of(prefix), path) as fed, workers_of(kafka, topic, prefix, 2) as workers:
        with in_background(load):
            members: frozenset[str] = frozenset()
            for kill in range(10):
                assert eventually(partial(workers.both_work, members), 60)
                members = workers.members()
                before = fed.audited()
                assert eventually(partial(_more_than, fed, before), 60)
                time.sleep(rng.uniform(0, 1.5))
                workers.replace(kill % 2)
        ends = end_offsets(kafka, topic)
        assert eventually(lambda: fed.audited() == sum(ends.values()), 60)
    assert_each_offset_once(path, topic, ends)


def test_a_layout_that_the_cluster_contradicts_is_refused(kafka: EmbeddedKafka) -> None:
    prefix = f"audit-{uuid.uuid4().hex[:8]}"
    create_audit_topics(connection(kafka), AuditLayout(prefix=prefix, slots=4))
    create_audit_topics(connection(kafka), AuditLayout(prefix=prefix, slots=4))
    with pytest.raises(UsageError, match=r"has 4 partitions, this deployment wants 5"):
        create_audit_topics(connection(kafka), AuditLayout(prefix=prefix, slots=5))


DYING = """
import sys, threading
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.tap.audit_cluster import AuditLayout
from flowaudit.sources.tap.faust_worker import WorkerSettings, run_tap_worker
from flowaudit.sources.tap.plan import TopicFilter
from flowaudit.sources.tap.reader import ReaderSettings
from flowaudit.sources.tap.settings import AuditSettings

servers, prefix = sys.argv[1:]
connection = KafkaConnection(servers)

def listing():
    raise ArithmeticError("out of a record")

settings = WorkerSettings(
    ReaderSettings(connection, TopicFilter(("none",))),
    AuditSettings(b"a key of the tests only"),
    connection,
    AuditLayout(prefix=prefix, group=prefix, slots=1),
)
try:
    run_tap_worker(settings, listing, lambda: 0, threading.Event())
except ArithmeticError:
    sys.exit(17)
"""


def test_a_worker_that_dies_does_not_end_as_if_it_had_been_asked_to(kafka: EmbeddedKafka) -> None:
    command = [sys.executable, "-c", DYING, kafka.bootstrap_servers, f"dying-{uuid.uuid4().hex[:8]}"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 17, ended.stderr
    assert "out of a record" not in ended.stderr
