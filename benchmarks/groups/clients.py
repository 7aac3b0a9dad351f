"""What is compared, each run as a process of its own: `python -m benchmarks.groups.clients KIND SERVERS`.

Each connects first; then one refresh is measured: list the groups, describe them, fetch all their committed offsets.
One line of JSON: wall and CPU seconds, requests, peak memory over that of the connected process.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import orjson
from confluent_kafka import ConsumerGroupTopicPartitions
from confluent_kafka.admin import AdminClient
from kafka import KafkaAdminClient

from flowaudit.facts import OffsetCommitted
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.groups import GroupsSource
from flowaudit.sources.groups.ask import GroupsClient
from flowaudit.sources.groups.questions import DESCRIBE
from flowaudit.sources.kafka_admin import AdminSession

_CHUNK = 500
_SAMPLE = 500
_NOW_MS = 1_795_000_000_000
_INTERVAL_MS = 3_000


class Figures(msgspec.Struct, frozen=True):
    """What one refresh cost, and how much of the estate it covered."""

    groups: int
    commits: int
    wall_s: float
    cpu_s: float
    requests: int
    rss_bytes: int


class Meter:
    """Measures from `start` to the end of the `with` block."""

    wall_s = 0.0
    cpu_s = 0.0
    requests = 0
    rss_bytes = 0

    @contextmanager
    def measuring(self, count: Callable[[], int]) -> Iterator[None]:
        """`count` says how many requests were sent so far."""
        Path("/proc/self/clear_refs").write_text("5")
        base, sent = _status("VmRSS"), count()
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall_s, self.cpu_s = time.perf_counter() - wall, time.process_time() - cpu
        self.requests, self.rss_bytes = count() - sent, _status("VmHWM") - base

    def figures(self, groups: int, commits: int) -> Figures:
        """What was measured."""
        return Figures(groups, commits, self.wall_s, self.cpu_s, self.requests, self.rss_bytes)


def ours(servers: str) -> Figures:
    """The groups source's first poll: everything is news, every fact is made."""
    return _poll(servers)


def ours_again(servers: str) -> Figures:
    """The next poll: nothing changed, everything is asked."""
    return _poll(servers, 0)


def ours_idle(servers: str) -> Figures:
    """A poll when nothing has changed for more than a minute."""
    return _poll(servers, 0, 60_000)


def _poll(servers: str, *polls_before_ms: int) -> Figures:
    with AdminSession(KafkaConnection(servers)) as session:
        source, meter = GroupsSource(session), Meter()
        session.brokers()
        for at_ms in polls_before_ms:
            source.poll(_NOW_MS + at_ms)
        with meter.measuring(lambda: _sent(session._admin)):  # noqa: SLF001
            facts = source.poll(_NOW_MS + max(polls_before_ms, default=0) + _INTERVAL_MS)
        commits = [fact for fact in facts if isinstance(fact, OffsetCommitted)]
        groups = {fact.group for fact in commits}
        return meter.figures(len(groups), len(commits))


def wire(servers: str) -> Figures:
    """Our requests and decoders alone, every group described: no end offsets, no memory of what was told."""
    with AdminSession(KafkaConnection(servers)) as session:
        brokers, meter = session.brokers(), Meter()
        with meter.measuring(lambda: _sent(session._admin)):  # noqa: SLF001
            client = GroupsClient(session, brokers)
            names: dict[int, list[str]] = {}
            for group in client.list().groups:
                names.setdefault(group.coordinator, []).append(group.name)
            described = sum(1 for _ in client.describe(DESCRIBE["classic"], names, _NOW_MS))
            commits = client.commits(names)
        return meter.figures(described, sum(len(list(topic.offsets())) for topic in commits.topics))


def kafka_python(servers: str) -> Figures:
    """Its public API, 500 groups a call."""
    admin, meter = KafkaAdminClient(bootstrap_servers=servers), Meter()
    commits = 0
    admin.describe_cluster()
    with meter.measuring(lambda: _sent(admin)):
        names = [str(group["group_id"]) for group in admin.list_groups()]
        for start in range(0, len(names), _CHUNK):
            some = names[start : start + _CHUNK]
            admin.describe_groups(some)
            commits += sum(map(len, admin.list_group_offsets(dict.fromkeys(some)).values()))
    admin.close()
    return meter.figures(len(names), commits)


def kafka_python_one_by_one(servers: str) -> Figures:
    """Its public API, one group a call; on a sample."""
    admin, meter = KafkaAdminClient(bootstrap_servers=servers), Meter()
    commits = 0
    names = [str(group["group_id"]) for group in admin.list_groups()][:_SAMPLE]
    with meter.measuring(lambda: _sent(admin)):
        for name in names:
            admin.describe_groups([name])
            commits += sum(map(len, admin.list_group_offsets({name: None}).values()))
    admin.close()
    return meter.figures(len(names), commits)


def confluent(servers: str) -> Figures:
    """confluent-kafka: it takes one group a call for offsets, so 100 calls are kept in flight; on a sample."""
    statistics: dict[str, Any] = {}
    options = {"bootstrap.servers": servers, "statistics.interval.ms": 50, "stats_cb": _take(statistics)}
    admin, meter = AdminClient(options), Meter()
    names = [group.group_id for group in admin.list_consumer_groups().result().valid][:_SAMPLE]

    def sent() -> int:
        deadline = time.monotonic() + 0.2
        while time.monotonic() < deadline:
            admin.poll(0.05)
        return sum(broker["tx"] for broker in statistics.get("brokers", {}).values())

    before, commits = sent(), 0
    with meter.measuring(lambda: 0):
        for start in range(0, len(names), 100):
            some = names[start : start + 100]
            described = admin.describe_consumer_groups(some)
            asked = [ConsumerGroupTopicPartitions(name) for name in some]
            offsets = [admin.list_consumer_group_offsets([each])[each.group_id] for each in asked]
            for future in described.values():
                future.result()
            commits += sum(len(future.result().topic_partitions) for future in offsets)
    meter.requests = sent() - before
    return meter.figures(len(names), commits)


def _take(statistics: dict[str, Any]) -> Callable[[str], None]:
    return lambda text: statistics.update(orjson.loads(text))


def _sent(admin: Any) -> int:  # noqa: ANN401 (an untyped library)
    """Requests that a kafka-python client sent on the connections that it has: it numbers them."""
    connections = admin._manager._conns.values()  # noqa: SLF001
    return sum(connection.parser._correlation_id for connection in connections if connection.parser)  # noqa: SLF001


def _status(field: str) -> int:
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024


KINDS: dict[str, Callable[[str], Figures]] = {
    "ours": ours,
    "ours-again": ours_again,
    "ours-idle": ours_idle,
    "wire": wire,
    "kafka-python": kafka_python,
    "kafka-python-one-by-one": kafka_python_one_by_one,
    "confluent": confluent,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("servers")
    options = parser.parse_args()
    print(msgspec.json.encode(KINDS[options.kind](options.servers)).decode())


if __name__ == "__main__":
    main()
