from __future__ import annotations

from flowaudit.facts import Channel, DataDeclared, FlowDeclared, SystemDeclared, decode_fact, encode_fact
from flowaudit.sources.declared import declared_facts
from flowaudit.topology.load import parse_topology
from tests.unit.topology.test_checks import WHOLE


def test_all_that_matching_and_judging_need_is_told() -> None:
    facts = declared_facts(parse_topology(WHOLE), 7)
    assert {(fact.provenance.channel, fact.provenance.observed_ms) for fact in facts} == {(Channel.DECLARED, 7)}
    ward, desk = (fact for fact in facts if isinstance(fact, SystemDeclared))
    assert (ward.order, ward.topics, ward.producers) == (0, ("ward.*",), ("ward-*",))
    assert (ward.connectors, ward.externals) == (("ward-sink",), ("jdbc://*",))
    assert (desk.order, desk.topics) == (1, ())
    (flow,) = (fact for fact in facts if isinstance(fact, FlowDeclared))
    assert (flow.upstream, flow.downstream, flow.topics, flow.categories) == (
        "ward",
        "desk",
        ("ward.stays",),
        ("stay",),
    )
    fields, stays = (fact for fact in facts if isinstance(fact, DataDeclared))
    assert (fields.fields, fields.people, fields.purposes, fields.retention_days) == (
        ("$.patient.*",),
        ("patients",),
        ("care",),
        7,
    )
    assert (stays.topics, stays.retention_days) == (("*.stays",), -1)
    assert [decode_fact(encode_fact(fact)) for fact in facts] == facts


def test_a_flow_bears_the_title_of_its_purpose_or_its_own_words() -> None:
    (flow,) = (fact for fact in declared_facts(parse_topology(WHOLE), 7) if isinstance(fact, FlowDeclared))
    assert flow.purpose == "To bill"
