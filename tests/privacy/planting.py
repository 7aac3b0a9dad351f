"""Writes identifiers into topics in every style of payload: each of them once in each, in a spelling or a digest."""

from __future__ import annotations

import json
import struct
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import msgspec
from confluent_kafka import KafkaError, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from tests.privacy.forms import DIGESTS
from tests.privacy.identifiers import Identifier

_STEP_MS = 10
_ANSWERED_AFTER_MS = 300
_BATCH_HEADER_BYTES = 61
"""Of a record batch of version 2 (KIP-98)."""
_BATCH_LENGTH = struct.Struct(">8xi")


class Planted(NamedTuple):
    """One record."""

    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


_Style = Callable[[str, str], Planted]
"""From a spelling, and one that stands in many records."""


def _json(**members: object) -> bytes:
    return json.dumps(members, ensure_ascii=False).encode()


def _event() -> str:
    return str(uuid.uuid4())


def _cbor_text(text: str) -> bytes:
    data = text.encode()
    return bytes([0x78, len(data)]) + data


STYLES: Mapping[str, _Style] = {
    "json": lambda one, _: Planted(_json(event=_event(), tenant=one)),
    "number": lambda one, _: Planted(_json(event=_event(), tenant=int(one) if one.isdecimal() else one)),
    "nested": lambda one, _: Planted(_json(visit={"guests": [{"id": one, "seat": 2}, {"id": one.upper()}]})),
    "stringified": lambda one, _: Planted(_json(event=_event(), payload=json.dumps({"who": {"id": one}}))),
    "escaped": lambda one, _: Planted(json.dumps({"event": _event(), "tenant": one}).encode()),
    "member-names": lambda one, often: Planted(_json(event=_event(), balances={one: 3, often: {"due": 4}})),
    "many-members": lambda one, often: Planted(_json(**{one: 1, often: 2})),
    "sentence": lambda one, _: Planted(_json(event=_event(), note=f"{one} came home late, says the neighbour")),
    "delimited": lambda one, _: Planted(f"{_event()};{one};unlock;3".encode()),
    "message-pack": lambda one, often: Planted(msgspec.msgpack.encode({"event": _event(), "id": one, often: 1})),
    "cbor": lambda one, often: Planted(b"\xa2" + _cbor_text("id") + _cbor_text(one) + _cbor_text(often) + b"\x01"),
    "framed": lambda one, _: Planted(b"\0\0\0\0\x07" + bytes([2 * min(len(one.encode()), 63)]) + one.encode()[:63]),
    "keys": lambda one, _: Planted(_json(event=_event()), one.encode()),
    "json-keys": lambda one, _: Planted(_json(event=_event()), json.dumps({"id": one}).encode()),
    "tombstones": lambda one, _: Planted(None, one.encode()),
    "headers": lambda one, _: Planted(
        _json(event=_event()),
        headers=(
            ("subject", one.encode()),
            ("ce_specversion", b"1.0"),
            ("ce_source", f"/people/{''.join(sign for sign in one if sign.isdecimal())}/doors?who={one}".encode()),
            (f"x-{one}", b"1"),
        ),
    ),
    "not-json": lambda one, _: Planted(f'{{"tenant": "{one}", '.encode()),
    "not-utf8": lambda one, _: Planted(one.encode() + b"\xff\xfe"),
    "too-deep": lambda one, _: Planted(b'{"tenant": "' + one.encode() + b'", "x": ' + b"[" * 600 + b"]" * 600 + b"}"),
    "not-an-object": lambda one, _: Planted(json.dumps([one, one.lower()]).encode()),
}
VISITS, ANSWERS = "visits", "answers"
"""A flow: an answer to each visit, which quotes it, and spells the person anew."""
DAMAGED = "damaged"
"""Records like those of style `json`, in batches that are damaged on the broker's disk."""


def topics(prefix: str) -> list[str]:
    """Every topic that is planted."""
    return [f"{prefix}.{style}" for style in (*STYLES, VISITS, ANSWERS, DAMAGED)]


