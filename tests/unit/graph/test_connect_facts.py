"""Connectors in the graph: what they touched is proven, what they promise is declared."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Channel, ConnectorSeen, Direction, External, Provenance
from flowaudit.graph.connect_facts import ConnectFacts, connector_node, external_node
from flowaudit.graph.draft import NodeDraft, group_node
from flowaudit.graph.identity import NodeKind

BUCKET = External("s3://archive", "topics")
TABLE = External("postgres://db:5432", "city.public.tenants")


def seen(at_ms: int = 1_000, connector: str = "archive", **more: Any) -> ConnectorSeen:  # noqa: ANN401
    known: dict[str, Any] = {
        "workers_group": "workers",
        "direction": Direction.SINK,
        "connector_class": "S3SinkConnector",
        "state": "RUNNING",
        "tasks": 1,
        **more,
    }
    return ConnectorSeen(Provenance(Channel.CONNECT, at_ms, f"GET /connectors/{connector}"), connector, **known)


def folded(*facts: ConnectorSeen) -> ConnectFacts:
    connect = ConnectFacts()
    for fact in facts:
        connect.add(fact)
    return connect


def edges(connect: ConnectFacts) -> set[tuple[str, str, str, str]]:
    return {(e.source.name, e.kind.value, e.target.name, e.evidence.tier.value) for e in connect.edges()}


def attributes(connect: ConnectFacts, name: str) -> dict[str, object]:
    return {
        key: value for node in connect.nodes() if node.node == connector_node(name) for key, value in node.attributes
    }


def test_a_topic_that_a_sink_touched_is_proven_and_one_that_it_only_promises_is_declared() -> None:
    connect = folded(seen(topics=("a",), promised=("a", "b"), externals=(BUCKET,)))
    assert edges(connect) == {
        ("a", "consumes", "archive", "proven"),
        ("b", "consumes", "archive", "declared"),
        ("archive", "sinks", "topics", "observed"),
    }


def test_a_connector_that_moved_nothing_yet_only_declares() -> None:
    connect = folded(seen(promised=("a",), externals=(BUCKET,), dead_letter_topic="dead"))
    assert edges(connect) == {
        ("a", "consumes", "archive", "declared"),
        ("archive", "sinks", "topics", "declared"),
        ("archive", "produces", "dead", "declared"),
    }


def test_data_of_a_source_goes_from_the_external_system_through_the_connector_to_the_topic() -> None:
    connect = folded(seen(connector="cdc", direction=Direction.SOURCE, topics=("city.tenants",), externals=(TABLE,)))
    assert edges(connect) == {
        ("city.public.tenants", "sources", "cdc", "observed"),
        ("cdc", "produces", "city.tenants", "proven"),
    }


def test_the_latest_telling_stands_for_the_configuration_and_what_was_touched_stays() -> None:
    before = seen(1_000, topics=("a",), promised=("a", "b"), externals=(BUCKET,), state="RUNNING")
    after = seen(2_000, topics=(), promised=("c",), externals=(TABLE,), state="PAUSED")
    connect = folded(after, before)
    assert edges(connect) == {
        ("a", "consumes", "archive", "proven"),
        ("archive", "sinks", "topics", "declared"),
        ("c", "consumes", "archive", "declared"),
        ("archive", "sinks", "city.public.tenants", "declared"),
    }
    assert attributes(connect, "archive")["state"] == "PAUSED"
    [touched] = [edge for edge in connect.edges() if edge.source.name == "a"]
    assert (touched.evidence.first_seen_ms, touched.evidence.last_seen_ms) == (1_000, 1_000)


def test_an_external_system_without_a_name_bears_its_namespace() -> None:
    node = external_node(External("https://score.example.org:443", ""))
    assert node == (NodeKind.EXTERNAL, "https://score.example.org:443", "https://score.example.org:443")
    assert NodeDraft(external_node(BUCKET)) in set(folded(seen(externals=(BUCKET,))).nodes())


def test_a_connector_says_what_is_known_of_it_and_nothing_empty() -> None:
    known = attributes(folded(seen(promised_regex="locks.*", workers_group="")), "archive")
    assert known == {
        "connector_class": "S3SinkConnector",
        "direction": "sink",
        "state": "RUNNING",
        "tasks": 1,
        "topic_pattern": "locks.*",
    }


def test_a_group_belongs_to_every_sink_that_reads_by_it() -> None:
    connect = folded(seen(connector="a", group="shared"), seen(connector="b", group="shared"), seen(group="connect-x"))
    assert connect.group_owners() == {
        group_node("shared"): (connector_node("a"), connector_node("b")),
        group_node("connect-x"): (connector_node("archive"),),
    }


def test_the_producer_of_an_exactly_once_task_belongs_to_its_connector() -> None:
    connect = folded(seen(connector="holiday-feed", workers_group="transit-connect", direction=Direction.SOURCE))
    assert connect.producer_owner("transit-connect-holiday-feed-0") == connector_node("holiday-feed")
    assert connect.producer_owner("transit-connect-holiday-feed") is None
    assert connect.producer_owner("connect-cluster-transit-connect") is None
    assert connect.producer_owner("other-0") is None


def test_a_transactional_id_that_two_connectors_could_have_is_nobodys() -> None:
    connect = folded(seen(connector="b-c", workers_group="a"), seen(connector="c", workers_group="a-b"))
    assert connect.producer_owner("a-b-c-0") is None


NAMES = st.sampled_from(["a", "b", "c"])
TOPICS = st.lists(NAMES, max_size=2, unique=True).map(tuple)
TELLINGS = st.builds(
    seen,
    st.integers(1, 4),
    NAMES,
    direction=st.sampled_from(Direction),
    state=st.sampled_from(["RUNNING", "PAUSED"]),
    group=st.sampled_from(["", "g", "h"]),
    topics=TOPICS,
    promised=TOPICS,
    externals=st.lists(st.sampled_from([BUCKET, TABLE]), max_size=2, unique=True).map(tuple),
    dead_letter_topic=st.sampled_from(["", "dead"]),
)


@given(st.data(), st.lists(TELLINGS, max_size=8))
def test_order_and_repetition_change_nothing(data: st.DataObject, facts: list[ConnectorSeen]) -> None:
    again = data.draw(st.permutations(facts + data.draw(st.lists(st.sampled_from(facts)) if facts else st.just([]))))
    one, other = folded(*facts), folded(*again)
    assert set(one.edges()) == set(other.edges())
    assert set(one.nodes()) == set(other.nodes())
    assert one.group_owners() == other.group_owners()


@given(st.lists(TELLINGS, max_size=5), st.lists(TELLINGS, min_size=1, max_size=3))
def test_a_copy_goes_its_own_way(facts: list[ConnectorSeen], more: list[ConnectorSeen]) -> None:
    original = folded(*facts)
    before = set(original.edges())
    twin = original.copy()
    for fact in more:
        twin.add(fact)
    assert set(original.edges()) == before
    assert set(twin.edges()) == set(folded(*facts, *more).edges())
