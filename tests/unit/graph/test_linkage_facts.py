"""What the graph keeps of linkage until it concludes."""

from __future__ import annotations

import msgspec

from flowaudit.facts import ROW, Channel, FieldPair, IdentifierKind, PairObserved, RowsObserved
from flowaudit.graph.linkage_facts import LinkageFacts
from flowaudit.linkage.sums import PairKey, sum_pairs
from tests.unit.graph.made_facts import provenance

SEEN = provenance(Channel.LINKAGE)
PAIR = PairObserved(
    SEEN, "a", "b", IdentifierKind.INSTANCE, 0, 0, (0, 3), (1,), (), 5, 9, (FieldPair("$.own", "$.from", 3),)
)
ROWS = RowsObserved(SEEN, "b", 0, 0, ("$.from",), ("a", "b"), 7, bytes(ROW.itemsize), b"")


def test_every_distinct_fact_of_a_pair_counts_once_here_and_in_linkage() -> None:
    facts = [
        PAIR,
        msgspec.structs.replace(PAIR, bucket_ms=60_000, first_ms=61_000, last_ms=62_000),
        msgspec.structs.replace(PAIR, shard=1),
        msgspec.structs.replace(PAIR, provenance=provenance(Channel.LINKAGE, 2_000)),
        PAIR,
    ]
    held = LinkageFacts()
    for fact in facts:
        held.add_pair(fact)
    (merged,) = held.inputs()
    assert isinstance(merged, PairObserved)
    assert (merged.preceding, merged.following, merged.fields[0].sightings) == ((0, 12), (4,), 12)
    for told in (facts, facts[::-1], [merged]):
        ((key, pair),) = sum_pairs(told).items()
        assert key == PairKey("a", "b", IdentifierKind.INSTANCE)
        assert (pair.preceding[1], pair.preceding.sum(), pair.following[0], pair.shifted.sum()) == (12, 12, 4, 0)
        assert (pair.first_ms, pair.last_ms, dict(pair.fields)) == (5, 62_000, {("$.own", "$.from"): 12})


def test_rows_are_kept_and_a_fact_without_rows_is_not() -> None:
    held = LinkageFacts()
    held.add_rows(ROWS)
    held.add_rows(msgspec.structs.replace(ROWS, provenance=provenance(Channel.LINKAGE, 2_000), rows=b""))
    held.add_rows(msgspec.structs.replace(ROWS, bucket_ms=60_000, rows=b""))
    assert list(held.inputs()) == [ROWS]
