"""Records of an estate of 24 topics, made in memory: six topics where things begin, eighteen that go on from them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

TOPICS = 24
ROOTS = 6
PARTITIONS = 3
START_MS = 1_790_000_000_000
_PEOPLE = 20_000


@dataclass(frozen=True, slots=True)
class Made:
    """A record as the tap reads it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one partition, as one fetch brings them."""

    topic: str
    partition: int
    records: list[Made]


def batches(events: int, per_second: int, *, batch_s: float = 1.0, seed: int = 7) -> Iterator[Batch]:
    """The estate's records in the order of their times, cut into fetches.

    Every record mints an event's identifier, names a person, quotes the record it goes on from, and carries what
    records carry beside: a clock, a place, a measure, a word.
    """
    rnd = random.Random(seed)
    offsets: dict[tuple[str, int], int] = {}
    latest: list[list[tuple[str, str]]] = [[] for _ in range(TOPICS)]
    waiting: dict[tuple[str, int], list[Made]] = {}
    cut_ms = START_MS + batch_s * 1000
    for number in range(events):
        at_ms = START_MS + number * 1000 // per_second
        if at_ms >= cut_ms:
            yield from (Batch(*where, records) for where, records in sorted(waiting.items()))
            waiting, cut_ms = {}, cut_ms + batch_s * 1000
        made = _record(rnd, number % TOPICS, at_ms, latest, offsets)
        waiting.setdefault((made.topic, made.partition), []).append(made)
    yield from (Batch(*where, records) for where, records in sorted(waiting.items()))


def _record(
    rnd: random.Random, place: int, at_ms: int, latest: list[list[tuple[str, str]]], offsets: dict[tuple[str, int], int]
) -> Made:
    topic = f"estate.topic-{place:02}"
    own = str(uuid.UUID(int=rnd.getrandbits(128), version=4))
    source = latest[place % ROOTS if place < 2 * ROOTS else place - ROOTS]
    quoted = rnd.choice(source) if place >= ROOTS and source else None
    person = quoted[1] if quoted is not None else f"P-{rnd.randrange(_PEOPLE):06d}"
    recent = latest[place]
    recent.append((own, person))
    del recent[:-200]
    document: dict[str, object] = {
        "event_id": own,
        "subject": {"person_id": person, "place": f"L-{rnd.randrange(10_000, 14_000)}"},
        "ts": at_ms,
        "type": rnd.choice(("unlock", "exit", "denied")),
        "confidence": round(rnd.random(), 4),
        "firmware": "2.14.1",
    }
    if quoted is not None:
        document["because_of"] = quoted[0]
    partition = int(person[2:]) % PARTITIONS
    offset = offsets.get((topic, partition), 0)
    offsets[topic, partition] = offset + 1
    return Made(topic, partition, offset, at_ms, person.encode(), orjson.dumps(document))
