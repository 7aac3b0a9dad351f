"""Killed with SIGKILL in the middle of writing: what was acknowledged is there, and each offset exactly once."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from flowaudit.ledger import Ledger, PartitionKey

WRITER = """
import sys
from pathlib import Path
from flowaudit.facts import Channel, OffsetClass, Provenance, RunAudited, Segment
from flowaudit.ledger import FeedKey, Ledger, PartitionKey

ledger = Ledger.open(Path(sys.argv[1]), "cluster")
at = ledger.positions().get(PartitionKey("t", "id", 0), 0)
while True:
    low = max(at - 3, 0)
    segments = (Segment(low, at + 5, OffsetClass.AUDITED), Segment(at + 5, at + 7, OffsetClass.INVISIBLE))
    ledger.append(
        [RunAudited(Provenance(Channel.LINKAGE, at, ""), "t", "id", 0, segments)], {FeedKey("f", "t", 0): at + 7}
    )
    at += 7
    print(at, flush=True)
"""


def test_nothing_acknowledged_is_lost_and_nothing_is_counted_twice(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    chance = random.Random(7)
    acknowledged = reached = 0
    for _ in range(6):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            acknowledged = int(writer.stdout.readline())
            time.sleep(chance.uniform(0, 0.15))
            writer.kill()
            told = [line for line in writer.stdout.read().split("\n")[:-1] if line]
            acknowledged = int(told[-1]) if told else acknowledged
        with Ledger.open(path, "cluster") as ledger:
            ledger.verify()
            reached = ledger.positions()[PartitionKey("t", "id", 0)]
            feed = dict(ledger.feed_positions("f"))
        assert reached >= acknowledged
        assert list(feed.values()) == [reached]
    with sqlite3.connect(path) as own:
        spans = own.execute("SELECT low, high, class FROM intervals ORDER BY low").fetchall()
    own.close()
    accounted = [offset for low, high, _ in spans for offset in range(low, high)]
    assert accounted == list(range(reached))
    assert sum(high - low for low, high, kind in spans if kind == "invisible") == reached // 7 * 2
