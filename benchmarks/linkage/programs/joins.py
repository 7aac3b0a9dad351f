"""Programs that bring two topics together: within a short time, or against a table with a long memory."""

from __future__ import annotations

from benchmarks.linkage.estate import Fields, Operation
from benchmarks.linkage.programs.behaviour import Incoming, Outgoing, Untimed, Writer


class Join(Untimed):
    """Joins records of two topics by a slot, if they are read within some time of each other. Each is joined once."""

    def __init__(self, operation: Operation, writer: Writer) -> None:
        self._by = operation.by
        self._within_ms = operation.within_ms
        self._writer = writer
        self._waiting: dict[str, tuple[int, Incoming]] = {}

    def react(self, record: Incoming, now_ms: int) -> list[Outgoing]:
        """The two together, if the other one was there."""
        value = record.fields.get(self._by)
        if value is None:
            return []
        read_ms, other = self._waiting.get(value, (0, record))
        if other.topic == record.topic or now_ms - read_ms > self._within_ms:
            self._waiting[value] = (now_ms, record)
            return []
        del self._waiting[value]
        return [self._writer.write(other.fields | record.fields, now_ms, (other.topic, record.topic))]


class TableJoin(Untimed):
    """Adds to each record what a table last said about the same value. Side tables and mappings are such tables."""

    def __init__(self, operation: Operation, writer: Writer) -> None:
        self._operation = operation
        self._writer = writer
        self._table: dict[str, Fields] = {}

    def react(self, record: Incoming, now_ms: int) -> list[Outgoing]:
        """Nothing for the table's own records; else the record with what is known."""
        value = record.fields.get(self._operation.by)
        if record.topic == self._operation.table:
            if value is not None:
                self._table[value] = record.fields
            return []
        row = None if value is None else self._table.get(value)
        if row is not None:
            return [self._writer.write(row | record.fields, now_ms, (record.topic, self._operation.table))]
        return [self._writer.write(record.fields, now_ms, (record.topic,))] if self._operation.keeps_unmatched else []
