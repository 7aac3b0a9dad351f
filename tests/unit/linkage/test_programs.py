"""What is known of programs settles what records cannot, and every edge says what it would be without."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from flowaudit.facts import Fact
from flowaudit.linkage.derived import DerivedEdge, Grade
from flowaudit.linkage.infer import infer
from flowaudit.linkage.readers import Programs, Writer
from tests.unit.linkage.made_runs import Sighting, runs, window_of
from tests.unit.linkage.worlds import make_world, runs_of


def readers(**topics: str) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((name, frozenset(names.split())) for name, names in sorted(topics.items()))


def writer(*topics: str, groups: str = "", likely: str = "", by: str = "") -> Writer:
    return Writer(frozenset(topics), tuple(groups.split()), tuple(likely.split()), tuple(by.split()))


@cache
def copied() -> tuple[Fact, ...]:
    """`b` copies the events of `a` almost at once; `c` names them long after: who can say whether a's or b's?"""
    rng = np.random.default_rng(6)
    made = []
    for n in range(200):
        late = 500 * n + 2000 + int(rng.integers(0, 3000))
        for topic, at in (("a", 500 * n), ("b", 500 * n + 4 + n % 2), ("c", late)):
            made.append(Sighting(topic, n, at, n, "$.event"))
    return tuple(window_of(runs(made)).provisional())


@cache
def joined() -> tuple[Fact, ...]:
    """Two independent sources, and `u` into which one program each writes all that it reads; `a` has a copy, `b`."""
    rng = np.random.default_rng(7)
    made = []
    for n in range(200):
        late = 500 * n + 2000 + int(rng.integers(0, 3000))
        for topic, at in (("a", 500 * n), ("b", 500 * n + 4 + n % 2), ("u", late)):
            made.append(Sighting(topic, 2 * n, at, n, "$.event"))
        for topic, at in (("x", 500 * n + 100), ("u", 500 * n + 150 + int(rng.integers(0, 40)))):
            made.append(Sighting(topic, 2 * n + 1, at, 10_000 + n, "$.event"))
    return tuple(window_of(runs(made)).provisional())


@cache
def relayed(*, answered: bool) -> tuple[Fact, ...]:
    """`b` passes on the events of `a`, and `c` those of `b`; `answered`: `d` at once those of `a`."""
    rng = np.random.default_rng(8)
    made = []
    for n in range(300):
        at_b = 500 * n + int(rng.integers(60, 800))
        topics = {"a": 500 * n, "b": at_b, "c": at_b + int(rng.integers(30, 60))}
        if answered:
            topics["d"] = 500 * n + int(rng.integers(10, 20))
        made += [Sighting(topic, n, at, n, "$.event") for topic, at in topics.items()]
    return tuple(window_of(runs(made)).provisional())


def concluded(facts: tuple[Fact, ...], programs: Programs) -> dict[str, DerivedEdge]:
    return {f"{edge.upstream}→{edge.downstream}": edge for edge in infer(facts, programs).edges}


BOTH = readers(copier="a", counter="a", lister="b")


def test_records_alone_cannot_say() -> None:
    alone = concluded(copied(), Programs())
    (parent,) = (edge for edge in alone.values() if edge.downstream == "c")
    assert (parent.grade, len(parent.alternates), parent.settled_by) == (Grade.PROBABLE, 1, ())


@pytest.mark.parametrize(("group", "parent"), [("counter", "a"), ("lister", "b")])
@pytest.mark.parametrize("channel", ["transaction", "streams-topology", "connect", "headers", "producer-id"])
def test_a_writer_that_is_known_for_certain_settles_it(group: str, parent: str, channel: str) -> None:
    programs = Programs(BOTH, (writer("b", groups="copier"), writer("c", groups=group, by=channel)))
    edge = concluded(copied(), programs)[f"{parent}→c"]
    assert (edge.grade, edge.alternates, edge.settled_by) == (Grade.CONFIRMED, (), (channel,))


@pytest.mark.parametrize(("group", "parent"), [("counter", "a"), ("lister", "b")])
def test_a_client_id_settles_it(group: str, parent: str) -> None:
    programs = Programs(BOTH, (writer("b"), writer("c", likely=group, by="broker-log")))
    edge = concluded(copied(), programs)[f"{parent}→c"]
    assert (edge.grade, edge.alternates) == (Grade.PROBABLE, ())
    assert edge.settled_by == ("broker-log", "committed-offsets")


def test_a_group_that_is_taken_for_certain_leaves_the_other_one() -> None:
    programs = Programs(readers(one="a", two="b"), (writer("b", groups="one", by="transaction"), writer("c")))
    edge = concluded(copied(), programs)["b→c"]
    assert (edge.grade, edge.alternates, edge.settled_by) == (Grade.PROBABLE, (), ("committed-offsets",))


def test_of_two_groups_that_explain_a_writer_the_one_that_reads_less_is_it() -> None:
    everything = "a b " + " ".join(f"t{number}" for number in range(10))
    programs = Programs(readers(copier="a", archive=everything, lister="b"), (writer("b"), writer("c")))
    edge = concluded(copied(), programs)["b→c"]
    assert (edge.grade, edge.alternates) == (Grade.PROBABLE, ())


def test_two_programs_that_write_one_topic_are_both_its_parents_programs() -> None:
    reading = readers(copier="a", counter="a", lister="b", mover="x")
    for group, parent, other in (("counter", "a", "b"), ("lister", "b", "a")):
        certain = (writer("u", groups="mover", by="connect"), writer("u", groups=group, by="transaction"))
        edges = concluded(joined(), Programs(reading, (writer("b", groups="copier"), *certain)))
        assert Grade.SUSPECTED not in {edges["x→u"].grade, edges[f"{parent}→u"].grade}
        assert f"{other}→u" not in edges
        assert edges[f"{parent}→u"].settled_by == ("connect", "transaction")


def test_a_second_writer_of_whom_nothing_is_known_may_read_anything() -> None:
    reading = readers(copier="a", mover="x")
    certain = writer("u", groups="mover", by="connect")
    alone = concluded(joined(), Programs(reading, (writer("b", groups="copier"), certain)))
    assert alone["a→u"].grade is Grade.SUSPECTED is not alone["x→u"].grade
    assert alone["a→u"].reason == "no program that is known to write the topic reads the upstream one"
    beside = concluded(joined(), Programs(reading, (writer("b", groups="copier"), certain, writer("u", "z"))))
    assert beside["a→u"].grade is not Grade.SUSPECTED


def test_what_a_source_connector_writes_comes_from_outside() -> None:
    programs = Programs(BOTH, (writer("b", groups="copier"), writer("c", groups="connector:feed", by="connect")))
    found = [edge for edge in concluded(copied(), programs).values() if edge.downstream == "c"]
    assert [(edge.grade, edge.settled_by) for edge in found] == [(Grade.SUSPECTED, ())]


def test_two_topics_of_one_writer_are_siblings_unless_it_reads_the_first() -> None:
    together = writer("a", "b")
    assert "a→b" in concluded(copied(), Programs())
    assert "a→b" not in concluded(copied(), Programs(writers=(together,)))
    assert "a→b" not in concluded(copied(), Programs(readers(other="a"), (together,)))
    reads_itself = Programs(readers(loop="a root"), (writer("a", "b", groups="loop", by="transaction"),))
    assert concluded(copied(), reads_itself)["a→b"].grade is Grade.CONFIRMED


def test_every_edge_says_what_it_would_be_without_programs() -> None:
    world = make_world(3, quoting=0.5)
    facts = tuple(window_of(runs_of(world)).provisional())
    alone = concluded(facts, Programs())
    told = {
        f"{edge.upstream}→{edge.downstream}": edge.records_alone for edge in infer([*facts, *world.metadata()]).edges
    }
    assert {name: alone[name].grade if name in alone else None for name in told} == told
    assert all(edge.records_alone is edge.grade for edge in alone.values())


def test_a_flow_goes_on_behind_a_topic_that_nobody_can_read() -> None:
    """`a` is encrypted into `x`, of which nothing is seen, and `c` is made of `x`."""
    rng = np.random.default_rng(8)
    made = []
    for n in range(200):
        made += [Sighting("a", n, 500 * n, n, "$.event"), Sighting("other", n, 500 * n + 7, 9_000 + n, "$.event")]
        made.append(Sighting("c", n, 500 * n + 90 + int(rng.integers(0, 40)), n, "$.event"))
    facts = tuple(window_of(runs(made)).provisional())
    reading = readers(cipher="a", clear="x", elsewhere="other")
    clear = writer("c", groups="clear", by="transaction")
    edge = concluded(facts, Programs(reading, (writer("x", groups="cipher", by="transaction"), clear)))["a→c"]
    assert (edge.through, edge.settled_by) == (("x",), ("transaction",))
    assert edge.grade is not Grade.SUSPECTED
    doubted = concluded(facts, Programs(reading, (writer("x", groups="elsewhere", by="transaction"), clear)))["a→c"]
    assert (doubted.through, doubted.grade) == ((), Grade.SUSPECTED)


def test_a_program_that_reads_both_ends_of_a_chain_joins_them_unless_it_reads_one_for_something_else() -> None:
    programs = Programs(
        read_by=readers(app="a b", relay="a"),
        writers=(writer("b", groups="relay", by="transaction"), writer("c", "d", groups="app", by="transaction")),
    )
    assert "a→c" in concluded(relayed(answered=False), programs)
    explained = concluded(relayed(answered=True), programs)
    assert {"a→b", "b→c", "a→d"} <= explained.keys()
    assert "a→c" not in explained


def test_of_two_topics_that_may_be_the_parent_the_one_that_somebody_reads_needs_no_hidden_reader() -> None:
    edges = concluded(copied(), Programs(readers(lister="b")))
    assert {"a→b", "b→c"} == edges.keys()
    assert edges["b→c"].alternates == ()


def test_no_reader_is_hidden_where_it_is_known_for_certain_who_writes() -> None:
    programs = Programs(readers(counter="a"), (writer("b"),))
    assert "b→c" in concluded(relayed(answered=False), programs)
    certain = Programs(readers(counter="a"), (writer("b"), writer("c", groups="counter", by="transaction")))
    assert concluded(relayed(answered=False), certain).keys() == {"a→b", "a→c"}
