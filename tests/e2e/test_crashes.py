"""`kill -9` of a run at random moments under load: every tapped offset is accounted for exactly once afterwards."""

from __future__ import annotations

import random
import time
import uuid
from functools import partial
from pathlib import Path

import pytest

from flowaudit.embedded import EmbeddedKafka
from tests.e2e.commands import Service, eventually, write_config
from tests.e2e.ledger import gets_on, reached
from tests.e2e.load import PARTITIONS, Load
from tests.e2e.oracle import account, assert_each_offset_once, read_log

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.slow]

KILLS = 25
RATE = 1_000


@pytest.mark.timeout(420)
def test_every_offset_is_accounted_for_once_after_25_kills(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    topic = f"crash-{uuid.uuid4().hex[:8]}"
    moments = random.Random(25)
    config = write_config(tmp_path, kafka.bootstrap_servers, tap=[topic])
    state = tmp_path / "state"
    advanced = 0
    with Load(kafka.bootstrap_servers, topic, RATE) as load:
        for _ in range(KILLS):
            before = reached(state, topic)
            with Service(config) as service:
                # half of the kills hit the start, half a run that is in the middle of writing
                if moments.random() < 0.5:
                    time.sleep(moments.uniform(0.2, 2.0))
                else:
                    eventually(partial(gets_on, state, topic, before), 40, "the run gets on")
                    time.sleep(moments.uniform(0.0, 0.7))
                service.kill()
            advanced += reached(state, topic) > before
    assert load.failed == []
    assert advanced >= KILLS // 3, "the kills must hit runs that were writing"
    logs = read_log(kafka.bootstrap_servers, topic, PARTITIONS)
    end = sum(log.end for log in logs.values())
    with Service(config) as service:
        eventually(lambda: reached(state, topic) == end, 60, "the run catches up")
        assert service.stop() == 0
    accounts = account(state, topic)
    for partition, log in logs.items():
        assert log.offsets, "there is something to lose"
        assert_each_offset_once(accounts[partition], log, load.broken[partition])
