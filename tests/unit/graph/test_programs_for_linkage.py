"""What linkage is told of programs, by each kind of evidence alone and by all together."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import (
    Carrier,
    Channel,
    ClientAction,
    ClientSeen,
    ConnectorSeen,
    DeadLettered,
    Direction,
    Fact,
    HostShared,
    OffsetCommitted,
    Outcome,
    StreamsTopologySeen,
    Subtopology,
)
from flowaudit.graph.fold import GraphFold
from flowaudit.linkage.derived import Inferred
from flowaudit.linkage.readers import Programs, Writer
from tests.unit.graph.made_facts import CLUSTER
from tests.unit.graph.made_writers import STITCHER, TRANSIT, at, carried, client, group, named, seen

READS, WRITES = ClientAction.READS, ClientAction.WRITES


def programs(*facts: Fact) -> Programs:
    """What a fold of the facts tells linkage."""
    told: list[Programs] = []

    def listen(_: object, known: Programs) -> Inferred:
        told.append(known)
        return Inferred()

    folding = GraphFold(CLUSTER, inference=listen)
    folding.add_all(facts)
    folding.snapshot()
    return told[-1]


def writers_of(topic: str, *facts: Fact) -> list[Writer]:
    return [writer for writer in programs(*facts).writers if topic in writer.topics]


def read_by(*facts: Fact) -> dict[str, frozenset[str]]:
    return dict(programs(*facts).read_by)


def commit(group_name: str, topic: str, offset: int = 7) -> Fact:
    return OffsetCommitted(at(Channel.COMMITTED_OFFSETS), group_name, topic, 0, offset)


def acts(topic: str, action: ClientAction, client_id: str = "", *, principal: str = "", group: str = "") -> Fact:
    return ClientSeen(at(Channel.BROKER_LOG), topic, action, client_id, principal, group=group)


def connector(name: str, direction: Direction, *topics: str, promised: tuple[str, ...] = ()) -> Fact:
    reads_as = f"connect-{name}" if direction is Direction.SINK else ""
    return ConnectorSeen(
        at(Channel.CONNECT), name, "workers", direction, "a.Class", "RUNNING", 1, reads_as, topics, promised
    )


@pytest.mark.parametrize(
    ("facts", "reader", "topics"),
    [
        ((commit("fares", "taps"),), "group:fares", {"taps"}),
        ((group("fares", "taps"),), "group:fares", {"taps"}),
        ((group("shared", "taps", kind="share"),), "group:shared", {"taps"}),
        ((carried(3, "fares", "taps"),), "group:fares", {"taps"}),
        (
            (StreamsTopologySeen(at(Channel.STREAMS_TOPOLOGY), "stitch", (Subtopology("0", ("taps",)),)),),
            "group:stitch",
            {"taps"},
        ),
        ((acts("taps", READS, "door-watcher"),), "client:door-watcher", {"taps"}),
        ((acts("taps", READS, "door-watcher", group="fares"),), "group:fares", {"taps"}),
        ((acts("taps", READS, "rdkafka"),), "client:rdkafka of taps", {"taps"}),
        ((acts("taps", READS, principal="User:door"),), "principal:User:door of taps", {"taps"}),
    ],
)
def test_whoever_reads_is_a_reader(facts: tuple[Fact, ...], reader: str, topics: set[str]) -> None:
    assert read_by(*facts) == {reader: topics}


def test_a_connector_that_only_carries_data_out_passes_nothing_on() -> None:
    assert read_by(connector("archive", Direction.SINK, "taps")) == {}
    assert read_by(connector("archive", Direction.SINK), commit("connect-archive", "taps")) == {}


def test_a_promise_a_commit_of_nothing_and_the_auditor_itself_read_nothing() -> None:
    promised = connector("archive", Direction.SINK, promised=("taps",))
    assert read_by(promised, commit("fares", "taps", 0), group("tap", "taps", clients=("flowaudit-tap",))) == {}


def test_who_only_has_a_principal_reads_what_nobody_else_does() -> None:
    told = read_by(commit("fares", "taps"), *(acts(topic, READS, principal="User:all") for topic in ("taps", "gates")))
    assert told == {"group:fares": {"taps"}, "principal:User:all of gates": {"gates"}}


@pytest.mark.parametrize(
    ("facts", "program", "channel"),
    [
        ((carried(3, "fares", "taps"), seen(3, "out", Outcome.COMMITTED)), "group:fares", "transaction"),
        (
            (group("trip-stitcher", "taps", protocol="stream"), named(STITCHER, 3), seen(3, "out", Outcome.COMMITTED)),
            "group:trip-stitcher",
            "transaction",
        ),
        (
            (group("board", "taps", protocol="stream"), seen(3, "board-load-changelog"), seen(3, "out")),
            "group:board",
            "producer-id",
        ),
        (
            (StreamsTopologySeen(at(Channel.STREAMS_TOPOLOGY), "b", (Subtopology("0", ("taps",), sinks=("out",)),)),),
            "group:b",
            "streams-topology",
        ),
        ((connector("holidays", Direction.SOURCE, "out"),), "connector:holidays", "connect"),
        ((DeadLettered(at(Channel.HEADERS), "taps", "out", Carrier.GROUP, "fares"),), "group:fares", "headers"),
    ],
)
def test_what_cannot_be_otherwise_ties_a_writer_for_certain(
    facts: tuple[Fact, ...], program: str, channel: str
) -> None:
    (writer,) = writers_of("out", *facts)
    assert (writer.groups, writer.likely_groups, writer.settled_by) == ((program,), (), (channel,))


@pytest.mark.parametrize(
    "facts",
    [
        (group("fares", "taps", clients=("fares-1",)), client(3, "fares-1"), seen(3, "out")),
        (group("fares", "taps", clients=("fare-consumer-1",)), client(3, "fare-producer-1"), seen(3, "out")),
        (group("fares", "taps", clients=("fares-1",)), acts("out", WRITES, "fares-2")),
        (group("fares", "taps", clients=("rdkafka",)), acts("out", WRITES, "fares-producer")),
        (acts("taps", READS, "engine", group="fares"), acts("out", WRITES, "engine")),
    ],
)
def test_a_client_id_makes_a_writer_likely(facts: tuple[Fact, ...]) -> None:
    (writer,) = writers_of("out", *facts)
    assert (writer.groups, writer.likely_groups, writer.settled_by) == ((), ("group:fares",), ("broker-log",))


def test_a_client_that_assigns_itself_partitions_is_likely_its_own_writer() -> None:
    (writer,) = writers_of("out", acts("taps", READS, "watcher"), acts("out", WRITES, "watcher"))
    assert writer.likely_groups == ("client:watcher",)


def test_a_name_that_a_library_chose_ties_nothing_and_joins_no_topics() -> None:
    facts = (
        group("fares", "taps", clients=("rdkafka",)),
        acts("out", WRITES, "rdkafka"),
        acts("taps", READS, "rdkafka", group="fares"),
        client(3, "rdkafka"),
        seen(3, "out"),
        acts("other", WRITES, "rdkafka"),
    )
    assert programs(*facts).writers == (Writer(frozenset({"out"})),)


def test_a_name_that_too_many_readers_bear_ties_nothing() -> None:
    readers = [group(name, "taps", clients=("worker-1",)) for name in ("a", "b", "c")]
    assert writers_of("out", *readers, acts("out", WRITES, "worker-2"))[0].likely_groups == (
        "group:a",
        "group:b",
        "group:c",
    )
    more = [*readers, group("d", "taps", clients=("worker-1",))]
    assert writers_of("out", *more, acts("out", WRITES, "worker-2")) == [Writer(frozenset({"out"}))]


def test_a_host_that_a_group_shares_makes_a_writer_likely_where_nothing_else_does() -> None:
    reading = (group("fares", "taps"), group("audit", "taps", clients=("engine",)))
    shared = HostShared(at(Channel.BROKER_LOG), ("fares",), (3,), ("engine", "kafkajs"))
    (writer,) = writers_of("out", *reading, shared, seen(3, "out"))
    assert (writer.likely_groups, writer.settled_by) == (("group:fares",), ("broker-log",))
    (renamed,) = writers_of("out", *reading, shared, named("tx", 3), named("tx", 8), seen(8, "out", Outcome.COMMITTED))
    assert renamed.likely_groups == ("group:fares",)
    (called,) = writers_of("out", *reading, shared, client(3, "engine"), seen(3, "out"))
    assert called.likely_groups == ("group:audit",)
    assert writers_of("out", *reading, shared, acts("out", WRITES, "kafkajs")) == []
    crowd = HostShared(at(Channel.BROKER_LOG), ("fares", "audit", "a", "b"), (3,))
    busy = [group(name, "taps") for name in ("a", "b")]
    assert writers_of("out", *reading, *busy, shared, crowd, seen(3, "out"))[0].likely_groups == ()


def test_certain_beats_likely() -> None:
    likely = (group("audit", "gates", clients=("engine",)), client(3, "engine"), seen(3, "out"))
    assert writers_of("out", *likely)[0].likely_groups == ("group:audit",)
    (writer,) = writers_of("out", *likely, carried(3, "fares", "taps"))
    assert (writer.groups, writer.likely_groups) == (("group:fares",), ())


def test_a_program_is_told_once_for_a_topic_that_it_writes_for_certain() -> None:
    facts = (
        group("fares", "taps", clients=("engine",)),
        carried(3, "fares", "taps"),
        seen(3, "out", Outcome.COMMITTED),
        acts("out", WRITES, "engine"),
        acts("alarms", WRITES, "engine"),
    )
    assert [(set(one.topics), one.groups, one.likely_groups) for one in programs(*facts).writers] == [
        ({"alarms"}, (), ("group:fares",)),
        ({"out"}, ("group:fares",), ()),
    ]


def test_two_programs_on_one_topic_are_two_writers() -> None:
    facts = (
        *(carried(number, name, topic) for number, name, topic in ((3, "fares", "taps"), (4, "fines", "gates"))),
        *(seen(number, "ledger", Outcome.COMMITTED) for number in (3, 4)),
    )
    assert [writer.groups for writer in writers_of("ledger", *facts)] == [("group:fares",), ("group:fines",)]
    unknown = (seen(3, "ledger"), seen(3, "fares.out"), seen(4, "ledger"), seen(4, "fines.out"))
    assert [writer.topics for writer in writers_of("ledger", *unknown)] == [
        {"fares.out", "ledger"},
        {"fines.out", "ledger"},
    ]


def test_the_producer_ids_of_a_program_that_was_started_anew_are_one_writer() -> None:
    facts = (seen(3, "out"), seen(3, "alarms"), seen(4, "out"), seen(4, "alarms"), seen(5, "out"))
    assert programs(*facts).writers == (Writer(frozenset({"alarms", "out"})),)
    renamed = (named("tx", 3), named("tx", 8), seen(3, "out", Outcome.COMMITTED), seen(8, "late", Outcome.COMMITTED))
    assert programs(*renamed).writers == (Writer(frozenset({"late", "out"})),)


def test_a_thread_that_does_nothing_telling_is_likely_the_program_that_writes_the_same() -> None:
    facts = (
        group("board", "taps", protocol="stream"),
        seen(3, "board-load-changelog"),
        seen(3, "out"),
        seen(4, "out"),
    )
    thread, program = writers_of("out", *facts)[1], writers_of("out", *facts)[0]
    assert (program.groups, thread.likely_groups) == (("group:board",), ("group:board",))


def test_a_source_connector_is_certain_and_reads_nothing() -> None:
    told = programs(connector("holidays", Direction.SOURCE, "out"))
    assert (told.read_by, told.writers[0].groups) == ((), ("connector:holidays",))


def test_a_connector_that_reads_and_writes_is_its_own_reader() -> None:
    told = programs(
        connector("mirror", Direction.SOURCE, "copy.taps"), connector("mirror", Direction.SINK, "taps", "gates")
    )
    assert dict(told.read_by) == {"connector:mirror": {"taps", "gates"}}
    assert told.writers == (Writer(frozenset({"copy.taps"}), groups=("connector:mirror",), settled_by=("connect",)),)


ESTATE: Final = (
    *TRANSIT,
    acts("tap.events", READS, "door-watcher"),
    acts("door.alarms", WRITES, "door-watcher-2"),
    acts("turnstile.alarms", WRITES, "rdkafka"),
    commit("ledger-keeper", "fares.charged"),
    client(11, "ledger-keeper-producer"),
    connector("archive", Direction.SINK, "trip.legs"),
)


@given(st.permutations(ESTATE), st.lists(st.sampled_from(ESTATE), max_size=8))
def test_order_and_repetition_of_facts_change_nothing(facts: list[Fact], again: list[Fact]) -> None:
    assert programs(*facts, *again) == programs(*ESTATE)


def test_all_together() -> None:
    told = programs(*ESTATE)
    assert set(dict(told.read_by)) == {
        "client:door-watcher",
        "group:crowding-board",
        "group:fare-engine",
        "group:ledger-keeper",
        "group:trip-stitcher",
    }
    assert {
        (*writer.groups, *writer.likely_groups): writer.topics for writer in told.writers if "." in str(writer)
    } == {
        ("connector:holiday-feed",): {"calendar.days"},
        ("client:door-watcher",): {"door.alarms"},
        ("group:fare-engine",): {"fares.charged"},
        ("group:crowding-board",): {
            "crowding-board-per-station-changelog",
            "crowding-board-per-station-repartition",
            "station.load",
        },
        ("group:trip-stitcher",): {"trip-stitcher-by-card-repartition", "trip.legs"},
        ("group:ledger-keeper",): {"turnstile.alarms"},
    }
