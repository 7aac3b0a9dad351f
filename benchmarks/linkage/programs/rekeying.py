"""Programs that replace who somebody is by a surrogate of their own."""

from __future__ import annotations

import random

from benchmarks.linkage.estate import Operation
from benchmarks.linkage.kinds import Minter
from benchmarks.linkage.programs.behaviour import Incoming, Outgoing, Untimed, Writer

_TOLD_AGAIN = 0.03


class Rekey(Untimed):
    """Gives everybody a surrogate, passes records on under it, and tells each surrogate once, now and then again."""

    def __init__(self, operation: Operation, writer: Writer, mapping: Writer, chance: random.Random) -> None:
        self._operation = operation
        self._writer = writer
        self._mapping = mapping
        self._minter = Minter("surrogate", chance)
        self._chance = chance
        self._surrogates: dict[str, str] = {}

    def react(self, record: Incoming, now_ms: int) -> list[Outgoing]:
        """The record under the surrogate, and the surrogate itself when it is new."""
        value = record.fields.get(self._operation.by)
        if value is None:
            return []
        is_new = value not in self._surrogates
        if is_new:
            self._surrogates[value] = self._minter.mint(now_ms)
        known = record.fields | {self._operation.slot: self._surrogates[value]}
        written = [self._writer.write(known, now_ms, (record.topic,))]
        if is_new or self._chance.random() < _TOLD_AGAIN:
            written.append(self._mapping.write(known, now_ms, (record.topic,)))
        return written
