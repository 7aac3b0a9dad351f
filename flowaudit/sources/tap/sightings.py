"""Rows of sightings: made from columns, put in order, merged, and divided over shards. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from struct import Struct
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import ALIAS, SIGHTING, Preimage, SightingRun
from flowaudit.linkage.canonical import Scalar, is_identifier
from flowaudit.linkage.form_column import FormColumn
from flowaudit.linkage.ordering import order_of, packed
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.discovery import PendingToken, Record

Rows = NDArray[np.void]
_ALIAS_TAIL: Final = Struct("<QIHB")
"""How `ALIAS` lays out what follows the digest."""


@dataclass(frozen=True, slots=True)
class SpelledColumn:
    """One field of some records: canonical forms, and how they are spelled."""

    forms: FormColumn
    owners: Sequence[int] | None
    """Which record each value is of; None: one a record."""
    values: Sequence[Scalar | bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sightings:
    """Sightings of one field in some records."""

    rows: Rows
    forms: list[bytes] = field(repr=False)
    """The canonical form of each."""
    positions: list[int]
    """Which value of the column each is of."""


def sightings_of_column(
    pseudonymiser: Pseudonymiser, column: SpelledColumn, records: Sequence[Record], field: int
) -> Sightings:
    """Sightings of the sampled identifiers in a column."""
    return _sightings(pseudonymiser, column, pseudonymiser.kept(column.forms), records, field)


def rows_of_digests(pseudonymiser: Pseudonymiser, column: SpelledColumn, records: Sequence[Record], field: int) -> Rows:
    """Rows of all identifiers in a column, sampled or not."""
    return _sightings(pseudonymiser, column, np.arange(len(column.forms), dtype=np.intp), records, field).rows


def _sightings(
    pseudonymiser: Pseudonymiser, column: SpelledColumn, taken: NDArray[np.intp], records: Sequence[Record], field: int
) -> Sightings:
    forms, owners = column.forms.forms(taken), column.owners
    kept = taken.tolist()
    if not all(map(is_identifier, forms)):
        kept = [row for row, form in zip(kept, forms, strict=True) if is_identifier(form)]
        forms = list(filter(is_identifier, forms))
    found_in = [records[row] for row in (kept if owners is None else map(owners.__getitem__, kept))]
    rows = np.empty(len(kept), dtype=SIGHTING)
    rows["token"] = pseudonymiser.tokens(forms)
    rows["offset"] = [record.offset for record in found_in]
    rows["timestamp_ms"] = [record.timestamp for record in found_in]
    rows["field"] = field
    return Sightings(rows, forms, kept)


def rows_of_pending(waiting: Iterable[PendingToken], field: int) -> Rows:
    """Rows of sightings that waited for their field to be decided."""
    return np.array([(each.token, each.offset, each.timestamp_ms, field) for each in waiting], dtype=SIGHTING)


def in_offset_order(parts: Sequence[Rows]) -> bytes:
    """All rows as the bytes of one array, by offset, then field, then order of appearance."""
    if not parts:
        return b""
    rows = np.concatenate(parts)
    return rows[np.lexsort((rows["field"], rows["offset"]))].tobytes()


def in_alias_order(parts: Iterable[Rows]) -> bytes:
    """All aliases as the bytes of one array, ascending."""
    given = [part for part in parts if len(part)]
    if not given:
        return b""
    rows = np.concatenate(given)
    return rows[order_of(packed([rows[name] for name in ALIAS.names or ()]))].tobytes()


def alias_rows(digests: Iterable[bytes], token: int, period: int, field: int, preimage: int) -> list[bytes]:
    """The aliases of one plaintext, each the bytes of one entry of an `ALIAS` array; digests are tokens as bytes."""
    tail = _ALIAS_TAIL.pack(token, period, field, preimage)
    return [digest + tail for digest in digests]


def alias_bytes(aliases: Sequence[bytes]) -> bytes:
    """All aliases, as `alias_rows` gives them, as the bytes of one array, ascending."""
    return in_alias_order([np.frombuffer(b"".join(aliases), dtype=ALIAS)])


def merged_sightings(runs: Iterable[SightingRun]) -> list[SightingRun]:
    """Runs of one partition made one where they speak of the same fields in the same way."""
    grouped: dict[SightingRun, list[SightingRun]] = {}
    for run in runs:
        like = msgspec.structs.replace(run, records=0, rows=b"", digests=b"", aliases=b"")
        grouped.setdefault(like, []).append(run)
    return [
        msgspec.structs.replace(
            like,
            records=sum(run.records for run in group),
            rows=in_offset_order([run.table() for run in group if run.rows]),
            digests=in_offset_order([run.digest_table() for run in group if run.digests]),
            aliases=in_alias_order([run.alias_table() for run in group if run.aliases]),
        )
        for like, group in grouped.items()
    ]


def sharded(run: SightingRun, shards: int) -> list[SightingRun]:
    """The run divided by token, one part a shard, empty ones included: each shard learns how much was read.

    All sightings of a token are in the same shard, whatever topic and worker they come from. An alias is in the shard
    of its plaintext, and nobody else knows which that is, so every shard gets the digests. The shard of the digest's
    own token learns that it is to be counted elsewhere.
    """
    if shards == 1:
        return [run]
    table, aliases = run.table(), run.alias_table()
    shard_of = table["token"] % np.uint64(shards)
    told = [_aliases_of_shard(aliases, shards, shard) for shard in range(shards)]
    return [
        msgspec.structs.replace(run, rows=table[shard_of == shard].tobytes(), aliases=in_alias_order(told[shard]))
        for shard in range(shards)
    ]


def _aliases_of_shard(aliases: NDArray[np.void], shards: int, shard: int) -> list[NDArray[np.void]]:
    of_plaintext = aliases["token"] % np.uint64(shards) == shard
    of_digest = aliases["digest"] % np.uint64(shards) == shard
    renamed = aliases["preimage"] == Preimage.ROTATED
    moved = aliases[of_digest & ~of_plaintext & ~renamed].copy()
    moved["token"], moved["field"], moved["preimage"] = 0, 0, Preimage.ELSEWHERE
    return [aliases[of_plaintext | (of_digest & renamed)], moved]
