"""Between the parts of a topology: every reference names something, and every mistake is told with its line."""

from __future__ import annotations

import pytest

from flowaudit.topology.load import parse_topology
from tests.unit.topology.mistakes import mistakes_of

WHOLE = """\
schema: flowaudit.topology/v1
name: whole
title: Whole
purposes:
  - {name: care, title: To care}
  - {name: billing, title: To bill, compatible_with: [care]}
people:
  - {name: patients, title: Patients}
systems:
  - name: ward
    title: Ward
    match: {topics: ["ward.*"], producers: ["ward-*"], connectors: ["ward-sink"], externals: ["jdbc://*"]}
    purposes: [care]
    residency: EU
    retention_days: 30
  - {name: desk, title: Desk, purposes: [billing, care]}
data:
  - topics: ["ward.*"]
    fields: ["$.patient.*"]
    categories: [user.health_and_medical]
    people: [patients]
    purposes: [care]
    retention_days: 7
  - {topics: ["*.stays"], purposes: [billing]}
flows:
  - {from: ward, to: desk, purpose: billing, legal_basis: contract, topics: ["ward.stays"], categories: [stay]}
"""


def test_all_that_can_be_said_is_read() -> None:
    topology = parse_topology(WHOLE)
    ward, desk = topology.systems
    assert (ward.residency, ward.retention_days, ward.purposes) == ("EU", 30, ("care",))
    assert (ward.match.producers, ward.match.connectors) == (("ward-*",), ("ward-sink",))
    assert ward.match.externals == ("jdbc://*",)
    assert (desk.residency, desk.retention_days) == ("", None)
    assert topology.data[0].fields == ("$.patient.*",)
    assert topology.data[0].retention_days == 7
    assert (topology.flows[0].topics, topology.flows[0].categories) == (("ward.stays",), ("stay",))


def test_rules_about_data_add_up_by_topic() -> None:
    topology = parse_topology(WHOLE)
    assert topology.data_of_topic("ward.stays") == topology.data
    assert topology.data_of_topic("ward.beds") == topology.data[:1]
    assert topology.data_of_topic("beds") == ()


def test_data_serves_its_own_purpose_and_those_that_say_they_are_compatible() -> None:
    topology = parse_topology(WHOLE)
    assert topology.allowed_uses("care") == {"care", "billing"}
    assert topology.allowed_uses("billing") == {"billing"}


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("compatible_with: [care]", "compatible_with: [cara]", 6, "'compatible_with' names the purpose 'cara'"),
        ("    purposes: [care]\n    residency", "    purposes: [caer]\n    residency", 13, "did you mean 'care'?"),
        ("purposes: [billing, care]", "purposes: [billing, caring]", 16, "the system's 'purposes' names the purpose"),
        ("people: [patients]", "people: [patient]", 21, "did you mean 'patients'?"),
        (
            "    purposes: [care]\n    retention",
            "    purposes: [core]\n    retention",
            22,
            "the rule's 'purposes' names",
        ),
        ("purpose: billing", "purpose: biling", 26, "the flow's 'purpose' names the purpose 'biling'"),
        ("to: desk", "to: desc", 26, "did you mean 'desk'?"),
        (
            "{name: billing, title",
            "{name: care, title",
            6,
            "the purpose 'care' is declared twice; the first is on line 5",
        ),
        (
            "  - {name: patients, title: Patients}",
            "  - {name: patients, title: P}\n  - {name: patients, title: Q}",
            9,
            "category of people 'patients' is declared twice; the first is on line 8",
        ),
        ('topics: ["*.stays"]', "topics: []", 24, "the rule's 'topics' is empty"),
        ("retention_days: 30", "retention_days: -1", 15, "'retention_days' is '-1'"),
        ("retention_days: 7", "retention_days: a week", 23, "'retention_days' is 'a week'"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_way_out(right: str, wrong: str, line: int, said: str) -> None:
    assert right in WHOLE
    assert any(line == found and said in told for found, told in mistakes_of(WHOLE.replace(right, wrong)))


def test_without_a_list_of_purposes_a_flow_says_its_own_in_free_text() -> None:
    text = "schema: flowaudit.topology/v1\nname: n\ntitle: t\nsystems: [{name: a, title: A}]\n"
    flow = "flows: [{from: a, to: a, purpose: whatever it is, legal_basis: none}]\n"
    assert parse_topology(text + flow).flows[0].purpose == "whatever it is"
