"""Fields to bytes, as a topic spells them, and back."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, cast

import msgspec
import orjson

from benchmarks.linkage.chance import stream
from benchmarks.linkage.estate import Fields, FieldSpec, NoiseSpec, Spelled, TopicSpec
from benchmarks.linkage.spelling import CONSTANTS, STYLES, unspell

Scalar = str | int | float | bool
_Column = Callable[[Mapping[str, str], int], Scalar | None]
_SEPARATORS: Final = re.compile(r"[|;,\t]")
_CODES: Final = ("OK", "DENIED", "PENDING", "RETRY", "LATE")


class Encoded(NamedTuple):
    """A record as it goes over the wire."""

    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


class Encoder:
    """Writes the records of one topic. Noise is its own: it follows from the topic and from what was encoded before."""

    def __init__(self, topic: TopicSpec, chance_root: str) -> None:
        self._topic = topic
        chance = stream(chance_root, "noise", topic.name)
        columns: list[tuple[tuple[str, ...], _Column]] = [(field.path, _speller(field)) for field in topic.fields]
        columns += [(noise.path, _noise(noise, chance)) for noise in topic.noise]
        self._columns = sorted(columns, key=lambda column: column[0])
        self._key = _one(topic.key) if topic.key else None
        self._header = (topic.header[0], _one(topic.header[1])) if topic.header else None

    def encode(self, fields: Mapping[str, str], now_ms: int) -> Encoded:
        """The record that says `fields`. Slots that are missing are left out."""
        key = self._key(fields, now_ms) if self._key else None
        headers: tuple[tuple[str, bytes], ...] = ()
        if self._header is not None and (value := self._header[1](fields, now_ms)) is not None:
            headers = ((self._header[0], str(value).encode()),)
        return Encoded(None if key is None else str(key).encode(), self._value(fields, now_ms), headers)

    def _value(self, fields: Mapping[str, str], now_ms: int) -> bytes:
        topic = self._topic
        cells = [(path, column(fields, now_ms)) for path, column in self._columns]
        if topic.format == "delimited":
            texts = ["" if cell is None else str(cell) for _, cell in cells]
            joints = itertools.cycle(topic.separators)
            return "".join(part for text in texts for part in (text, next(joints)))[:-1].encode()
        document = _nested(cells)
        if topic.format == "msgpack":
            return msgspec.msgpack.encode(document)
        if topic.format == "stringified":
            return orjson.dumps({"at": now_ms, topic.envelope: orjson.dumps(document).decode()})
        return orjson.dumps(document)


def decode(topic: TopicSpec, record: Encoded) -> Fields:
    """What an encoded record says, without the noise."""
    cells = _cells(topic, record.value)
    fields: Fields = {}
    for field in topic.fields:
        cell = cells.get(field.path)
        if cell is None or cell == "":
            continue
        texts = str(cell).split(field.joint) if field.joint else [str(cell)]
        for part, text in zip(field.parts, texts, strict=True):
            fields[part.slot] = unspell(part.kind, text)
    if topic.key is not None and record.key is not None:
        fields.setdefault(topic.key.slot, unspell(topic.key.kind, record.key.decode()))
    if topic.header is not None and record.headers:
        fields[topic.header[1].slot] = unspell(topic.header[1].kind, record.headers[0][1].decode())
    return fields


def _cells(topic: TopicSpec, value: bytes) -> dict[tuple[str, ...], Scalar | None]:
    if topic.format == "delimited":
        paths = sorted([field.path for field in topic.fields] + [noise.path for noise in topic.noise])
        return dict(zip(paths, _SEPARATORS.split(value.decode()), strict=True))
    document: Any = msgspec.msgpack.decode(value) if topic.format == "msgpack" else orjson.loads(value)
    if topic.format == "stringified":
        document = orjson.loads(document[topic.envelope])
    return {field.path: _member(document, field.path) for field in topic.fields}


def _member(document: dict[str, Any], path: tuple[str, ...]) -> Scalar | None:
    inner: Any = document
    for name in path:
        if not isinstance(inner, dict):
            return None
        inner = inner.get(name)
    return cast("Scalar | None", inner)


def _nested(cells: list[tuple[tuple[str, ...], Scalar | None]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for path, cell in cells:
        if cell is None:
            continue
        inner = document
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = cell
    return document


def _speller(field: FieldSpec) -> _Column:
    parts = [_one(part) for part in field.parts]
    if len(parts) == 1:
        return parts[0]

    def joined(fields: Mapping[str, str], now_ms: int) -> Scalar | None:
        texts = [part(fields, now_ms) for part in parts]
        return None if None in texts else field.joint.join(str(text) for text in texts)

    return joined


def _one(part: Spelled) -> _Column:
    slot, is_number = part.slot, part.style == "int"
    spell = STYLES[part.kind][part.style]

    def spelled(fields: Mapping[str, str], _: int) -> Scalar | None:
        value = fields.get(slot)
        if value is None or value in CONSTANTS:
            return value
        text = spell(value)
        return int(text) if is_number else text

    return spelled


def _noise(spec: NoiseSpec, chance: random.Random) -> _Column:  # noqa: PLR0911 - one for each kind
    match spec.kind:
        case "clock":
            return lambda _, now_ms: now_ms - chance.randrange(50)
        case "counter":
            numbers = itertools.count(chance.randrange(1_000_000))
            return lambda _, __: next(numbers)
        case "measure":
            mean = chance.uniform(1, 500)
            return lambda _, __: round(chance.gauss(mean, mean / 5), 2)
        case "flag":
            share = chance.random()
            return lambda _, __: chance.random() < share
        case "code":
            return lambda _, __: chance.choice(_CODES)
        case "pin":
            return lambda _, __: f"{chance.randrange(10_000):04d}"
        case "constant":
            constant = f"op-{chance.randrange(10_000, 100_000)}"
            return lambda _, __: constant
