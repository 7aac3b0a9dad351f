from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from flowaudit.facts import Channel, Fact, GroupSeen, OffsetCommitted, ProducerSeen, Provenance
from flowaudit.linkage.derived import DerivedEdge, Grade
from flowaudit.linkage.infer import infer
from flowaudit.linkage.settings import LinkageSettings
from tests.unit.linkage.made_runs import START_MS, Sighting, chain, runs, window_of
from tests.unit.linkage.worlds import make_world, runs_of

PROVENANCE = Provenance(Channel.COMMITTED_OFFSETS, START_MS, "made for a test")


def drawn(sightings: list[Sighting], *facts: Fact) -> dict[tuple[str, str], DerivedEdge]:
    edges = infer([*window_of(runs(sightings)).provisional(), *facts]).edges
    return {(edge.upstream, edge.downstream): edge for edge in edges}


def reads(group: str, *topics: str) -> list[Fact]:
    return [OffsetCommitted(PROVENANCE, group, topic, 0, 5) for topic in topics]


def fan_out(count: int, lags_ms: dict[str, tuple[int, int]], seed: int = 0) -> list[Sighting]:
    """Topic `a` mints events; each other topic quotes them after its own lag (from, spread) and mints its own."""
    rng = np.random.default_rng(seed)
    made = [Sighting("a", n, 500 * n, n, "$.own") for n in range(count)]
    for number, (topic, (lag, spread)) in enumerate(lags_ms.items()):
        for n in range(count):
            at = 500 * n + lag + int(rng.integers(0, spread + 1))
            made.append(Sighting(topic, n, at, n, "$.from"))
            made.append(Sighting(topic, n, at, 10_000_000 * (number + 1) + n, "$.own"))
    return made


def people(topic: str, ats: list[int], whom: list[int]) -> list[Sighting]:
    return [
        Sighting(topic, n, at, person, "$.person", instance=False)
        for n, (at, person) in enumerate(zip(ats, whom, strict=True))
    ]


def test_a_chain_is_drawn_hop_by_hop_and_no_hop_is_skipped() -> None:
    edges = drawn(chain(200, [40, 300, 90]))
    assert set(edges) == {("a", "b"), ("b", "c"), ("c", "d")}
    assert {edge.grade for edge in edges.values()} == {Grade.CONFIRMED}


def test_an_edge_says_what_it_rests_on() -> None:
    edge = drawn(chain(200, [40], jitter_ms=4))["a", "b"]
    assert (edge.sightings, edge.coverage) == (200, 1.0)
    assert 38 <= edge.lag_p50_ms <= 50
    assert edge.lag_p50_ms <= edge.lag_p95_ms <= 52
    assert edge.lag_entropy_bits < 1
    assert edge.q_value < 1e-9
    assert START_MS + 40 <= edge.first_ms <= START_MS + 48
    assert [(f.upstream_path, f.downstream_path, f.sightings) for f in edge.fields] == [("$.own", "$.from", 200)]
    assert (edge.alternates, edge.reason) == ((), "")


def test_siblings_that_quote_the_same_event_are_not_linked_to_each_other() -> None:
    edges = drawn(fan_out(200, {"quick": (20, 10), "slow": (300, 200), "slower": (900, 300)}))
    assert set(edges) == {("a", "quick"), ("a", "slow"), ("a", "slower")}


def test_siblings_without_names_of_their_own_are_told_by_timing() -> None:
    made = [s for s in fan_out(300, {"one": (20, 200), "two": (400, 200)}) if s.topic == "a" or s.field == "$.from"]
    assert set(drawn(made)) == {("a", "one"), ("a", "two")}


def test_an_intermediate_that_hands_events_on_is_the_parent() -> None:
    rng = np.random.default_rng(1)
    made = []
    for n in range(300):
        first = 500 * n
        second = first + 50 + int(rng.integers(0, 200))
        third = second + 30 + int(rng.integers(0, 60))
        for topic, at in (("a", first), ("b", second), ("c", third)):
            made.append(Sighting(topic, n, at, n, "$.event"))
    assert set(drawn(made)) == {("a", "b"), ("b", "c")}


