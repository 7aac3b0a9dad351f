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
from benchmarks.linkage.spelling import spell, unspell

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

    def encode(self, fields: Mapping[str, str], now_ms: int) -> Encoded:
        """The record that says `fields`. Slots that are missing are left out."""
        topic = self._topic
        key = _spelled(topic.key, fields) if topic.key else None
        headers: tuple[tuple[str, bytes], ...] = ()
        if topic.header is not None and (value := _spelled(topic.header[1], fields)) is not None:
            headers = ((topic.header[0], str(value).encode()),)
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
    if len(field.parts) == 1:
        part = field.parts[0]
        return lambda fields, _: _spelled(part, fields)

    def joined(fields: Mapping[str, str], _: int) -> Scalar | None:
        texts = [_spelled(part, fields) for part in field.parts]
        return None if None in texts else field.joint.join(str(text) for text in texts)

    return joined


def _spelled(part: Spelled, fields: Mapping[str, str]) -> Scalar | None:
    value = fields.get(part.slot)
    if value is None:
        return None
    text = spell(part.kind, part.style, value)
    return int(text) if part.style == "int" and text.isdigit() else text


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
