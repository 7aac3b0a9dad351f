from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.topology.load import TopologyInvalid, load_topology, parse_topology
from tests.unit.topology.mistakes import mistakes_of

REFERENCE = Path(__file__).parents[3] / "topologies" / "beijing-public-housing" / "topology.yaml"
SMALL = """\
schema: flowaudit.topology/v1
name: small
title: Small
systems:
  - name: door
    title: Door
    match: {topics: ["door.*"], groups: ["door"], transactional_ids: ["door-?"]}
  - name: desk
    title: Desk
    match: {topics: ["*"]}
flows:
  - from: door
    to: desk
    purpose: opening
    legal_basis: contract
"""


def test_the_reference_topology_declares_tenancy_control_and_nothing_else() -> None:
    topology = load_topology(REFERENCE)
    assert [(flow.source, flow.target) for flow in topology.flows] == [("lock", "tenancy-control")]
    assert topology.declares("lock", "tenancy-control")
    assert not topology.declares("tenancy-control", "lock")
    assert not topology.declares("lock", "central-monitor")


def test_names_are_matched_to_systems_in_the_order_of_the_file() -> None:
    topology = parse_topology(SMALL)
    assert topology.system_of_topic("door.events") == "door"
    assert topology.system_of_topic("other") == "desk"
    assert topology.system_of_group("door") == "door"
    assert topology.system_of_group("Door") is None
    assert topology.system_of_transactional_id("door-1") == "door"
    assert topology.system_of_transactional_id("door-12") is None


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_valid_one() -> None:
    assert mistakes_of(SMALL.replace("    title: Door\n", "    titel: Door\n")) == [
        (5, "the key 'title' is missing"),
        (6, "unknown key 'titel'; did you mean 'title'?"),
    ]


def test_a_flow_that_names_a_missing_system_is_a_mistake_with_a_hint() -> None:
    assert mistakes_of(SMALL.replace("to: desk", "to: desc")) == [
        (13, "the flow's 'to' names the system 'desc', which does not exist; did you mean 'desk'?")
    ]


def test_every_mistake_is_told_at_once_as_file_and_line() -> None:
    text = (
        SMALL.replace("title: Small", "title:").replace('topics: ["*"]', "topics: all").replace("purpose", "porpoise")
    )
    with pytest.raises(TopologyInvalid) as caught:
        parse_topology(text, source="t.yaml")
    assert str(caught.value).splitlines() == [
        "t.yaml:3: 'title' is empty",
        "t.yaml:10: 'topics' must be a list, not a plain value",
        "t.yaml:12: the key 'purpose' is missing",
        "t.yaml:14: unknown key 'porpoise'; did you mean 'purpose'?",
    ]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 1, "empty"),
        ("- a\n", 1, "expected a mapping"),
        ("a: [", 1, "not valid YAML"),
        ("name: \x00", 1, "characters"),
        ("name: &a x\ntitle: *a\n", 2, "the alias *a is refused"),
        ("name: " + "[" * 40 + "]" * 40, 1, "deeper than 32"),
        ("name: x\n---\nname: y\n", 2, "second document"),
        ("name: x\nname: y\n", 2, "given twice"),
        ("? [a]\n: b\n", 1, "plain word"),
        ("# " + "x" * (1 << 20), 1, "the most that is read"),
        (SMALL.replace("topology/v1", "topology/v9"), 1, "this version reads 'flowaudit.topology/v1'"),
        (SMALL.replace("name: desk", "name: door"), 8, "declared twice; the first is on line 5"),
        (SMALL.replace('    match: {topics: ["*"]}', "    match: 3"), 10, "expected a mapping with topics"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int, part: str) -> None:
    assert any(line == found and part in said for found, said in mistakes_of(text))


def test_deep_nesting_is_refused_before_anything_recurses() -> None:
    assert mistakes_of("[" * 100_000)[0][1] == "nested deeper than 32 levels"


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(TopologyInvalid, match=r"absent\.yaml: cannot be read"):
        load_topology(tmp_path / "absent.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"name: \xff\xfe")
    with pytest.raises(TopologyInvalid, match=r"binary.yaml: not UTF-8 text \(byte 6\)"):
        load_topology(tmp_path / "binary.yaml")


@given(st.text(alphabet="abc:-[]{}*&!|>'\"\n \t#?,%@", max_size=80))
def test_no_text_gets_past_the_reader_with_another_error(text: str) -> None:
    with pytest.raises(TopologyInvalid):
        parse_topology(text)


@given(st.integers(0, len(SMALL) - 1), st.characters(codec="utf-8"))
def test_a_damaged_file_is_read_or_refused(at: int, sign: str) -> None:
    try:
        topology = parse_topology(SMALL[:at] + sign + SMALL[at + 1 :])
    except TopologyInvalid:
        return
    assert {flow.source for flow in topology.flows} <= {system.name for system in topology.systems}
