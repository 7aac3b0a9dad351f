"""Estates that are small enough to know by heart."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec

from benchmarks.linkage.estate import DecoyCase, EdgeCase, PlayedEstate
from benchmarks.linkage.foreign.database import Database, Reference, Row, tell
from flowaudit.estates.truth import DecoyPair, TruthEdge

TOLD_APART_S = 0.6


def rows_of(topic: str, at_s: Mapping[str, float], **more: str) -> list[Row]:
    """A row for each identifier."""
    return [Row(topic, at, {"id": name, **more}) for name, at in at_s.items()]


def orders_and_lines(count: int = 160) -> Database:
    """Each line names an order that came a tenth of a second before; notes name nobody else's."""
    chance = random.Random(7)
    orders = {_hex(chance): number * TOLD_APART_S + chance.random() / 5 for number in range(count)}
    lines = [
        Row("lines", at + 0.1 + chance.random() / 50, {"line": _hex(chance), "order": name})
        for name, at in orders.items()
    ]
    notes = rows_of("notes", {_hex(chance): number * TOLD_APART_S + chance.random() / 2 for number in range(count)})
    rows: Iterable[Row] = [*rows_of("orders", orders), *lines, *notes]
    return Database("orders and lines", tell(rows), (Reference("orders", "lines"),))


def played() -> PlayedEstate:
    """The same as an estate of the benchmark: a flow, one that left no trace, and a decoy."""
    estate = orders_and_lines().as_played()
    unseen = TruthEdge(kind="derives", source="topic:lines", target="topic:notes", hidden=False)
    decoy = DecoyPair(source="topic:notes", target="topic:orders")
    truth = msgspec.structs.replace(estate.truth, edges=(*estate.truth.edges, unseen), decoys=(decoy,))
    return replace(
        estate,
        seed=7,
        truth=truth,
        cases=(
            EdgeCase("orders", "lines", ("map", "quotes-event"), 160),
            EdgeCase("lines", "notes", ("map", "translated"), 160),
        ),
        decoys=(DecoyCase("notes", "orders", "co-activity"),),
    )


def _hex(chance: random.Random) -> str:
    return f"{chance.getrandbits(96):024x}"
