"""Headers in the graph: dead letters are proven, traces choose parents, and the order of facts does not matter."""

from __future__ import annotations

from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Carrier, Channel, DeadLettered, OriginNamed, Provenance, SchemaUsed, TracesShared
from flowaudit.graph.header_facts import HeaderFacts

AnyFact = DeadLettered | OriginNamed | TracesShared | SchemaUsed


def at(ms: int = 1_000) -> Provenance:
    return Provenance(Channel.HEADERS, ms, "orders-0 @ 7")


def shared(upstream: str, downstream: str, traces: int = 100, back: int = 0, ms: int = 1_000) -> TracesShared:
    return TracesShared(at(ms), upstream, downstream, traces, back, traces + back)


def folded(*facts: AnyFact) -> HeaderFacts:
    headers = HeaderFacts()
    for fact in facts:
        if isinstance(fact, DeadLettered):
            headers.add_dead_letter(fact)
        elif isinstance(fact, OriginNamed):
            headers.add_origin(fact)
        elif isinstance(fact, SchemaUsed):
            headers.add_schema(fact)
        else:
            headers.add_traces(fact)
    return headers


def derived(*facts: TracesShared) -> set[tuple[str, str, str, str]]:
    """(upstream, downstream, tier, alternates)"""
    return {
        (edge.source.name, edge.target.name, edge.evidence.tier.value, "".join(edge.alternates))
        for edge in folded(*facts).edges()
    }


def chain(topics: str, traces: int = 100) -> list[TracesShared]:
    return [shared(one, other, traces) for one, other in combinations(topics, 2)]


def test_a_dead_letter_is_two_proven_edges() -> None:
    facts = folded(DeadLettered(at(), "orders", "dlq", Carrier.CONNECTOR, "archive"))
    assert {(e.source, e.kind.value, e.target, e.evidence.tier.value, e.evidence.channel) for e in facts.edges()} == {
        (("topic", "orders", ""), "consumes", ("connector", "archive", ""), "proven", Channel.HEADERS),
        (("connector", "archive", ""), "produces", ("topic", "dlq", ""), "proven", Channel.HEADERS),
    }


def test_a_group_of_a_dead_letter_is_a_group_node() -> None:
    facts = folded(DeadLettered(at(), "orders", "dlq", Carrier.GROUP, "billing"))
    assert {(edge.source.kind.value, edge.target.kind.value) for edge in facts.edges()} == {
        ("topic", "group"),
        ("group", "topic"),
    }


def test_two_topics_of_the_same_traces_are_an_observed_edge() -> None:
    assert derived(shared("a", "b")) == {("a", "b", "observed", "")}


def test_a_chain_is_drawn_link_by_link_and_says_that_it_may_be_a_fan_out() -> None:
    assert derived(*chain("abcd")) == {
        ("a", "b", "observed", ""),
        ("b", "c", "probable", "a"),
        ("c", "d", "probable", "ab"),
    }


def test_a_chain_is_certain_where_its_middle_has_traces_of_its_own() -> None:
    facts = [shared("a", "b", 50), shared("b", "c", 100), shared("a", "c", 50)]
    assert derived(*facts) == {("a", "b", "observed", ""), ("b", "c", "observed", "")}


def test_siblings_of_a_fan_out_that_overtake_one_another_are_not_drawn() -> None:
    facts = [shared("a", "b"), shared("a", "c"), shared("b", "c", 60, back=40)]
    assert derived(*facts) == {("a", "b", "observed", ""), ("a", "c", "observed", "")}


def test_a_fan_in_of_different_traces_has_two_parents() -> None:
    assert derived(shared("a", "c", 30), shared("b", "c", 70)) == {
        ("a", "c", "observed", ""),
        ("b", "c", "observed", ""),
    }


def test_two_branches_explain_together_what_comes_before_both() -> None:
    facts = [shared("a", "b", 50), shared("a", "c", 50), shared("b", "d", 50), shared("c", "d", 50), shared("a", "d")]
    assert {(upstream, downstream) for upstream, downstream, _, _ in derived(*facts)} == {
        ("a", "b"),
        ("a", "c"),
        ("b", "d"),
        ("c", "d"),
    }


