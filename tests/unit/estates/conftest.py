"""The whole table of the estate, run without Kafka: records go from program to program at the times they would."""

from __future__ import annotations

import heapq
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from flowaudit.estates.catalogue import PARTS
from flowaudit.estates.parameters import Parameters, load_parameters
from flowaudit.estates.program import Incoming, Outgoing, make_town

TOPOLOGY = Path(__file__).parents[3] / "topologies" / "beijing-public-housing"
TICK_S = 0.05
HOP_S = 0.01


class Written(NamedTuple):
    at_s: float
    value: bytes


def reference_parameters() -> Parameters:
    return load_parameters(TOPOLOGY / "estate.yaml")


def run(parameters: Parameters, *, seed: int, duration_s: float) -> dict[str, list[Written]]:
    """What each topic holds after a run: (real seconds, value), in the order of writing."""
    town = make_town(parameters, seed)
    programs = {part.process: part.program(town) for part in PARTS}
    readers = defaultdict(list)
    for part in PARTS:
        for topic in part.consumed:
            readers[topic].append(part.process)
    written: dict[str, list[Written]] = defaultdict(list)
    waiting: list[tuple[float, int, Outgoing]] = []
    count = 0
    for tick in range(round(duration_s / TICK_S)):
        now_s = tick * TICK_S
        fresh = [item for program in programs.values() for item in program.unprompted(now_s * parameters.city.speed)]
        for item in fresh:
            count += 1
            heapq.heappush(waiting, (now_s + item.delay_ms / 1000, count, item))
        while waiting and waiting[0][0] <= now_s:
            at_s, _, item = heapq.heappop(waiting)
            written[item.topic].append(Written(at_s, item.value))
            for process in readers[item.topic]:
                city_s = (at_s + HOP_S) * parameters.city.speed
                for follows in programs[process].decide(Incoming(item.topic, item.value), city_s):
                    count += 1
                    heapq.heappush(waiting, (at_s + HOP_S + follows.delay_ms / 1000, count, follows))
    return written


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    return reference_parameters()


@pytest.fixture(scope="session")
def minute(parameters: Parameters) -> dict[str, list[Written]]:
    """One minute of the reference estate."""
    return run(parameters, seed=11, duration_s=60)
