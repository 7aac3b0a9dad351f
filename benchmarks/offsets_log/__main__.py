"""`python -m benchmarks.offsets_log`: the offsets log as a backlog and live, beside plain consumer loops.

The embedded broker gets commits from raw sockets, one request for all partitions of a group, as consumers commit.
Ours is the whole path: fetch, checksum, decode, pace, facts. The plain loops keep the last value of each key and
decode nothing. Readers run one after another, each in a process of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass

import msgspec
from kafka import KafkaAdminClient, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.admin import NewTopic

from benchmarks.offsets_log.readers import Figures, ends_of
from flowaudit.embedded import EmbeddedKafka

_TOPIC = "bench.events"
_READERS = ("flowaudit", "kafka-python", "confluent-kafka")
_TARGET = 500_000
_MOST_LAG_S = 1.0
"""What may lie unread at the end of the live part: a fetch waits for 0.3 s, and takes time."""


@dataclass(frozen=True, slots=True)
class _Live:
    figures: Figures
    written: int
    seconds: float
    lag_records: int

    @property
    def rate(self) -> float:
        return self.written / self.seconds


def main() -> int:
    options = _options()
    with EmbeddedKafka() as kafka:
        servers = kafka.bootstrap_servers
        _prepare(servers, options)
        _generate(servers, options, "--records", str(options.groups * options.partitions), "--connections", "1")
        met = _backlog(servers, options) if options.records else True
        met &= _live(servers, options) if options.seconds else True
    return 0 if met else 1


def _prepare(servers: str, options: argparse.Namespace) -> None:
    """Make the topic, and the offsets log: a commit by an ordinary client does that."""
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics([NewTopic(_TOPIC, options.partitions, 1)])
    admin.close()
    consumer = KafkaConsumer(bootstrap_servers=servers, group_id="bench-first", enable_auto_commit=False)
    consumer.assign([TopicPartition(_TOPIC, 0)])
    consumer.commit({TopicPartition(_TOPIC, 0): OffsetAndMetadata(0, "", -1)})
    consumer.close()


def _backlog(servers: str, options: argparse.Namespace) -> bool:
    began_s = time.monotonic()
    _generate(servers, options, "--records", str(options.records))
    seconds = time.monotonic() - began_s
    print(f"backlog: {options.records:,} commits of {options.groups:,} groups, written in {seconds:.0f} s\n")
    found = {kind: _read(kind, servers) for kind in _READERS}
    plain = _per_cpu_s(found["kafka-python"])
    print(f"{'':18}{'records/CPU s':>16}{'ratio':>8}{'records/s':>14}{'RSS over base':>16}{'facts':>10}")
    for kind, figures in found.items():
        rate = _per_cpu_s(figures)
        memory = f"{figures.peak_rss_mb - figures.base_rss_mb:.0f} MB"
        wall = figures.records / figures.wall_s
        print(f"{kind:18}{rate:16,.0f}{rate / plain:8.1f}{wall:14,.0f}{memory:>16}{figures.facts:10,}")
    return _verdict("records per CPU second", _per_cpu_s(found["flowaudit"]), _TARGET)


def _live(servers: str, options: argparse.Namespace) -> bool:
    print(f"\nlive, {options.seconds:.0f} s at the highest rate that the generator reaches, one reader at a time\n")
    print(f"{'':18}{'commits/s':>12}{'CPU share':>12}{'us/record':>12}{'unread at the end':>20}")
    lags: dict[str, float] = {}
    for kind in _READERS:
        live = _follow(kind, servers, options)
        share = live.figures.cpu_s / live.figures.wall_s
        each_us = live.figures.cpu_s / max(live.figures.records, 1) * 1e6
        print(f"{kind:18}{live.rate:12,.0f}{share:12.1%}{each_us:12.2f}{live.lag_records:20,}")
        lags[kind] = live.lag_records / live.rate
    behind = lags["flowaudit"]
    print(
        f"target: unread at the end <= {_MOST_LAG_S} s: {'met' if behind <= _MOST_LAG_S else 'MISSED'} ({behind:.2f} s)"
    )
    return behind <= _MOST_LAG_S


def _per_cpu_s(figures: Figures) -> float:
    return figures.records / figures.cpu_s


def _read(kind: str, servers: str) -> Figures:
    done = subprocess.run(_command(kind, servers, "backlog"), capture_output=True, check=True)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Figures)


def _follow(kind: str, servers: str, options: argparse.Namespace) -> _Live:
    with subprocess.Popen(_command(kind, servers, "live"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdin is not None  # noqa: S101
        assert reader.stdout is not None  # noqa: S101
        reader.stdout.readline()
        before = sum(ends_of(servers).values())
        began_s = time.monotonic()
        written = _generate(servers, options, "--seconds", str(options.seconds))
        seconds = time.monotonic() - began_s
        reader.stdin.write(b"\n")
        reader.stdin.flush()
        figures = msgspec.json.decode(reader.stdout.readline(), type=Figures)
    end = sum(ends_of(servers).values())
    return _Live(figures, written, seconds, end - before - figures.records)


def _generate(servers: str, options: argparse.Namespace, *more: str) -> int:
    command = [sys.executable, "-m", "benchmarks.offsets_log.generator", servers, _TOPIC]
    command += ["--groups", str(options.groups), "--partitions", str(options.partitions), *more]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


def _command(kind: str, servers: str, mode: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.offsets_log.readers", kind, servers, mode]


def _verdict(what: str, reached: float, target: float) -> bool:
    print(f"target: {what} >= {target:,}: {'met' if reached >= target else 'MISSED'}")
    return reached >= target


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.offsets_log", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000, help="of the backlog; 0 leaves it out")
    parser.add_argument("--groups", type=int, default=5_000)
    parser.add_argument("--partitions", type=int, default=8, help="that each group commits")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each live part; 0 leaves it out")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
