"""Rows of sightings: made from columns, put in order, merged, and divided over shards. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import SIGHTING, SightingRun
from flowaudit.linkage.canonical import is_identifier
from flowaudit.linkage.form_column import FormColumn
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.discovery import PendingToken, Record

Rows = NDArray[np.void]


def rows_of_column(
    pseudonymiser: Pseudonymiser,
    column: FormColumn,
    owners: Sequence[int] | None,
    records: Sequence[Record],
    field: int,
) -> Rows:
    """Rows of the sampled identifiers in a column; `owners` says which record each is of, None: one a record."""
    sampled = pseudonymiser.kept(column)
    forms = column.forms(sampled)
    kept = sampled.tolist()
    if not all(map(is_identifier, forms)):
        kept = [row for row, form in zip(kept, forms, strict=True) if is_identifier(form)]
        forms = list(filter(is_identifier, forms))
    found_in = [records[row] for row in (kept if owners is None else map(owners.__getitem__, kept))]
    rows = np.empty(len(kept), dtype=SIGHTING)
    rows["token"] = pseudonymiser.tokens(forms)
    rows["offset"] = [record.offset for record in found_in]
    rows["timestamp_ms"] = [record.timestamp for record in found_in]
    rows["field"] = field
    return rows


def rows_of_pending(waiting: Iterable[PendingToken], field: int) -> Rows:
    """Rows of sightings that waited for their field to be decided."""
    return np.array([(each.token, each.offset, each.timestamp_ms, field) for each in waiting], dtype=SIGHTING)


def in_offset_order(parts: Sequence[Rows]) -> bytes:
    """All rows as the bytes of one array, by offset, then field, then order of appearance."""
    if not parts:
        return b""
    rows = np.concatenate(parts)
    return rows[np.lexsort((rows["field"], rows["offset"]))].tobytes()


def merged_sightings(runs: Iterable[SightingRun]) -> list[SightingRun]:
    """Runs of one partition made one where they speak of the same fields in the same way."""
    grouped: dict[SightingRun, list[SightingRun]] = {}
    for run in runs:
        grouped.setdefault(msgspec.structs.replace(run, records=0, rows=b""), []).append(run)
    return [
        msgspec.structs.replace(
            like,
            records=sum(run.records for run in group),
            rows=in_offset_order([run.table() for run in group if run.rows]),
        )
        for like, group in grouped.items()
    ]


def sharded(run: SightingRun, shards: int) -> list[SightingRun]:
    """The run divided by token, one part a shard, empty ones included: each shard learns how much was read.

    All sightings of a token are in the same shard, whatever topic and worker they come from.
    """
    if shards == 1:
        return [run]
    table = run.table()
    shard_of = table["token"] % np.uint64(shards)
    return [msgspec.structs.replace(run, rows=table[shard_of == shard].tobytes()) for shard in range(shards)]
