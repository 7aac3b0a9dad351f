"""Avro schemas: which ones may be read with, and what their logical types become. Pure.

fastavro reads in C, without a limit of depth and without a doubt about a block's count: a recursive schema lets a
megabyte overflow the stack, which ends the process, and an array of nulls says in ten bytes that it has a trillion
elements. Both need a schema that allows it, so the schema is what is looked at, once: it may not contain itself, and
what stands in an array or a map takes a byte at least, and no more parts than a few times its bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

import fastavro
import orjson
from fastavro.read import LOGICAL_READERS

from flowaudit.sources.tap.formats.port import Reason, Undecodable

_MOST_PARTS: Final = 10_000
_MOST_PARTS_A_BYTE: Final = 4
_MOST_SCHEMA_DEPTH: Final = 64
_MOST_DECIMAL_BYTES: Final = 64
_SIZES: Final = {"boolean": 1, "int": 1, "long": 1, "float": 4, "double": 8, "bytes": 1, "string": 1, "null": 0}
_OWN: Final = "flowaudit-"
_KEPT: Final = frozenset(
    {
        *("bytes-decimal", "fixed-decimal", "fixed-uuid", "int-date", "int-time-millis", "long-time-micros"),
        *("long-timestamp-millis", "long-timestamp-micros", "long-timestamp-nanos"),
        *("long-local-timestamp-millis", "long-local-timestamp-micros", "long-local-timestamp-nanos"),
    }
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_A_SECOND_HAS: Final = {"millis": 1_000, "micros": 1_000_000, "nanos": 1_000_000_000}


class _Cost(NamedTuple):
    """What one value of a schema takes: bytes at least, and parts at most that cost no byte of their own."""

    least_bytes: int
    parts: int


def usable_schema(text: str, named: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 (what fastavro makes of it)
    """The schema as fastavro takes it, with logical types that never fail on what a value holds.

    `named` are types that were defined before (references), and takes up those that this one defines.

    Raises:
        Undecodable: `schema-unreadable`, `schema-recursive`, `schema-unsafe`.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        # A schema that is one bare word: `string` where JSON wants `"string"`.
        document = text.strip()
    return usable_document(document, named)


