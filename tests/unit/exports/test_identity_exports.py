"""The identity-linkage view in every format: complete, canonical, and not to be broken out of by any name."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.exports import IDENTITY_FORMATS, FormatUnknown, render_identities
from flowaudit.facts import FieldName
from flowaudit.graph.document import dump
from flowaudit.graph.identity_view import Addition
from flowaudit.graph.snapshot import GraphSnapshot
from tests.unit.metrics.samples import START_MS, estate, identity

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
MERMAID_LINE = re.compile(
    r"""flowchart\ LR|\ \ end
    |\ \ subgraph\ s\d+\["[^"\[\](){}<>|]*"\]
    |\ {4}n\d+x\d+\["[^"\[\](){}<>|`%\\]*"\]
    |\ \ n\d+x\d+\ -->\|"[^"\[\](){}<>|`%\\]*"\|\ n\d+x\d+""",
    re.VERBOSE,
)


def rows(snapshot: GraphSnapshot) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_identities(snapshot, "csv"), newline="")))


def test_these_are_the_formats() -> None:
    assert list(IDENTITY_FORMATS) == ["json", "mermaid", "csv"]
    with pytest.raises(FormatUnknown, match="'dot'; choose one of json, mermaid, csv"):
        render_identities(estate(), "dot")


def test_json_is_the_linkage_of_the_graph_document() -> None:
    assert json.loads(render_identities(estate(), "json")) == json.loads(dump(estate()))["linkage"]


def test_csv_has_a_row_for_each_field_pair_join_and_pair_without_flow() -> None:
    found = rows(estate())
    assert [row["row"] for row in found] == ["field"] * 4 + ["shared"] * 3 + ["addition"] * 4 + ["same-people"]
    second = found[8]
    assert (second["place"], second["topic"], second["people"]) == ("2", "score.updates", "3900")
    assert second["attributes"] == "$.score; $.reason"
    assert (second["path"], second["other_topic"], second["other_path"]) == ("$.who", "locks.events", "$.subject")
    assert found[-1]["sharing"] == "human order"


def test_mermaid_draws_what_each_join_adds() -> None:
    lines = render_identities(estate(), "mermaid").splitlines()
    assert '  subgraph s1["1: about 4,100"]' in lines
    assert '  n1x0 -->|"about 3,900: score, reason"| n1x1' in lines
    assert '  n1x0 -->|"too few to tell: nothing new"| n1x3' in lines


@settings(max_examples=40, deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_no_name_breaks_out(topic: str, path: str) -> None:
    locks = FieldName("locks.events", "$.subject")
    hostile = Addition(topic, (FieldName(topic, path), locks), 20, START_MS, (path,))
    first = identity().additions[0]
    snapshot = replace(estate(), clusters=(replace(identity(), additions=(first, hostile)),))
    for line in render_identities(snapshot, "mermaid").splitlines():
        assert MERMAID_LINE.fullmatch(line), line
    assert not [cell for row in rows(snapshot) for cell in row.values() if cell.lstrip()[:1] in set("=+-@＝＋－＠")]
