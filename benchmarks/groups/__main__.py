"""`python -m benchmarks.groups`: one full refresh of many groups, beside plain client libraries.

One embedded broker; one client at a time, each a process of its own; the kinds of clients take turns. What counts is
the ratio to our first poll of the same round. A client that asks one group at a time is run on a sample; its figures
are scaled up to the whole estate, except its memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import msgspec

from benchmarks.groups.clients import Figures
from benchmarks.groups.estate import PARTITIONS, TOPICS, make
from flowaudit.embedded import EmbeddedKafka

_NAMES = {
    "ours": "flowaudit, first poll",
    "ours-again": "flowaudit, next poll",
    "ours-idle": "flowaudit, idle for a minute",
    "wire": "flowaudit, every group described",
    "kafka-python": "kafka-python, 500 groups a call",
    "kafka-python-one-by-one": "kafka-python, one by one (scaled)",
    "confluent": "confluent-kafka (scaled)",
}
_SAMPLED = {"kafka-python-one-by-one", "confluent"}
_MOST_S = 2.0
_MOST_BYTES = 100_000_000


def main() -> int:
    options = _options()
    with EmbeddedKafka() as kafka:
        started = time.monotonic()
        commits = make(kafka.bootstrap_servers, options.groups, options.live)
        print(
            f"{options.groups:,} groups ({options.live} with a member), {commits:,} committed offsets, "
            f"{TOPICS} topics x {PARTITIONS}, made in {time.monotonic() - started:.0f} s; {options.rounds} rounds\n"
        )
        rounds: dict[str, list[Figures]] = {kind: [] for kind in _NAMES}
        for _ in range(options.rounds):
            for kind, figures in rounds.items():
                figures.append(_scaled(kind, _run(kind, kafka.bootstrap_servers), options.groups))
    _print(rounds)
    print(f"\nload average of the machine meanwhile: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")
    return 0 if _met(rounds["ours"]) else 1


def _run(kind: str, servers: str) -> Figures:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.groups.clients", kind, servers], capture_output=True, check=True, timeout=300
    )
    return msgspec.json.decode(done.stdout.strip().splitlines()[-1], type=Figures)


def _scaled(kind: str, figures: Figures, groups: int) -> Figures:
    if kind not in _SAMPLED:
        return figures
    factor = groups / figures.groups
    return msgspec.structs.replace(
        figures,
        groups=groups,
        commits=round(figures.commits * factor),
        wall_s=figures.wall_s * factor,
        cpu_s=figures.cpu_s * factor,
        requests=round(figures.requests * factor),
    )


def _print(rounds: dict[str, list[Figures]]) -> None:
    print(f"{'':34}{'wall s (min-max)':>22}{'ratio':>8}{'CPU s':>9}{'ratio':>8}{'RSS MB':>9}{'requests':>10}")
    for kind, name in _NAMES.items():
        figures, ours = rounds[kind], rounds["ours"]
        wall = [each.wall_s for each in figures]
        spread = f"{statistics.median(wall):.2f} ({min(wall):.2f}-{max(wall):.2f})"
        print(
            f"{name:34}{spread:>22}{_ratio(figures, ours, _wall):>8.1f}"
            f"{statistics.median(map(_cpu, figures)):>9.2f}{_ratio(figures, ours, _cpu):>8.1f}"
            f"{max(each.rss_bytes for each in figures) / 1e6:>9.0f}{figures[0].requests:>10,}"
        )


def _ratio(figures: list[Figures], ours: list[Figures], of: Callable[[Figures], float]) -> float:
    return statistics.median(of(theirs) / of(our) for theirs, our in zip(figures, ours, strict=True))


def _wall(figures: Figures) -> float:
    return figures.wall_s


def _cpu(figures: Figures) -> float:
    return figures.cpu_s


def _met(figures: list[Figures]) -> bool:
    wall_s = statistics.median(each.wall_s for each in figures)
    rss_bytes = max(each.rss_bytes for each in figures)
    met = wall_s <= _MOST_S and rss_bytes <= _MOST_BYTES
    print(f"target: first poll <= {_MOST_S:.0f} s and <= {_MOST_BYTES // 1_000_000} MB: {'met' if met else 'MISSED'}")
    return met


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.groups", description=__doc__)
    parser.add_argument("--groups", type=int, default=15_000)
    parser.add_argument("--live", type=int, default=100, help="so many of them have a member")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
