"""Same facts, in any order, any batching, any repetition: the same document, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.facts import Fact
from flowaudit.graph.document import dump, load
from flowaudit.graph.document_schema import json_schema, schema_text
from flowaudit.graph.fold import GraphFold
from tests.unit.graph.made_facts import CLUSTER, FACTS, conclude

VALIDATOR = jsonschema.Draft202012Validator(json_schema(), format_checker=jsonschema.FormatChecker())
SCHEMA_FILE = Path(__file__).parents[3] / "docs" / "graph-v1.schema.json"


def document_of(facts: list[Fact]) -> bytes:
    folding = GraphFold(CLUSTER, inference=conclude)
    folding.add_all(facts)
    return dump(folding.snapshot())


@settings(max_examples=120, deadline=None)
@given(st.data(), st.lists(FACTS, max_size=20))
def test_order_batching_and_repetition_change_nothing(data: st.DataObject, facts: list[Fact]) -> None:
    expected = document_of(facts)
    repeated = data.draw(st.permutations(facts + data.draw(st.lists(st.sampled_from(facts)) if facts else st.just([]))))
    batched = GraphFold(CLUSTER, inference=conclude)
    for fact in repeated:
        batched.add(fact)
        if data.draw(st.booleans()):
            batched.snapshot()
    assert dump(batched.snapshot()) == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(FACTS, max_size=15), st.lists(FACTS, max_size=15))
def test_extra_facts_count_for_one_snapshot_only(facts: list[Fact], extra: list[Fact]) -> None:
    folding = GraphFold(CLUSTER, inference=conclude)
    folding.add_all(facts)
    before = dump(folding.snapshot())
    assert dump(folding.snapshot(extra_facts=extra)) == document_of(facts + extra)
    assert dump(folding.snapshot()) == before


@settings(max_examples=50, deadline=None)
@given(st.lists(FACTS, max_size=25))
def test_every_document_is_valid_and_reads_back_as_it_was(facts: list[Fact]) -> None:
    folding = GraphFold(CLUSTER, inference=conclude)
    folding.add_all(facts)
    snapshot = folding.snapshot()
    data = dump(snapshot)
    VALIDATOR.validate(json.loads(data))
    assert load(data, "graph.json") == snapshot
    assert dump(load(data, "graph.json")) == data


def test_the_schema_in_the_docs_is_the_one_of_the_code() -> None:
    advice = "write flowaudit.graph.document_schema.schema_text() to docs/graph-v1.schema.json"
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), advice