def test_a_way_past_the_middle_is_drawn() -> None:
    facts = [shared("a", "b", 20), shared("b", "c", 20), shared("a", "c", 100)]
    assert ("a", "c", "observed", "") in derived(*facts)


def test_pairs_without_an_order_and_too_few_traces_are_not_drawn() -> None:
    assert derived(shared("a", "b", 50, back=50), shared("c", "d", 2)) == set()
    assert derived(shared("a", "b", 10, back=90)) == {("b", "a", "observed", "")}


def test_both_directions_of_a_pair_are_held_against_each_other_whoever_told_them() -> None:
    assert derived(shared("a", "b", 50), shared("b", "a", 48)) == set()


def test_origins_and_schemas_are_attributes_of_the_topic() -> None:
    facts = folded(
        OriginNamed(at(), "orders", "cloudevents", "/shop"),
        SchemaUsed(at(), "orders", "value", "17", "orders-value"),
        SchemaUsed(at(), "orders", "value", "17"),
        SchemaUsed(at(), "orders", "key", "3"),
    )
    attributes = {key: value for node in facts.nodes() for key, value in node.attributes}
    assert attributes == {
        "origin": "cloudevents /shop",
        "value_schema": "17",
        "value_subject": "orders-value",
        "key_schema": "3",
    }


def test_what_is_held_of_a_topic_is_bounded() -> None:
    many = [OriginNamed(at(), "orders", "cloudevents", f"/{number:03}") for number in range(100)]
    ((_, ((_, origin),)),) = ((node.node, node.attributes) for node in folded(*many).nodes())
    assert origin == "cloudevents /000, cloudevents /001, cloudevents /002, cloudevents /003 and 28 more"


TOPICS = st.sampled_from("abcd")
TIMES = st.integers(0, 10)
FACTS = st.one_of(
    st.builds(shared, TOPICS, TOPICS, st.integers(0, 20), st.integers(0, 20), TIMES),
    st.builds(
        lambda ms, topic, dlq, name: DeadLettered(at(ms), topic, dlq, Carrier.GROUP, name),
        TIMES,
        TOPICS,
        TOPICS,
        TOPICS,
    ),
    st.builds(
        lambda ms, topic, number: OriginNamed(at(ms), topic, "cloudevents", f"/{number}"),
        TIMES,
        TOPICS,
        st.integers(0, 60),
    ),
    st.builds(
        lambda ms, topic, part, number: SchemaUsed(at(ms), topic, part, str(number)),
        TIMES,
        TOPICS,
        st.sampled_from(["key", "value"]),
        st.integers(0, 60),
    ),
)


@given(st.lists(FACTS, max_size=60), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_gives_the_same(facts: list[AnyFact], random: Random) -> None:
    shuffled = [*facts, *facts[: len(facts) // 2]]
    random.shuffle(shuffled)
    one, other = folded(*facts), folded(*shuffled)
    assert set(one.edges()) == set(other.edges())
    assert set(one.nodes()) == set(other.nodes())


@given(st.lists(st.builds(shared, TOPICS, TOPICS, st.integers(3, 20)), max_size=20))
def test_every_topic_with_something_before_it_has_a_parent(facts: list[TracesShared]) -> None:
    headers = folded(*facts)
    pairs = {(f.upstream, f.downstream) for f in facts if f.upstream != f.downstream}
    ordered = {(up, down) for up, down in pairs if (down, up) not in pairs}
    drawn = {edge.target.name for edge in headers.edges()}
    assert {down for _, down in ordered} <= drawn


def test_a_copy_goes_its_own_way() -> None:
    first = folded(*chain("ab"), DeadLettered(at(), "a", "dlq", Carrier.GROUP, "g"))
    before = set(first.edges())
    twin = first.copy()
    twin.add_traces(shared("b", "z"))
    twin.add_dead_letter(DeadLettered(at(), "a", "dlq", Carrier.GROUP, "h"))
    assert set(first.edges()) == before
    assert set(twin.edges()) > before
