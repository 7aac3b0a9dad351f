"""Accounting: every offset of a run in exactly one class, and contiguous runs merged. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from flowaudit.facts import OffsetClass, RunAudited, Segment
from flowaudit.sources.tap.discovery import Record


def segments_of(
    offsets: range,
    records: Sequence[Record],
    quarantined: Iterable[tuple[int, int]],
    holes: OffsetClass = OffsetClass.INVISIBLE,
) -> tuple[Segment, ...]:
    """Segments that cover `offsets`: records are audited, `quarantined` ranges are quarantined, the rest are `holes`.

    Records are in offset order and inside the range; quarantined ranges `[low, high)` may name records, or offsets
    without records.
    """
    marks: list[tuple[int, int, OffsetClass]] = []
    bad = sorted(quarantined)
    for low, high in _contiguous(records):
        marks.extend(_around(low, high, bad))
    marks.extend((low, high, OffsetClass.QUARANTINED) for low, high in bad)
    return tuple(_filled(offsets, sorted(marks), holes))


def _contiguous(records: Sequence[Record]) -> list[tuple[int, int]]:
    """Ranges of offsets without holes."""
    if not records:
        return []
    first, last = records[0].offset, records[-1].offset
    if last - first + 1 == len(records):
        return [(first, last + 1)]
    offsets = np.fromiter((record.offset for record in records), np.int64, len(records))
    breaks = np.flatnonzero(np.diff(offsets) != 1)
    lows = [first, *offsets[breaks + 1].tolist()]
    highs = [*(offsets[breaks] + 1).tolist(), last + 1]
    return list(zip(lows, highs, strict=True))


def _around(low: int, high: int, bad: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int, OffsetClass]]:
    """The audited parts of a range: what no bad range covers."""
    for bad_low, bad_high in bad:
        if bad_high <= low or bad_low >= high:
            continue
        if low < bad_low:
            yield (low, bad_low, OffsetClass.AUDITED)
        low = max(low, bad_high)
    if low < high:
        yield (low, high, OffsetClass.AUDITED)


def _filled(offsets: range, marks: Sequence[tuple[int, int, OffsetClass]], holes: OffsetClass) -> Iterable[Segment]:
    """Marks joined where they touch, and the holes between them."""
    joined: list[Segment] = []
    position = offsets.start
    for low, high, offset_class in [*marks, (offsets.stop, offsets.stop, holes)]:
        if low > position:
            _append(joined, position, low, holes)
        if high > low:
            _append(joined, low, high, offset_class)
        position = max(position, high)
    return joined


def _append(joined: list[Segment], low: int, high: int, offset_class: OffsetClass) -> None:
    if joined and joined[-1].offset_class is offset_class and joined[-1].high == low:
        low = joined.pop().low
    joined.append(Segment(low, high, offset_class))


def merged(runs: Iterable[RunAudited]) -> list[RunAudited]:
    """Runs in the order given, contiguous ones of a partition made one. Their sums and ends are kept."""
    result: list[RunAudited] = []
    latest: dict[tuple[str, str, int], int] = {}
    for run in runs:
        partition = (run.topic, run.topic_id, run.partition)
        index = latest.get(partition)
        if index is not None and result[index].high == run.low:
            result[index] = _joined(result[index], run)
        else:
            latest[partition] = len(result)
            result.append(run)
    return result


def _joined(before: RunAudited, after: RunAudited) -> RunAudited:
    joined = list(before.segments)
    for segment in after.segments:
        _append(joined, segment.low, segment.high, segment.offset_class)
    latest = after if after.last_timestamp_ms >= 0 else before
    return msgspec.structs.replace(
        before,
        provenance=max(before.provenance, after.provenance, key=lambda provenance: provenance.observed_ms),
        segments=tuple(joined),
        first_timestamp_ms=before.first_timestamp_ms if before.first_timestamp_ms >= 0 else after.first_timestamp_ms,
        last_timestamp_ms=latest.last_timestamp_ms,
        value_bytes=before.value_bytes + after.value_bytes,
        tombstones=before.tombstones + after.tombstones,
        clock_ms=after.clock_ms,
        is_append_time=latest.is_append_time,
        is_transactional=latest.is_transactional,
    )
