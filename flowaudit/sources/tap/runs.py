"""What aiokafka fetched → a tapped run. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowaudit.sources.tap.audit import TappedRun
from flowaudit.sources.tap.discovery import Record
from flowaudit.sources.tap.kafka_client import DamagedBatch, RecordBatch
from flowaudit.sources.tap.plan import TapPartition


def delivered_run(partition: TapPartition, from_offset: int, next_offset: int, fetched: Sequence[Any]) -> TappedRun:
    """The run of one partition: `fetched` holds whole batches, or single records when aiokafka could not be hooked."""
    records: list[Record] = []
    damaged = tuple((item.low, item.high) for item in fetched if isinstance(item, DamagedBatch))
    if len(fetched) == 1 and isinstance(fetched[0], RecordBatch):
        records = fetched[0].records
    else:
        for item in fetched:
            if isinstance(item, RecordBatch):
                records.extend(item.records)
            elif not isinstance(item, DamagedBatch):
                records.append(item)
    return TappedRun(*partition, from_offset, next_offset, records, damaged)
