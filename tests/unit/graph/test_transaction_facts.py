"""What transactions prove of readers."""

from __future__ import annotations

from flowaudit.facts import Outcome
from tests.unit.graph.made_writers import Folded, carried, ended, named


def test_offsets_that_were_committed_in_a_transaction_prove_a_reader() -> None:
    facts = [carried(3, "fare-engine", "tap.events"), carried(8, "fare-engine", "tap.events")]
    (edge,) = Folded(facts).transactions.edges()
    assert (edge.source.name, edge.target.name, edge.kind, edge.evidence.tier) == (
        "tap.events",
        "fare-engine",
        "consumes",
        "proven",
    )
    assert dict(edge.evidence.detail) == {"partitions": 1, "producer_ids": "3, 8", "producers": 2}


def test_a_transactional_id_keeps_all_its_producer_ids() -> None:
    facts = [named("tx", 3), ended("tx", 8, Outcome.ABORTED, "fares.rehearsal")]
    assert Folded(facts).transactions.ids() == {3: {"tx"}, 8: {"tx"}}


def test_each_outcome_is_kept_apart_with_its_first_and_last_time() -> None:
    facts = [
        ended("tx", 3, Outcome.COMMITTED, "fares.charged", ms=5),
        ended("tx", 3, Outcome.COMMITTED, "fares.charged", ms=2),
        ended("tx", 3, Outcome.ABORTED, "fares.rehearsal", ms=9),
    ]
    transactions = Folded(facts).transactions
    ((key, seen),) = transactions.written(Outcome.COMMITTED).items()
    assert (key, seen.first_ms, seen.last_ms) == ((3, "fares.charged"), 2, 5)
    assert transactions.written(Outcome.ABORTED).keys() == {(3, "fares.rehearsal")}
