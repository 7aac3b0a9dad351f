"""Programs that answer each record by itself: map, filter, union, fan-out, digest."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence

from benchmarks.linkage.estate import Fields, Operation, kind_of
from benchmarks.linkage.programs.behaviour import Incoming, Outgoing, Untimed, Writer
from benchmarks.linkage.spelling import digest, spell

_BUCKETS = 10_000


class Forward(Untimed):
    """Passes on the records that it selects: by chance, or (with `by`) always those of the same people."""

    def __init__(self, operation: Operation, writers: Sequence[Writer], chance: random.Random) -> None:
        self._operation = operation
        self._writers = writers
        self._chance = chance
        self._salt = chance.randrange(1 << 30)

    def react(self, record: Incoming, now_ms: int) -> list[Outgoing]:
        """The record, if it is selected, to all outputs or to one."""
        if not self._selects(record.fields):
            return []
        writers = [self._chance.choice(self._writers)] if self._operation.splits else self._writers
        known = self._known(record.fields)
        return [writer.write(known, now_ms, (record.topic,)) for writer in writers]

    def _selects(self, fields: Fields) -> bool:
        operation = self._operation
        if operation.kind == "digest":
            return operation.by in fields
        if not operation.by:
            return operation.share >= 1 or self._chance.random() < operation.share
        return zlib.crc32(f"{self._salt}{fields.get(operation.by)}".encode()) % _BUCKETS < operation.share * _BUCKETS

    def _known(self, fields: Fields) -> Fields:
        operation = self._operation
        if operation.kind != "digest":
            return fields
        text = spell(kind_of(operation.by), operation.style, fields[operation.by])
        return fields | {operation.slot: digest(operation.algorithm, text)}