def plant(bootstrap_servers: str, prefix: str, identifiers: Sequence[Identifier]) -> None:
    """Write all records; returns when the broker has them."""
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    for future in admin.create_topics([NewTopic(topic, 2, 1) for topic in topics(prefix)]).values():
        future.result(20)
    now_ms = time.time_ns() // 1_000_000
    pairs = zip(identifiers, cycle(identifiers[:9]), strict=False)
    _write(
        bootstrap_servers,
        (
            (topic, record, now_ms)
            for turn, (identifier, often) in enumerate(pairs)
            for topic, record in _records(prefix, turn, identifier, often)
        ),
    )


def plant_flow(bootstrap_servers: str, prefix: str, identifiers: Sequence[Identifier]) -> None:
    """Write visits and their answers, the last of them now."""
    first_ms = time.time_ns() // 1_000_000 - len(identifiers) * _STEP_MS - _ANSWERED_AFTER_MS
    _write(bootstrap_servers, _flow(prefix, identifiers, first_ms))


def _flow(prefix: str, identifiers: Sequence[Identifier], first_ms: int) -> Iterator[tuple[str, Planted, int]]:
    for turn, identifier in enumerate(identifiers):
        event, at_ms = _event(), first_ms + turn * _STEP_MS
        visit = Planted(_json(event=event, tenant=identifier.text), identifier.text.encode())
        answer = Planted(_json(answer=_event(), about=event.upper(), citizen=identifier.spellings()[-1]))
        yield f"{prefix}.{VISITS}", visit, at_ms
        yield f"{prefix}.{ANSWERS}", answer, at_ms + _ANSWERED_AFTER_MS


def _write(bootstrap_servers: str, records: Iterable[tuple[str, Planted, int]]) -> None:
    producer = Producer({"bootstrap.servers": bootstrap_servers, "linger.ms": 50, "batch.num.messages": 100})
    failed: list[KafkaError] = []
    for topic, record, at_ms in records:
        producer.produce(
            topic,
            record.value,
            record.key,
            headers=list(record.headers),
            timestamp=at_ms,
            on_delivery=lambda error, _: failed.append(error) if error else None,
        )
        while len(producer) > 50_000:
            producer.poll(0.1)
    assert producer.flush(60) == 0
    assert failed == []


def _records(prefix: str, turn: int, identifier: Identifier, often: Identifier) -> Iterator[tuple[str, Planted]]:
    written = _ways_to_write(identifier)
    for number, (style, make) in enumerate(STYLES.items()):
        yield f"{prefix}.{style}", make(written[(turn + number) % len(written)], often.text)
    yield f"{prefix}.{DAMAGED}", Planted(_json(event=_event(), tenant=identifier.text), identifier.text.encode())


def _ways_to_write(identifier: Identifier) -> tuple[str, ...]:
    digests = [DIGESTS[name](identifier.text.encode()).hex() for name in ("md5", "sha256")]
    return (*identifier.spellings(), *digests)


def damage(logs_dir: Path, prefix: str) -> int:
    """Change one byte in every second batch of the topic that is to be damaged, the last one left out: where that ends
    nobody could tell. Returns how many that were."""
    damaged = 0
    for path in logs_dir.glob(f"{prefix}.{DAMAGED}-*/*.log"):
        data = path.read_bytes()
        for start in list(_batches(data))[:-1:2]:
            with path.open("r+b") as log:
                log.seek(start + _BATCH_HEADER_BYTES + 8)
                log.write(bytes([data[start + _BATCH_HEADER_BYTES + 8] ^ 0xFF]))
            damaged += 1
    return damaged


def _batches(data: bytes) -> Iterator[int]:
    at = 0
    while at + _BATCH_HEADER_BYTES < len(data):
        length: int = _BATCH_LENGTH.unpack_from(data, at)[0]
        if length <= 0:
            return
        yield at
        at += 12 + length
