"""What aiokafka fetched → a tapped run. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowaudit.sources.tap.audit import TappedRun
from flowaudit.sources.tap.kafka_client import DamagedBatch, RecordBatch
from flowaudit.sources.tap.plan import TapPartition


def delivered_run(partition: TapPartition, from_offset: int, next_offset: int, fetched: Sequence[Any]) -> TappedRun:
    """The run of one partition: `fetched` holds whole batches, or single records when aiokafka could not be hooked.

    Single records do not say whether they were written in a transaction.
    """
    batches = [_batch(item) for item in fetched if not isinstance(item, DamagedBatch)]
    last = next((each for each in reversed(batches) if each.records), RecordBatch([]))
    return TappedRun(
        *partition,
        from_offset,
        next_offset,
        batches[0].records if len(batches) == 1 else [record for each in batches for record in each.records],
        tuple((item.low, item.high) for item in fetched if isinstance(item, DamagedBatch)),
        is_append_time=last.is_append_time,
        is_transactional=last.is_transactional,
    )


def _batch(item: Any) -> RecordBatch:  # noqa: ANN401 (the library ships no types)
    return item if isinstance(item, RecordBatch) else RecordBatch([item], bool(item.timestamp_type))
