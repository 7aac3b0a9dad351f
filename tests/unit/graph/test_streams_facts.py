"""Stream processors: whose machinery a topic is, and which flows follow from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Channel, Fact, StreamsTopologySeen, Subtopology
from flowaudit.graph.streams_facts import StreamsFacts
from tests.unit.graph.made_writers import Drawn, Folded, at, group, seen

BOARD = "crowding-board"
REPARTITION, CHANGELOG = f"{BOARD}-per-station-repartition", f"{BOARD}-per-station-changelog"
TOPOLOGY = StreamsTopologySeen(
    at(Channel.OFFSETS_LOG),
    BOARD,
    (
        Subtopology("0", sources=("tap.events",), repartition_sinks=(REPARTITION,)),
        Subtopology("1", repartition_sources=(REPARTITION,), changelogs=(CHANGELOG,), sinks=("station.load",)),
    ),
)


def streams(*facts: Fact) -> StreamsFacts:
    return Folded(facts).streams


def drawn(source: str, target: str, kind: str) -> Drawn:
    return Drawn(source, target, kind, "observed", "streams-topology")


def owner_and_role(topic: str, *facts: Fact) -> tuple[str, str] | None:
    internal = streams(*facts).internal_topic(topic)
    return None if internal is None else (internal.owner, internal.role.value)


def test_a_topology_that_was_announced_is_drawn_with_its_subtopologies() -> None:
    assert Folded([TOPOLOGY]).drawn() == {
        drawn("topic:tap.events", f"group:{BOARD}", "consumes"),
        drawn(f"group:{BOARD}", f"topic:{REPARTITION}", "produces"),
        drawn(f"topic:{REPARTITION}", f"group:{BOARD}", "consumes"),
        drawn(f"group:{BOARD}", f"topic:{CHANGELOG}", "produces"),
        drawn(f"group:{BOARD}", "topic:station.load", "produces"),
    }
    details = {
        (draft.kind.value, draft.source.name, draft.target.name): dict(draft.evidence.detail)
        for draft in streams(TOPOLOGY).edges((), ())
    }
    assert details["consumes", "tap.events", BOARD] == {"subtopologies": "0"}
    assert details["produces", BOARD, CHANGELOG] == {"subtopologies": "1"}


def test_what_a_topology_announced_is_not_drawn_again_by_its_name() -> None:
    assert Folded([TOPOLOGY]).drawn({REPARTITION, CHANGELOG}) == Folded([TOPOLOGY]).drawn()


def test_a_classic_streams_application_is_known_by_its_dialect_and_its_topics_by_their_names() -> None:
    app = group("board", "tap.events", protocol="stream")
    topics = {"board-seen-changelog", "board-by-card-repartition", "tap.events", "boards-x-changelog"}
    assert Folded([app]).drawn(topics) == {
        drawn("group:board", "topic:board-seen-changelog", "produces"),
        drawn("group:board", "topic:board-by-card-repartition", "produces"),
        drawn("topic:board-by-card-repartition", "group:board", "consumes"),
    }
    roles = {draft.node.name: dict(draft.attributes) for draft in streams(app).nodes(topics)}
    assert roles == {
        "board-seen-changelog": {"owner": "board", "role": "changelog"},
        "board-by-card-repartition": {"owner": "board", "role": "repartition"},
    }


def test_a_streams_application_that_is_down_is_still_one() -> None:
    facts = [group("board", "tap.events", protocol="stream"), group("board", protocol="")]
    assert owner_and_role("board-seen-changelog", *facts) == ("board", "changelog")


def test_the_longest_name_of_a_group_owns_the_topic() -> None:
    facts = [group("board", protocol="stream"), group("board-v2", protocol="stream"), group("board-v2-x")]
    assert owner_and_role("board-v2-x-changelog", *facts) == ("board-v2", "changelog")
    assert owner_and_role("board-v2-x-seen-changelog", *facts) == ("board-v2", "changelog")


@pytest.mark.parametrize(
    "topic", ["board-changelog", "board-repartition", "other-seen-changelog", "board", "board-seen"]
)
def test_a_name_that_only_resembles_is_nobodys(topic: str) -> None:
    assert owner_and_role(topic, group("board", protocol="stream")) is None


def test_a_plain_group_owns_no_topic_by_name_but_for_names_that_kafka_streams_makes() -> None:
    plain = group("board", "tap.events")
    assert owner_and_role("board-seen-changelog", plain) is None
    generated = "board-KSTREAM-AGGREGATE-STATE-STORE-0000000003-changelog"
    assert owner_and_role(generated, plain) == ("board", "changelog")
    assert owner_and_role("board-KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-0000000014-topic", plain) == (
        "board",
        "repartition",
    )


def test_a_faust_table_is_the_applications_when_it_holds_records() -> None:
    topics = {"roster-__assignor-__leader", "roster-shifts-changelog", "roster-empty-changelog"}
    app = group("roster", "shifts", *topics, protocol="faust")
    assert Folded([app]).drawn(topics, {"roster-shifts-changelog"}) == {
        drawn("group:roster", "topic:roster-shifts-changelog", "produces")
    }
    roles = {draft.node.name: dict(draft.attributes)["role"] for draft in streams(app).nodes(topics)}
    assert roles == {
        "roster-__assignor-__leader": "assignor-leader",
        "roster-shifts-changelog": "changelog",
        "roster-empty-changelog": "changelog",
    }


def test_a_changelog_that_a_faust_application_does_not_ask_for_is_not_its_own() -> None:
    app = group("roster", "shifts", "roster-__assignor-__leader")
    assert owner_and_role("roster-other-changelog", app) is None


def test_the_producer_id_on_a_changelog_proves_it() -> None:
    folded = Folded([TOPOLOGY, seen(4, CHANGELOG), seen(4, "station.load")])
    assert Drawn(f"group:{BOARD}", "topic:station.load", "produces", "proven", "producer-id") in folded.drawn()
    assert Drawn(f"group:{BOARD}", f"topic:{CHANGELOG}", "produces", "proven", "producer-id") in folded.drawn()


_GROUPS = st.sampled_from(["board", "board-v2", "roster"])
_FACTS = st.lists(
    st.one_of(
        st.builds(
            lambda name, topics, protocol: group(name, *topics, protocol=protocol),
            _GROUPS,
            st.lists(st.sampled_from(["tap.events", "roster-__assignor-__leader", "roster-a-changelog"]), max_size=2),
            st.sampled_from(["stream", "faust", "range", ""]),
        ),
        st.just(TOPOLOGY),
    ),
    max_size=8,
)


@given(_FACTS, st.data())
def test_facts_in_any_order_and_told_again_give_the_same(facts: list[Fact], data: st.DataObject) -> None:
    again = data.draw(st.permutations([*facts, *facts[:3]]))
    topics = {"board-v2-a-changelog", "board-b-repartition", "roster-a-changelog", REPARTITION}
    assert Folded(facts).drawn(topics, topics) == Folded(again).drawn(topics, topics)
