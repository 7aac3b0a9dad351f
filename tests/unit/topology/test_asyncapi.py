"""AsyncAPI 3.0 documents as drafts of a topology."""

from __future__ import annotations

import pytest

from flowaudit.topology.asyncapi import draft_of
from flowaudit.topology.asyncapi_document import AsyncApiDocument, AsyncApiInvalid
from flowaudit.topology.draft import draft_text
from flowaudit.topology.load import parse_topology
from flowaudit.topology.model import Topology

LOCK = """\
asyncapi: 3.0.0
info: {title: Door locks, version: 1.0.0}
servers:
  city: {host: "broker:9092", protocol: kafka}
  panel: {host: "panel:1883", protocol: mqtt}
channels:
  events: {address: locks.events, messages: {opened: {payload: {type: object}}}}
  orders: {$ref: "#/components/channels/orders"}
  panel: {address: panel/1, servers: [{$ref: "#/servers/panel"}]}
  replies: {address: null}
  perCity: {address: "locks.{city}.faults", bindings: {kafka: {partitions: 3}}}
operations:
  opened: {action: send, channel: {$ref: "#/channels/events"}}
  failed: {action: send, channel: {$ref: "#/channels/perCity"}, reply: {channel: {$ref: "#/channels/replies"}}}
  ordered:
    action: receive
    channel: {$ref: "#/channels/orders"}
    bindings: {kafka: {groupId: {type: string, enum: [lock-gateway]}, clientId: {type: string, const: lock}}}
  shown: {action: send, channel: {$ref: "#/channels/panel"}}
components:
  channels:
    orders: {address: unused, bindings: {kafka: {topic: curfew.orders}}}
"""
SCORE = """\
asyncapi: 3.0.0
info: {title: Citizen score, version: 1.0.0}
channels:
  doors: {address: locks.events}
  orders: {address: curfew.orders}
operations:
  read: {action: receive, channel: {$ref: "#/channels/doors"}}
  write: {action: send, channel: {$ref: "#/channels/orders"}}
"""


def drafted(*texts: str) -> tuple[Topology, str]:
    text = draft_text(draft_of([AsyncApiDocument(one, f"{at}.yaml") for at, one in enumerate(texts)]))
    return parse_topology(text), text


def test_an_application_is_a_system_with_what_it_sends_to_and_flows_from_what_it_receives() -> None:
    topology, _ = drafted(LOCK)
    lock, sender = topology.systems
    assert (lock.name, lock.title) == ("door-locks", "Door locks")
    assert lock.match.topics == ("locks.events", "locks.*.faults")
    assert (lock.match.groups, lock.match.producers) == (("lock-gateway",), ("lock",))
    assert (sender.name, sender.match.topics) == ("curfew.orders", ("curfew.orders",))
    assert [(flow.source, flow.target) for flow in topology.flows] == [("curfew.orders", "door-locks")]


def test_several_documents_meet_in_their_topics() -> None:
    topology, text = drafted(LOCK, SCORE)
    assert [system.name for system in topology.systems] == ["door-locks", "citizen-score"]
    assert {(flow.source, flow.target) for flow in topology.flows} == {
        ("citizen-score", "door-locks"),
        ("door-locks", "citizen-score"),
    }
    assert "# No consumer group is named" in text


def test_two_applications_of_one_name_stay_two_and_the_second_sender_flows_to_the_first() -> None:
    topology, _ = drafted(SCORE, SCORE)
    assert [system.name for system in topology.systems[:2]] == ["citizen-score", "citizen-score-2"]
    assert ("citizen-score-2", "citizen-score") in {(flow.source, flow.target) for flow in topology.flows}


def test_what_is_not_read_is_named() -> None:
    _, text = drafted(LOCK)
    for told in (
        "channel 'panel': its servers do not speak Kafka",
        "channel 'replies': it has no address",
        "operation 'failed': 'reply' is not read",
    ):
        assert f"# - 0.yaml: {told}" in text


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("asyncapi: 3.0.0", "asyncapi: 2.6.0", "'asyncapi' is '2.6.0'"),
        ("asyncapi: 3.0.0\n", "", "it has no key 'asyncapi'"),
        ('"#/channels/doors"', '"#/channels/dors"', "#/operations/read/channel refers to '#/channels/dors', which"),
        ('"#/channels/doors"', '"other.yaml#/channels/doors"', "outside of the document"),
        ('channel: {$ref: "#/channels/doors"}', "channel: {address: x}", "names nothing under 'channels'"),
        ("doors: {address: locks.events}", 'doors: {$ref: "#/channels/doors"}', "refers to itself"),
        ("doors: {address: locks.events}", "doors: here", "#/channels/doors must be a mapping"),
        ("channels:\n", "channels: [\n", "not valid YAML"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(right: str, wrong: str, said: str) -> None:
    assert right in SCORE
    with pytest.raises(AsyncApiInvalid) as caught:
        drafted(SCORE.replace(right, wrong))
    assert said in str(caught.value)
