"""The graph document: canonical, and picky about what it reads."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.errors import ExitCode
from flowaudit.graph.document import document_ids, dump, load
from flowaudit.graph.errors import GraphUnreadable
from flowaudit.graph.identity import NodeId, NodeKind, edge_id
from flowaudit.graph.seen import LAST_MS
from flowaudit.graph.snapshot import Node
from flowaudit.graph.times import iso_time, parse_time
from tests.unit.graph.made_facts import derived, group, snapshot_of, topic

SNAPSHOT = snapshot_of([group("central-monitor", "locks.events"), topic("größe")], derived("locks.events", "größe"))


def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(dump(SNAPSHOT))
    return read


def test_the_document_is_canonical_json() -> None:
    data = dump(SNAPSHOT)
    plain = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert data == plain.encode()
    assert document()["schema"] == "flowaudit.graph/v1"
    assert document()["window"] == {"from": "1970-01-01T00:00:01.000Z", "to": "1970-01-01T00:00:01.000Z"}
    edge = next(edge for edge in document()["edges"] if edge["kind"] == "derives")
    assert (edge["source"], edge["target"]) == ("topic:locks.events", "topic:größe")
    assert edge["lag_ms"] == {"p50": 40, "p95": 90}
    assert edge["evidence"][0]["channel"] == "linkage"


FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        FLOATS | st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(2**53) + 1, 2**53 - 1),
    )
)
def test_any_attribute_is_written_as_rfc_8785_says(values: dict[str, str | int | float]) -> None:
    node = Node(NodeId(NodeKind.TOPIC, SNAPSHOT.cluster.namespace, "t"), "", (), tuple(sorted(values.items())))
    data = dump(replace(SNAPSHOT, nodes=(node,), edges=()))
    assert data == rfc8785.dumps(json.loads(data, parse_int=float))
    assert json.loads(data, parse_int=float)["nodes"][0]["attributes"] == values


def test_keys_that_a_newer_flowaudit_adds_are_passed_over() -> None:
    newer = document() | {"signature": "x"}
    assert load(json.dumps(newer).encode(), "g.json") == SNAPSHOT


def test_a_document_in_another_order_is_read_as_the_same_graph() -> None:
    shuffled = document()
    shuffled["nodes"].reverse()
    shuffled["edges"].reverse()
    assert load(json.dumps(shuffled, indent=1).encode(), "g.json") == SNAPSHOT


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "g.json: not JSON"),
        (b"\xff\xfe", "g.json: not JSON"),
        (b'"\xff"', "g.json: not"),
        (b"[" * 100_000, "g.json: not"),
        (b"[]", "Expected `object`"),
        (b"{}", "missing required field `schema`"),
        (b'{"schema": 3}', "Expected `str`"),
        (b'{"schema": "flowaudit.graph/v9"}', "'flowaudit.graph/v9'; this command reads flowaudit.graph/v1"),
        (b'{"schema": "flowaudit.graph/v1"}', "missing required field `cluster`"),
    ],
)
def test_garbage_is_refused_in_one_line(data: bytes, says: str) -> None:
    with pytest.raises(GraphUnreadable) as refused:
        load(data, "g.json")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.exit_code is ExitCode.USAGE


def spoil(path: str, value: object) -> bytes:
    spoilt = document()
    *way, last = path.split(".")
    place: Any = spoilt
    for key in way:
        place = place[int(key)] if key.isdigit() else place[key]
    place[int(last) if last.isdigit() else last] = value
    return json.dumps(spoilt).encode()


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("edges.0.source", "topic:nowhere", "'topic:nowhere' that is not in the document"),
        ("edges.0.tier", "certain", "Invalid enum value 'certain' - at `$.edges[0].tier`"),
        ("edges.0.records", "many", "Expected `int`, got `str` - at `$.edges[0].records`"),
        ("edges.0.records", -1, "Expected `int` >= 0"),
        ("edges.0.evidence", [], "length >= 1"),
        ("edges.0.first_seen", "yesterday", "'yesterday' is not an ISO 8601 time"),
        ("edges.0.first_seen", "2026-11-22T10:00:00", "is not an ISO 8601 time with a zone"),
        ("nodes.0.id", "topic:größe", "two nodes have the id 'topic:größe'"),
        ("nodes", [], "is not in the document"),
        ("window", None, "Expected `object`, got `null`"),
    ],
)
def test_a_document_that_contradicts_itself_is_refused(path: str, value: object, says: str) -> None:
    with pytest.raises(GraphUnreadable) as refused:
        load(spoil(path, value), "g.json")
    assert says in str(refused.value)


def test_two_edges_of_one_identity_are_refused() -> None:
    twice = document()
    twice["edges"].append(twice["edges"][0])
    with pytest.raises(GraphUnreadable, match="same source, target and kind"):
        load(json.dumps(twice).encode(), "g.json")


def test_nodes_of_one_name_in_two_namespaces_stay_two() -> None:
    here, there = (Node(NodeId(NodeKind.EXTERNAL, space, "archive"), "", (), ()) for space in ("s3://a", "s3://b"))
    snapshot = replace(SNAPSHOT, nodes=(here, there), edges=())
    assert sorted(document_ids(snapshot.nodes).values()) == ["external:archive s3://a", "external:archive s3://b"]
    assert load(dump(snapshot), "g.json") == snapshot


def test_edge_ids_are_stable_and_tell_joined_names_apart() -> None:
    def topic_id(name: str) -> NodeId:
        return NodeId(NodeKind.TOPIC, "kafka://h:1", name)

    assert edge_id(topic_id("a"), topic_id("b"), "derives") == edge_id(topic_id("a"), topic_id("b"), "derives")
    assert edge_id(topic_id("a b"), topic_id("c"), "derives") != edge_id(topic_id("a"), topic_id("b c"), "derives")
    assert edge_id(topic_id("a"), topic_id("b"), "derives") == "a1ae98be2b212c8c"


@given(st.integers(0, LAST_MS))
def test_times_read_back_as_they_were(ms: int) -> None:
    assert parse_time(iso_time(ms)) == ms


@pytest.mark.parametrize(("ms", "text"), [(-5, "1970-01-01T00:00:00.000Z"), (2**62, "9999-12-31T23:59:59.999Z")])
def test_times_out_of_range_are_moved_to_the_nearer_end(ms: int, text: str) -> None:
    assert iso_time(ms) == text
