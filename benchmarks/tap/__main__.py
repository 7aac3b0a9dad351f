"""`python -m benchmarks.tap`: the tap with its full audit against a bare confluent-kafka loop.

One embedded broker pinned to one core, one client at a time pinned to another; the kinds of clients take turns. What
counts is the ratio to the bare loop of the same round, by CPU time and by wall time: median, least and greatest.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

import msgspec

from benchmarks.tap.clients import Figures
from benchmarks.tap.estate import fill
from benchmarks.tap.workers import events_per_second
from flowaudit.embedded import EmbeddedKafka

_NAMES = {
    "bare": "bare confluent-kafka loop",
    "audit": "tap, full audit, theta 0.1",
    "faust": "plain Faust agent",
}
_TARGET = 0.5
_TARGET_TWO = 1.6


def main() -> int:
    options = _options()
    broker_core, client_core = sorted(os.sched_getaffinity(0))[:2]
    with EmbeddedKafka() as kafka:
        _pin(kafka.broker_pid, {broker_core})
        fill(kafka.bootstrap_servers, "bench.locks", options.events, options.compression)
        print(f"{options.events:,} events, compression {options.compression}, {options.rounds} rounds\n")
        shared = _Shared(kafka.broker_pid)
        met = not options.rounds or _compare(kafka.bootstrap_servers, options, client_core)
        if options.workers:
            _pin(kafka.broker_pid, {broker_core, client_core})
            met &= _scale(kafka.bootstrap_servers, options)
        print(f"\nother processes took {shared.share_of_others():.0%} of the machine meanwhile")
    return 0 if met else 1


def _compare(servers: str, options: argparse.Namespace, core: int) -> bool:
    rounds: dict[str, list[Figures]] = {"bare": [], "audit": [], "faust": []}
    for _ in range(options.rounds):
        for kind, figures in rounds.items():
            events = min(options.events, options.faust_events) if kind == "faust" else options.events
            figures.append(_run(kind, servers, events, core))
    print(f"{'':28}{'CPU us/event':>14}{'CPU ratio (min-max)':>26}{'wall ratio (min-max)':>26}")
    ratio = 0.0
    for kind, name in _NAMES.items():
        cpu = [f.cpu_s / f.events / (b.cpu_s / b.events) for f, b in zip(rounds[kind], rounds["bare"], strict=True)]
        wall = [f.wall_s / f.events / (b.wall_s / b.events) for f, b in zip(rounds[kind], rounds["bare"], strict=True)]
        each = statistics.median(f.cpu_s / f.events * 1e6 for f in rounds[kind])
        print(f"{name:28}{each:14.2f}{_spread([1 / x for x in cpu]):>26}{_spread([1 / x for x in wall]):>26}")
        if kind == "audit":
            ratio = statistics.median(1 / x for x in cpu)
    print(f"\ntarget: CPU ratio of the tap >= {_TARGET}: {'met' if ratio >= _TARGET else 'MISSED'}")
    return ratio >= _TARGET


def _scale(servers: str, options: argparse.Namespace) -> bool:
    one, two, ratios = [], [], []
    for _ in range(options.workers):
        one.append(events_per_second(servers, "bench.locks", options.events, 1))
        two.append(events_per_second(servers, "bench.locks", options.events, 2))
        ratios.append(two[-1] / one[-1])
    print(f"\none Faust worker  {statistics.median(one):12,.0f} events/s")
    print(f"two Faust workers {statistics.median(two):12,.0f} events/s   ratio {_spread(ratios)}")
    met = statistics.median(ratios) >= _TARGET_TWO
    print(f"target: >= {_TARGET_TWO}: {'met' if met else 'MISSED'}")
    return met


def _run(kind: str, servers: str, events: int, core: int) -> Figures:
    arguments = ["-m", "benchmarks.tap.clients", kind, servers, "bench.locks", str(events), "--core", str(core)]
    done = subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return msgspec.json.decode(done.stdout.strip().splitlines()[-1], type=Figures)


class _Shared:
    """How much of the machine went to others: on a shared one the figures above are worth so much less."""

    def __init__(self, broker_pid: int) -> None:
        self._broker = Path(f"/proc/{broker_pid}/stat")
        self._tick = os.sysconf("SC_CLK_TCK")
        self._start = self._seconds()

    def share_of_others(self) -> float:
        """Share (0-1) of all cores' time since this was made."""
        machine, busy, ours = (now - before for now, before in zip(self._seconds(), self._start, strict=True))
        return max(0.0, busy - ours) / machine

    def _seconds(self) -> tuple[float, float, float]:
        """Time of all cores, of that busy, and of that in the broker, in this process and in its ended children."""
        ticks = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        broker = self._broker.read_text().rpartition(")")[2].split()
        ours = sum(os.times()[:4]) + (int(broker[11]) + int(broker[12])) / self._tick
        return sum(ticks) / self._tick, (sum(ticks) - ticks[3] - ticks[4]) / self._tick, ours


def _pin(pid: int, cores: set[int]) -> None:
    """Pin a process with all its threads: the call alone moves one thread."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tap", description=__doc__)
    parser.add_argument("--events", type=int, default=1_500_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--compression", default="none", choices=["none", "lz4", "zstd", "snappy", "gzip"])
    parser.add_argument("--faust-events", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=3, help="alternations of one and two workers; 0 leaves them out")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
