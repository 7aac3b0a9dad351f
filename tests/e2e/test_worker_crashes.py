"""`kill -9` of one of two Faust tap workers, ten times, under load: every offset is accounted for exactly once."""

from __future__ import annotations

import random
import time
import uuid
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from flowaudit.bootstrap.worker_process import WorkerProcess
from flowaudit.config import load_settings
from flowaudit.embedded import EmbeddedKafka
from tests.e2e.commands import Service, eventually, write_config
from tests.e2e.ledger import gets_on, reached
from tests.e2e.load import PARTITIONS, Load
from tests.e2e.oracle import account, assert_each_offset_once, read_log

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.slow]

KILLS = 10
RATE = 600


def shared_config(folder: Path, audited: EmbeddedKafka, own: EmbeddedKafka, topic: str) -> Path:
    """A configuration of workers that share one key and an audit cluster."""
    key = folder / "tap.key"
    key.write_text(uuid.uuid4().hex * 2)
    config = write_config(
        folder,
        audited.bootstrap_servers,
        tap=[topic],
        extra=f"audit_cluster:\n  bootstrap_servers: ['{own.bootstrap_servers}']\n",
    )
    config.write_text(config.read_text().replace("  theta: 1.0\n", f"  theta: 1.0\n  key_file: {key}\n"))
    return config


@pytest.mark.timeout(420)
def test_every_offset_is_accounted_for_once_after_ten_killed_workers(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    topic = f"shared-{uuid.uuid4().hex[:8]}"
    moments = random.Random(10)
    state = tmp_path / "state"
    with ExitStack() as running:
        own = running.enter_context(EmbeddedKafka())
        config = shared_config(tmp_path, kafka, own, topic)
        settings = load_settings(config, {})
        service = running.enter_context(Service(config))
        service.url()
        load = Load(kafka.bootstrap_servers, topic, RATE)
        workers = [running.enter_context(WorkerProcess(settings, tmp_path / f"{n}.log")) for n in range(2)]
        with load:
            for turn in range(KILLS):
                before = reached(state, topic)
                eventually(partial(gets_on, state, topic, before), 60, "the workers get on")
                time.sleep(moments.uniform(0.0, 2.0))
                workers[turn % 2].kill()
                workers[turn % 2] = running.enter_context(WorkerProcess(settings, tmp_path / f"{turn + 2}.log"))
        assert load.failed == []
        logs = read_log(kafka.bootstrap_servers, topic, PARTITIONS)
        end = sum(log.end for log in logs.values())
        eventually(lambda: reached(state, topic) == end, 90, "the workers catch up")
        assert service.stop() == 0
    accounts = account(state, topic)
    for partition, log in logs.items():
        assert log.offsets, "there is something to lose"
        assert_each_offset_once(accounts[partition], log, load.broken[partition])


@pytest.mark.timeout(180)
def test_a_worker_ends_when_its_parent_and_the_audit_cluster_are_gone(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    topic = f"left-{uuid.uuid4().hex[:8]}"
    with EmbeddedKafka() as own:
        config = shared_config(tmp_path, kafka, own, topic)
        worker = WorkerProcess(load_settings(config, {}), tmp_path / "worker.log").__enter__()
        with Load(kafka.bootstrap_servers, topic, RATE):
            time.sleep(8)
    assert not worker.has_ended
    worker.abandon()
    eventually(lambda: worker.has_ended, 40, "the worker ends by itself")
