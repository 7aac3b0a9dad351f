"""Who runs the programs: applications with a group and a producer, coarse as they are, and pure readers."""

from __future__ import annotations

import random
from typing import Final

from benchmarks.linkage.draw.draft import Draft
from benchmarks.linkage.estate import AppSpec, ProgramSpec

_HOSTS_TWO: Final = 0.35
_READS_MORE: Final = 0.25
_ASSIGNS_ITSELF: Final = 0.15
_NOT_IDEMPOTENT: Final = 0.2
_TRANSACTIONAL: Final = 0.1
_SCALED_OUT: Final = 0.15
_CONNECTED: Final = 0.12
_SHARED_CLIENT_ID: Final = 0.2


def draw_apps(draft: Draft) -> tuple[AppSpec, ...]:
    """An application for every program or two, and five to ten that only read."""
    chance = draft.chance
    programs = list(draft.programs)
    chance.shuffle(programs)
    apps: list[AppSpec] = []
    while programs:
        hosted = [programs.pop()]
        alike = [program for program in programs if bool(program.inputs) == bool(hosted[0].inputs)]
        if alike and chance.random() < _HOSTS_TWO:
            hosted.append(alike[-1])
            programs.remove(alike[-1])
        apps.append(_app(draft, hosted, len(apps)))
    readers = chance.randint(5, 10)
    return (*apps, *(_reader(draft, len(apps) + number) for number in range(readers)))


def _app(draft: Draft, programs: list[ProgramSpec], number: int) -> AppSpec:
    chance = draft.chance
    name = draft.names.program()
    writes = tuple(dict.fromkeys(topic for program in programs for topic in program.outputs))
    reads = [topic for program in programs for topic in program.inputs]
    if not reads:
        connector = f"{name}-source" if chance.random() < _CONNECTED else ""
        return AppSpec(
            name,
            _names(programs),
            (),
            writes,
            "",
            _producer_ids(chance, number),
            False,
            _client(chance, name),
            connector,
        )
    if chance.random() < _READS_MORE:
        others = [topic for topic in draft.topics if topic not in reads and topic not in writes]
        reads += chance.sample(others, min(len(others), chance.randint(1, 2)))
    has_group = chance.random() >= _ASSIGNS_ITSELF
    ids = _producer_ids(chance, number)
    transactional = has_group and bool(ids) and chance.random() < _TRANSACTIONAL
    return AppSpec(
        name, _names(programs), tuple(dict.fromkeys(reads)), writes,
        f"{name}-group" if has_group else "", ids, transactional, _client(chance, name),
    )  # fmt: skip


def _reader(draft: Draft, number: int) -> AppSpec:
    """An archiver, a dashboard, a sink: it reads some topics and writes none."""
    chance = draft.chance
    name = draft.names.program()
    topics = list(draft.topics)
    reads = tuple(chance.sample(topics, min(len(topics), chance.choice((1, 2, 3, 5, 12)))))
    connector = f"{name}-sink" if chance.random() < 3 * _CONNECTED else ""
    group = f"connect-{connector}" if connector else f"{name}-group" if chance.random() >= _ASSIGNS_ITSELF else ""
    return AppSpec(name, (), reads, (), group, (), False, _client(chance, f"{name}-{number}"), connector)


def _names(programs: list[ProgramSpec]) -> tuple[str, ...]:
    return tuple(program.name for program in programs)


def _producer_ids(chance: random.Random, number: int) -> tuple[int, ...]:
    if chance.random() < _NOT_IDEMPOTENT:
        return ()
    instances = 2 if chance.random() < _SCALED_OUT else 1
    return tuple(1_000 + 10 * number + instance for instance in range(instances))


def _client(chance: random.Random, name: str) -> str:
    """Many applications never set one."""
    return "rdkafka" if chance.random() < _SHARED_CLIENT_ID else name
