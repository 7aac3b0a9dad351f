"""The reference estate as real clients on a real Kafka: what it leaves in the cluster, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from flowaudit.embedded import EmbeddedKafka
from flowaudit.errors import SourceUnreachable
from flowaudit.estates.catalogue import PARTS, all_topics
from flowaudit.estates.simulate import (
    Estate,
    EstateEvent,
    EstateFailed,
    EstateReady,
    Listener,
    SystemStarted,
    SystemStopped,
    plan,
    simulate,
)
from flowaudit.estates.truth import load_truth

pytestmark = pytest.mark.kafka

TOPOLOGY = Path(__file__).parents[2] / "topologies" / "beijing-public-housing" / "topology.yaml"
RUN_S = 20.0


class Run(NamedTuple):
    servers: str
    events: list[EstateEvent]
    truth_path: Path


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """A broker of its own: the estate's topics and groups have fixed names."""
    with EmbeddedKafka() as kafka:
        yield kafka.bootstrap_servers


@pytest.fixture(scope="module")
def run(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    events: list[EstateEvent] = []
    truth_path = tmp_path_factory.mktemp("estate") / "truth.json"
    wanted = plan(TOPOLOGY, bootstrap_servers=broker, seed=3)
    simulate(wanted, duration_s=RUN_S, truth_path=truth_path, on_event=events.append, stop=threading.Event())
    return Run(broker, events, truth_path)


def reader(servers: str, **settings: object) -> Consumer:
    return Consumer({"bootstrap.servers": servers, "enable.auto.commit": False, "log_level": 0, **settings})


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return False
    return state != "Z"


def wait_until_gone(pids: list[int], within_s: float) -> list[int]:
    deadline_s = time.monotonic() + within_s
    while (alive := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < deadline_s:
        time.sleep(0.1)
    return alive


def test_every_part_starts_then_city_time_begins_then_every_part_ends_in_good_order(run: Run) -> None:
    started = [event for event in run.events if isinstance(event, SystemStarted)]
    stopped = [event for event in run.events if isinstance(event, SystemStopped)]
    assert sorted(event.process for event in started) == sorted(part.process for part in PARTS)
    assert isinstance(run.events[len(PARTS)], EstateReady)
    assert {event.process: event.exit_code for event in stopped} == {part.process: 0 for part in PARTS}
    assert wait_until_gone([event.pid for event in started], 1.0) == []


def test_each_topic_has_records_and_no_other_topic_exists(run: Run) -> None:
    consumer = reader(run.servers, **{"group.id": "estate-test"})
    topics = consumer.list_topics(timeout=10).topics
    assert {name for name in topics if not name.startswith("__")} == set(all_topics())
    held = {
        topic: sum(consumer.get_watermark_offsets(TopicPartition(topic, p))[1] for p in topics[topic].partitions)
        for topic in all_topics()
    }
    consumer.close()
    assert {topic: count for topic, count in held.items() if count < 10} == {}


def test_each_group_has_committed_what_it_has_read_of_each_of_its_topics(run: Run) -> None:
    admin = AdminClient({"bootstrap.servers": run.servers})
    groups = {group.group_id for group in admin.list_consumer_groups().result().valid}
    assert groups == {part.group for part in PARTS if part.group}
    for part in PARTS:
        if part.group is None:
            continue
        consumer = reader(run.servers, **{"group.id": part.group})
        partitions = [
            TopicPartition(topic, p)
            for topic in part.consumed
            for p in consumer.list_topics(topic).topics[topic].partitions
        ]
        progress = dict.fromkeys(part.consumed, 0)
        for committed in consumer.committed(partitions, timeout=10):
            progress[committed.topic] += max(0, committed.offset)
        consumer.close()
        assert all(progress.values()), part.group


def test_scores_are_written_in_transactions_some_of_them_aborted(run: Run) -> None:
    def ids(isolation: str) -> list[bytes]:
        settings = {"group.id": f"estate-test-{isolation}", "isolation.level": isolation, "enable.partition.eof": True}
        consumer = reader(run.servers, **settings)
        partitions = consumer.list_topics("score.updates").topics["score.updates"].partitions
        consumer.assign([TopicPartition("score.updates", p, 0) for p in partitions])
        keys: list[bytes] = []
        ended = 0
        while ended < len(partitions):
            message = consumer.poll(10)
            assert message is not None
            if message.error():
                ended += 1
            else:
                keys.append(message.value())
        consumer.close()
        return keys

    committed, everything = ids("read_committed"), ids("read_uncommitted")
    assert len(set(committed)) == len(committed)
    assert len(everything) > len(committed)
    assert set(committed) <= set(everything)


def test_the_truth_is_written(run: Run) -> None:
    truth = load_truth(run.truth_path)
    assert len([edge for edge in truth.edges if edge.kind == "derives"]) == 13


def test_a_system_that_dies_is_reported_by_name_and_the_rest_is_ended(broker: str) -> None:
    pids: dict[str, int] = {}

    def note(event: EstateEvent) -> None:
        if isinstance(event, SystemStarted):
            pids[event.process] = event.pid

    with _started(broker, note) as estate:
        os.kill(pids["curfew"], signal.SIGKILL)
        with pytest.raises(EstateFailed, match="'curfew' ended by itself"):
            estate.watch(20, threading.Event())
    assert wait_until_gone(list(pids.values()), 1.0) == []


def _started(servers: str, note: Listener) -> Estate:
    return Estate.start(plan(TOPOLOGY, bootstrap_servers=servers, rate=5.0), note)


def test_no_system_outlives_a_simulator_that_is_killed(broker: str) -> None:
    script = (
        "import sys, threading\n"
        "from pathlib import Path\n"
        "from flowaudit.estates.simulate import Estate, SystemStarted, plan\n"
        "tell = lambda e: isinstance(e, SystemStarted) and print(e.pid, flush=True)\n"
        "estate = Estate.start(plan(Path(sys.argv[1]), bootstrap_servers=sys.argv[2], rate=5.0), tell)\n"
        "print('ready', flush=True)\n"
        "estate.watch(None, threading.Event())\n"
    )
    command = [sys.executable, "-c", script, str(TOPOLOGY), broker]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as simulator:
        assert simulator.stdout is not None
        pids = [int(line) for line in iter(simulator.stdout.readline, "ready\n") if line.strip().isdigit()]
        assert len(pids) == len(PARTS)
        simulator.kill()
        assert wait_until_gone(pids, 10.0) == []


def test_a_broker_that_is_not_there_is_named(tmp_path: Path) -> None:
    wanted = plan(TOPOLOGY, bootstrap_servers="127.0.0.1:9", seed=3)
    with pytest.raises(SourceUnreachable, match=r"kafka://127\.0\.0\.1:9 does not answer"):
        simulate(wanted, duration_s=1, truth_path=tmp_path / "t", on_event=print, stop=threading.Event())