def test_one_wrong_clock_does_not_take_an_edge_away() -> None:
    made = chain(199, [40])
    tomorrow = 86_400_000
    made += [Sighting("a", 199, tomorrow, 7, "$.own"), Sighting("b", 199, tomorrow + 40, 7, "$.from")]
    assert set(drawn(made)) == {("a", "b")}


def test_a_parent_that_was_only_seen_at_the_beginning_is_none() -> None:
    made = chain(200, [40])
    beginning = [s for s in made if s.topic == "b" or s.at_ms < 12_000]
    assert set(drawn(made)) == {("a", "b")}
    assert drawn(beginning) == {}


def test_a_join_has_two_parents() -> None:
    rng = np.random.default_rng(2)
    made = []
    for n in range(200):
        door, face = 500 * n, 500 * n + 100 + int(rng.integers(0, 100))
        both = face + 40 + int(rng.integers(0, 30))
        made += [Sighting("door", n, door, n, "$.own"), Sighting("face", n, face, 50_000 + n, "$.own")]
        made += [Sighting("both", n, both, n, "$.door"), Sighting("both", n, both, 50_000 + n, "$.face")]
    assert set(drawn(made)) == {("door", "both"), ("face", "both")}


def test_a_thin_feedback_into_the_source_is_found_and_its_direction_kept() -> None:
    made = chain(400, [60, 80])
    # `c` decides; twelve later events of `a` name the decision, one decision in two events.
    orders = [s for s in made if s.topic == "c" and s.field == "$.own"]
    for number in range(12):
        event = next(s for s in made if s.topic == "a" and s.offset == 200 + 10 * number)
        made.append(Sighting("a", event.offset, event.at_ms, orders[100 + number // 2].token, "$.on_order_of"))
    edges = drawn(made)
    assert set(edges) == {("a", "b"), ("b", "c"), ("c", "a")}
    assert edges["c", "a"].grade is Grade.PROBABLE
    assert edges["c", "a"].sightings == 12


def test_people_who_follow_at_the_pace_of_a_program_are_a_flow() -> None:
    rng = np.random.default_rng(3)
    whom = rng.integers(0, 300, 900).tolist()
    ats = np.sort(rng.integers(0, 70_000, 900)).tolist()
    made = people("a", ats, whom) + people("b", [at + 80 + int(rng.integers(0, 40)) for at in ats], whom)
    edges = drawn(made)
    assert set(edges) == {("a", "b")}
    assert edges["a", "b"].grade is Grade.PROBABLE
    assert 80 <= edges["a", "b"].lag_p50_ms <= 120


def test_people_who_follow_at_their_own_pace_are_none() -> None:
    rng = np.random.default_rng(4)
    whom = rng.integers(0, 300, 900).tolist()
    ats = np.sort(rng.integers(0, 70_000, 900)).tolist()
    later = [at + int(rng.lognormal(9, 0.9)) for at in ats]
    assert drawn(people("a", ats, whom) + people("b", later, whom)) == {}


def test_people_who_are_read_out_on_a_common_tick_are_none() -> None:
    rng = np.random.default_rng(5)
    whom = [person for _ in range(7) for person in range(120)]
    ats = [10_000 * tick for tick in range(7) for _ in range(120)]
    jitter = rng.integers(0, 300, (2, len(ats)))
    one, other = ([at + int(j) for at, j in zip(ats, row, strict=True)] for row in jitter)
    assert drawn(people("a", one, whom) + people("b", other, whom)) == {}


def test_a_topic_that_nobody_reads_has_no_children_when_another_explains_them() -> None:
    made = [s for s in fan_out(300, {"one": (20, 5), "two": (400, 200)}) if s.topic == "a" or s.field == "$.from"]
    # Without names of their own and with a quick sibling, timing alone is helpless; the cluster knows.
    assert set(drawn(made, *reads("g", "a"))) == {("a", "one"), ("a", "two")}


def test_a_hidden_reader_is_named_and_no_ancestor_takes_its_place() -> None:
    """The ancestor has all that the child has: it is not for want of explaining that it is no parent."""
    rng = np.random.default_rng(1)
    made = []
    for n in range(300):
        passed = 500 * n + 50 + int(rng.integers(0, 200))
        for topic, at in (("a", 500 * n), ("b", passed), ("c", passed + 30 + int(rng.integers(0, 60)))):
            made.append(Sighting(topic, n, at, n, "$.event"))
    edges = drawn(made, *reads("g", "a"), *reads("other", "a"))
    assert edges.keys() == {("a", "b"), ("b", "c")}
    assert edges["a", "b"].grade is Grade.CONFIRMED
    assert edges["b", "c"].grade is Grade.PROBABLE
    assert edges["b", "c"].reason.startswith("no consumer group reads the upstream topic")


def test_what_topics_that_somebody_reads_leave_unexplained_has_a_hidden_reader() -> None:
    """Half of the child's events come from a topic that a group reads, half from one that nobody is known to read."""
    made = [replace(s, topic="hidden") if s.topic == "a" and s.offset % 2 else s for s in chain(400, [40])]
    edges = drawn(made, *reads("g", "a"))
    assert edges.keys() == {("a", "b"), ("hidden", "b")}
    assert edges["hidden", "b"].reason.startswith("no consumer group reads the upstream topic")


def test_one_group_explains_one_writer() -> None:
    rng = np.random.default_rng(6)
    made = []
    # `b` copies events of `a` almost at once; `c` quotes the event long after: a's or b's?
    for n in range(200):
        late = 500 * n + 2000 + int(rng.integers(0, 3000))
        for topic, at in (("a", 500 * n), ("b", 500 * n + 4 + n % 2), ("c", late)):
            made.append(Sighting(topic, n, at, n, "$.event"))
    from_b = drawn(made, *reads("copier", "a"), *reads("reporter", "b"))
    from_a = drawn(made, *reads("copier", "a"), *reads("reporter", "a"), *reads("other", "b"))
    assert ("b", "c") in from_b
    assert ("a", "c") not in from_b
    assert ("a", "b") in from_a


def test_facts_in_any_order_and_told_twice_give_the_same_edges() -> None:
    world = make_world(2)
    facts = [*window_of(runs_of(world)).provisional(), *world.metadata()]
    expected = infer(facts).edges
    assert len(expected) > 3
    for seed in range(5):
        again = [*facts, *random.Random(seed).sample(facts, len(facts) // 2)]
        random.Random(seed).shuffle(again)
        assert infer(again).edges == expected


def test_closed_and_provisional_facts_together_are_the_whole() -> None:
    settings = LinkageSettings(window_ms=10_000, bucket_ms=5_000)
    window = window_of(runs(chain(200, [40, 90])), settings=settings)
    edges = infer([*window.close(START_MS + 60_000), *window.provisional()]).edges
    assert {(e.upstream, e.downstream, e.grade) for e in edges} == {
        ("a", "b", Grade.CONFIRMED),
        ("b", "c", Grade.CONFIRMED),
    }
    assert edges[0].sightings == 200


def test_nothing_comes_of_nothing() -> None:
    assert infer([]).edges == ()
    assert infer(reads("g", "a")).edges == ()
    assert drawn(chain(3, [40])) == {}


def test_groups_and_producers_without_linkage_draw_nothing() -> None:
    group = GroupSeen(PROVENANCE, "g", "classic", "consumer", "Stable", 1, ("a",), ("a",))
    assert infer([group, ProducerSeen(PROVENANCE, "b", 0, 7, 0, 1, START_MS)]).edges == ()


def test_who_looks_a_name_up_is_a_child_of_the_table_too() -> None:
    """Events carry one name; the table, written long before, has both; the child and its own child use the other."""
    rng = np.random.default_rng(5)
    made = []
    for person in range(300):
        made += [Sighting("table", person, 100 * person, name, path, instance=False) for path, name in names_of(person)]
    ats = np.sort(rng.integers(60_000, 200_000, 1_500)).tolist()
    whom = rng.integers(0, 300, 1_500).tolist()
    made += people("events", ats, whom)
    asked = [at + 90 + int(rng.integers(0, 30)) for at in ats]
    made += people("child", asked, [10_000 + person for person in whom])
    made += people("grandchild", [at + 60 + int(rng.integers(0, 30)) for at in asked], [10_000 + n for n in whom])
    edges = drawn(made)
    assert {("events", "child"), ("table", "child"), ("child", "grandchild")} <= set(edges)
    assert ("table", "grandchild") not in edges


def names_of(person: int) -> list[tuple[str, int]]:
    return [("$.person", person), ("$.alias", 10_000 + person)]


def test_a_table_that_is_corrected_while_it_is_asked_is_a_parent_by_the_names_that_only_it_has() -> None:
    """No roll: it names people again. No delay: who is asked for comes when he likes."""
    rng = np.random.default_rng(13)
    made = []
    written = [(100 * person, person) for person in range(300)]
    written += [(int(at), int(rng.integers(0, 300))) for at in rng.integers(60_000, 200_000, 150)]
    for n, (at, person) in enumerate(written):
        made += [Sighting("table", n, at, name, path, instance=False) for path, name in names_of(person)]
    ats = np.sort(rng.integers(60_000, 200_000, 1_500)).tolist()
    whom = rng.integers(0, 300, 1_500).tolist()
    made += people("events", ats, whom)
    made += people("child", [at + 90 + int(rng.integers(0, 30)) for at in ats], [10_000 + person for person in whom])
    assert {("events", "child"), ("table", "child")} <= set(drawn(made))


@pytest.mark.parametrize(("called", "opened"), [(400, 600), (600, 400)])
def test_a_union_has_the_source_whose_records_quote_nothing(called: int, opened: int) -> None:
    """Whether most of its records quote an event or few do: those that never could have another source."""
    rng = np.random.default_rng(6)
    whom = rng.integers(0, 300, opened).tolist()
    ats = np.sort(rng.integers(0, 100_000, opened)).tolist()
    made = [Sighting("calls", n, 250 * n, 50_000 + n, "$.own") for n in range(called)]
    made += people("doors", ats, whom)
    made += [Sighting("all", n, 250 * n + 40 + int(rng.integers(0, 30)), 50_000 + n, "$.call") for n in range(called)]
    made += [
        Sighting("all", 10_000 + n, at + 50 + int(rng.integers(0, 30)), person, "$.person", instance=False)
        for n, (at, person) in enumerate(zip(ats, whom, strict=True))
    ]
    # The same people elsewhere, so that no name of theirs says by itself where it is from.
    made += people("trains", np.sort(rng.integers(0, 100_000, 600)).tolist(), rng.integers(0, 300, 600).tolist())
    assert set(drawn(made)) == {("calls", "all"), ("doors", "all")}


def test_whose_people_set_the_moment_at_which_a_remembered_event_is_passed_on_is_a_parent() -> None:
    """A stateful join: whoever comes to a door is told of his latest order, given long before."""
    rng = np.random.default_rng(12)
    made, latest = [], dict[int, int]()
    happened = sorted(
        (int(at), bool(n % 2), int(rng.integers(0, 80))) for n, at in enumerate(rng.integers(0, 200_000, 2_000))
    )
    for n, (at, is_order, person) in enumerate(happened):
        where = "orders" if is_order else "doors"
        made.append(Sighting(where, n, at, 9_000 + person, "$.person", instance=False))
        if is_order:
            latest[person] = n
            made.append(Sighting("orders", n, at, 50_000 + n, "$.order"))
        elif person in latest:
            told_at = at + 50 + int(rng.integers(0, 30))
            made.append(Sighting("told", n, told_at, 50_000 + latest[person], "$.order"))
            made.append(Sighting("told", n, told_at, 9_000 + person, "$.person", instance=False))
    assert set(drawn(made)) == {("orders", "told"), ("doors", "told")}


def test_of_an_ancestor_and_its_filter_the_filter_is_the_parent() -> None:
    """Timing is of no use: the filter takes no time. But all of it comes out, and a fifth of the ancestor."""
    rng = np.random.default_rng(7)
    made = [Sighting("all", n, 200 * n, n, "$.own") for n in range(1_500)]
    for n in range(0, 1_500, 5):
        made.append(Sighting("some", n, 200 * n + 3, n, "$.from"))
        made.append(Sighting("child", n, 200 * n + 300 + int(rng.integers(0, 400)), n, "$.from"))
    assert set(drawn(made)) == {("all", "some"), ("some", "child")}


def test_what_a_window_left_over_was_not_its_parent() -> None:
    """Every ten seconds all people since the last time; the ancestor was 400 ms earlier, and so left over at times."""
    rng = np.random.default_rng(8)
    ats = np.sort(rng.integers(0, 200_000, 3_000)).tolist()
    whom = rng.integers(0, 1_500, 3_000).tolist()
    relayed = [at + 300 + int(rng.integers(0, 200)) for at in ats]
    made = people("source", ats, whom) + people("relay", relayed, whom)
    due = [(at // 10_000 + 1) * 10_000 + 5 for at in relayed]
    made += people("window", [at + n % 40 for n, at in enumerate(due)], whom)
    edges = drawn(made)
    assert set(edges) == {("source", "relay"), ("relay", "window")}
    assert edges["relay", "window"].alternates == ()


def test_a_join_of_two_topics_of_one_chain_is_known_by_what_its_program_reads() -> None:
    rng = np.random.default_rng(9)
    made = chain(300, [60])
    for n in range(300):
        at = 500 * n + 150 + int(rng.integers(0, 40))
        made += [Sighting("joined", n, at, 1_000_000 + n, "$.event"), Sighting("joined", n, at, 2_000_000 + n, "$.b")]
    made = [*made, *(Sighting("b", s.offset, s.at_ms, s.token, "$.event") for s in made if s.topic == "b")]
    alone = set(drawn(made))
    known = set(drawn(made, *reads("joiner", "a", "b"), *writes(7, "joined"), *reads("relay", "a"), *writes(8, "b")))
    assert ("b", "joined") in alone
    assert known == {("a", "b"), ("a", "joined"), ("b", "joined")}


def writes(producer_id: int, topic: str) -> list[Fact]:
    return [ProducerSeen(PROVENANCE, topic, 0, producer_id, 0, 5, START_MS)]


def test_orders_that_a_busy_device_answers_at_once_are_a_flow_though_they_are_few() -> None:
    rng = np.random.default_rng(10)
    ats = np.sort(rng.integers(0, 200_000, 2_000)).tolist()
    whom = rng.integers(0, 300, 2_000).tolist()
    ordered_ats = np.sort(rng.integers(0, 200_000, 100)).tolist()
    ordered = rng.integers(0, 300, 100).tolist()
    answers = [(at + 60, person) for at, person in zip(ordered_ats, ordered, strict=True)]
    seen = sorted([*zip(ats, whom, strict=True), *answers])
    made = people("orders", ordered_ats, ordered)
    made += people("trains", np.sort(rng.integers(0, 200_000, 3_000)).tolist(), rng.integers(0, 300, 3_000).tolist())
    made += people("doors", [at for at, _ in seen], [person for _, person in seen])
    edges = drawn(made)
    assert set(edges) == {("orders", "doors")}
    assert edges["orders", "doors"].coverage < 0.1


def test_both_sides_of_a_join_on_people_are_known_by_what_its_program_reads() -> None:
    rng = np.random.default_rng(11)
    ats = np.sort(rng.integers(0, 200_000, 1_000)).tolist()
    whom = rng.integers(0, 300, 1_000).tolist()
    relayed = [at + 30 + int(rng.integers(0, 20)) for at in ats]
    made = people("a", ats, whom) + people("b", relayed, whom)
    made += people("joined", [at + 40 + int(rng.integers(0, 20)) for at in relayed], whom)
    programs = (*reads("joiner", "a", "b"), *writes(7, "joined"), *reads("relay", "a"), *writes(8, "b"))
    assert set(drawn(made)) == {("a", "b"), ("b", "joined")}
    assert set(drawn(made, *programs)) == {("a", "b"), ("a", "joined"), ("b", "joined")}