def usable_document(document: object, named: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
    """The same for a schema that is parsed already."""
    known: dict[str, Any] = {} if named is None else named
    try:
        own = _own(document, 0)
        parsed = fastavro.parse_schema(own, named_schemas=known)
        _Weigher(known).weigh(parsed, ())
    except Undecodable:
        raise
    except Exception:  # noqa: BLE001 (the library raises its own errors, and those of what it calls)
        raise Undecodable(Reason.SCHEMA_UNREADABLE) from None
    _register_readers()
    return parsed


def _own(schema: Any, depth: int) -> Any:  # noqa: ANN401
    """The schema with our names for the logical types that mean something here, and without the others."""
    if depth > _MOST_SCHEMA_DEPTH:
        raise Undecodable(Reason.SCHEMA_UNSAFE)
    if isinstance(schema, list):
        return [_own(each, depth + 1) for each in schema]
    if not isinstance(schema, dict):
        return schema
    own = {name: part for name, part in schema.items() if name not in ("default", "doc", "aliases", "logicalType")}
    for name in ("type", "items", "values", "fields"):
        if name in own:
            own[name] = _own(own[name], depth + 1)
    logical, kind = schema.get("logicalType"), schema.get("type")
    if isinstance(kind, str) and isinstance(logical, str) and f"{kind}-{logical}" in _KEPT:
        own["logicalType"] = _OWN + logical
    return own


class _Weigher:
    """Says what a value of a schema may cost, and refuses what may cost without end."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self._named = named
        self._known: dict[str, _Cost] = {}

    def weigh(self, schema: Any, within: tuple[str, ...]) -> _Cost:  # noqa: ANN401
        """The cost; `within` are the named types that contain this one."""
        if isinstance(schema, list):
            return self._union([self.weigh(each, within) for each in schema])
        if isinstance(schema, str):
            if schema in _SIZES:
                return _Cost(_SIZES[schema], 1)
            return self._named_type(schema, within)
        return self._complex(schema, within)

    def _complex(self, schema: Mapping[str, Any], within: tuple[str, ...]) -> _Cost:
        kind = schema["type"]
        if kind in ("record", "error"):
            return self._named_type(schema["name"], within)
        if kind == "fixed":
            return _Cost(int(schema["size"]), 1)
        if kind == "enum":
            return _Cost(1, 1)
        if kind in ("array", "map"):
            self._refuse_free(self.weigh(schema["items" if kind == "array" else "values"], within), kind)
            return _Cost(1, 1)
        return self.weigh(kind, within)

    def _named_type(self, name: str, within: tuple[str, ...]) -> _Cost:
        if name in within:
            raise Undecodable(Reason.SCHEMA_RECURSIVE)
        if name not in self._known:
            schema = self._named[name]
            if schema["type"] in ("record", "error"):
                costs = [self.weigh(each["type"], (*within, name)) for each in schema["fields"]]
                self._known[name] = self._within_bounds(
                    _Cost(sum(cost.least_bytes for cost in costs), 1 + sum(cost.parts for cost in costs))
                )
            else:
                self._known[name] = self._complex(schema, within)
        return self._known[name]

    def _union(self, branches: list[_Cost]) -> _Cost:
        least = min((branch.least_bytes for branch in branches), default=0)
        return self._within_bounds(_Cost(1 + least, 1 + max((branch.parts for branch in branches), default=0)))

    @staticmethod
    def _within_bounds(cost: _Cost) -> _Cost:
        if cost.parts > _MOST_PARTS:
            raise Undecodable(Reason.SCHEMA_UNSAFE)
        return cost

    @staticmethod
    def _refuse_free(element: _Cost, kind: str) -> None:
        least_bytes = element.least_bytes + (kind == "map")
        if least_bytes == 0 or element.parts > _MOST_PARTS_A_BYTE * max(least_bytes, 4):
            raise Undecodable(Reason.SCHEMA_UNSAFE)


def _register_readers() -> None:
    """Fastavro's own way to read logical types of one's own; the names are ours, so nobody else's are changed."""
    if f"fixed-{_OWN}uuid" in LOGICAL_READERS:
        return
    for kind in ("bytes", "fixed"):
        LOGICAL_READERS[f"{kind}-{_OWN}decimal"] = _decimal
    LOGICAL_READERS[f"int-{_OWN}date"] = _date
    for name, unit in (("time-millis", "millis"), ("time-micros", "micros")):
        LOGICAL_READERS[f"{'int' if unit == 'millis' else 'long'}-{_OWN}{name}"] = _clock(_A_SECOND_HAS[unit])
    for unit, parts in _A_SECOND_HAS.items():
        for prefix in ("", "local-"):
            LOGICAL_READERS[f"long-{_OWN}{prefix}timestamp-{unit}"] = _clock(parts)
    LOGICAL_READERS[f"fixed-{_OWN}uuid"] = _uuid


def _decimal(data: Any, schema: Any = None, *_: object) -> object:  # noqa: ANN401
    if not isinstance(data, bytes) or len(data) > _MOST_DECIMAL_BYTES:
        return data
    scale = schema.get("scale", 0) if isinstance(schema, dict) else 0
    unscaled = int.from_bytes(data, signed=True)
    if not scale:
        return unscaled
    return str(Decimal(unscaled).scaleb(-scale)) if type(scale) is int and 0 < scale < 100 else None


def _date(days: Any, *_: object) -> object:  # noqa: ANN401
    return _moment(days * 86_400)[:10] if type(days) is int else None


def _clock(parts_a_second: int) -> Any:  # noqa: ANN401
    def read(value: Any, *_: object) -> object:  # noqa: ANN401
        return _moment(value // parts_a_second) if type(value) is int else None

    return read


def _moment(seconds: int) -> str:
    """A moment as text, to the second: it is shown to be a clock, and never used. What no calendar has is the epoch."""
    if abs(seconds) > 10**11:
        seconds = 0
    try:
        return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    except OverflowError:
        return _EPOCH.strftime("%Y-%m-%dT%H:%M:%S")


def _uuid(data: Any, *_: object) -> object:  # noqa: ANN401
    return str(UUID(bytes=data)) if isinstance(data, bytes) and len(data) == 16 else data
