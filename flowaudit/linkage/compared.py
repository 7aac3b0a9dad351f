"""Which fields of digests are of plaintexts that were seen, and which of none: what is told of them, and how often.

A digest that is salted, keyed (an HMAC), or of a value that no topic shows, is met by no alias. Where plaintexts were
seen beside it, that nothing at all is met says so of the field as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import DigestsCompared, FieldName
from flowaudit.linkage.aliases import first_alias
from flowaudit.linkage.columns import Named
from flowaudit.linkage.pairs import Stamp


@dataclass(frozen=True, slots=True)
class ComparedDigests:
    """Fields of digests in a stretch of event time, sorted."""

    resolved: tuple[FieldName, ...]
    unresolved: tuple[FieldName, ...]
    share: float
    """Of the sampled plaintexts, the share (0-1) that memory had room for."""


def compared_digests(digests: Named, aliases: NDArray[np.void], share: float) -> ComparedDigests:
    """Compare digests with the aliases of plaintexts, here or in another shard; as `Aliases.between` gives them."""
    rows, topics, paths = digests
    place = rows["topic"].astype(np.int64) * max(len(paths), 1) + rows["field"]
    places, number = np.unique(place, return_inverse=True)
    met = np.bincount(number[first_alias(rows, aliases) >= 0], minlength=len(places)) > 0
    names = [FieldName(topics[where // len(paths)], paths[where % len(paths)]) for where in places.tolist()]
    return ComparedDigests(
        resolved=tuple(sorted(name for name, is_met in zip(names, met, strict=True) if is_met)),
        unresolved=tuple(sorted(name for name, is_met in zip(names, met, strict=True) if not is_met)),
        share=share,
    )


def digest_facts(compared: ComparedDigests | None, stamp: Stamp, run_theta: float) -> list[DigestsCompared]:
    """The comparison as a fact; none where nothing was compared, unless that is for want of memory."""
    if compared is None or not (compared.resolved or compared.unresolved or compared.share < 1.0):
        return []
    return [
        DigestsCompared(
            provenance=stamp.provenance,
            bucket_ms=stamp.bucket_ms,
            shard=stamp.shard,
            share=run_theta * compared.share,
            resolved=compared.resolved,
            unresolved=compared.unresolved,
            kept=compared.share,
        )
    ]


class DigestThinning:
    """Remembers what was told of fields, and leaves it out of what is told next."""

    def __init__(self) -> None:
        self._told: dict[tuple[FieldName, bool], float] = {}
        self._kept = 1.0

    def thin(self, fact: DigestsCompared) -> DigestsCompared | None:
        """The fact with what no earlier one says; None when that is nothing."""
        resolved = tuple(field for field in fact.resolved if self._is_new(field, 0.0, is_resolved=True))
        unresolved = tuple(field for field in fact.unresolved if self._is_new(field, fact.share, is_resolved=False))
        is_less, self._kept = fact.kept < self._kept, min(fact.kept, self._kept)
        if not (resolved or unresolved or is_less):
            return None
        return msgspec.structs.replace(fact, resolved=resolved, unresolved=unresolved)

    def _is_new(self, field: FieldName, share: float, *, is_resolved: bool) -> bool:
        before = self._told.get((field, is_resolved))
        self._told[field, is_resolved] = share if before is None else min(before, share)
        return before is None or share < before
