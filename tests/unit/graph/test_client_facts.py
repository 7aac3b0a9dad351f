"""Clients that only logs name, and egress without a reader, in the graph and in coverage."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Channel, ClientAction, ClientSeen, EgressEstimated, Provenance
from flowaudit.graph.client_facts import ClientFacts, logs_cover
from flowaudit.graph.evidence import EdgeKind, Tier
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.snapshot import CheckedSource, Hidden

READS, WRITES = ClientAction.READS, ClientAction.WRITES
Ends = tuple[tuple[str, str], tuple[str, str], EdgeKind]


def seen(
    topic: str = "t",
    action: ClientAction = READS,
    at_ms: int = 100,
    reference: str = "request log a.log",
    **more: object,
) -> ClientSeen:
    return ClientSeen(Provenance(Channel.BROKER_LOG, at_ms, reference), topic, action, **more)  # type: ignore[arg-type]


def egress(topic: str, served: int, accounted: int, error: int, at_ms: int = 1_000) -> EgressEstimated:
    return EgressEstimated(
        Provenance(Channel.BROKER_LOG, at_ms, "bytes out"), topic, 500, served, accounted, error_bytes=error
    )


def of(*facts: ClientSeen | EgressEstimated) -> ClientFacts:
    clients = ClientFacts()
    for fact in facts:
        if isinstance(fact, ClientSeen):
            clients.add_client(fact)
        else:
            clients.add_egress(fact)
    return clients


def ends(clients: ClientFacts) -> set[Ends]:
    return {
        ((e.source.kind.value, e.source.name), (e.target.kind.value, e.target.name), e.kind) for e in clients.edges()
    }


def limits(clients: ClientFacts, *topics: str, covered: bool = False) -> set[tuple[str, str]]:
    return {(one.name, one.reason) for one in clients.group_less_limits(topics, covered_by_logs=covered)}


def test_a_reader_without_a_group_and_a_writer_are_clients() -> None:
    clients = of(seen(client_id="quiet", served_bytes=9), seen("u", WRITES, client_id="quiet"))
    assert ends(clients) == {
        (("topic", "t"), ("client", "quiet"), EdgeKind.CONSUMES),
        (("client", "quiet"), ("topic", "u"), EdgeKind.PRODUCES),
    }
    evidence = next(e.evidence for e in clients.edges() if e.kind is EdgeKind.CONSUMES)
    assert (evidence.tier, evidence.channel) == (Tier.OBSERVED, Channel.BROKER_LOG)
    assert dict(evidence.detail)["served_bytes"] == 9


def test_a_reader_for_a_group_is_evidence_for_the_group_and_no_client() -> None:
    clients = of(seen(client_id="member", group="billing"))
    assert ends(clients) == {(("topic", "t"), ("group", "billing"), EdgeKind.CONSUMES)}
    assert list(clients.nodes()) == []


def test_who_has_no_client_id_is_a_principal_and_who_has_neither_is_nobody() -> None:
    clients = of(seen(principal="User:app"), seen("u"))
    assert ends(clients) == {(("topic", "t"), ("principal", "User:app"), EdgeKind.CONSUMES)}
    assert [draft.node.kind for draft in clients.nodes()] == [NodeKind.PRINCIPAL]


def test_what_was_written_in_a_transaction_may_have_been_aborted() -> None:
    assert ends(of(seen(action=WRITES, client_id="w", transactional_id="tx"))) == set()


def test_a_client_id_is_known_by_the_groups_that_it_reads_for() -> None:
    clients = of(
        seen(client_id="member", group="g"),
        seen("u", WRITES, client_id="member"),
        seen(client_id="both", group="g"),
        seen("u", client_id="both"),
        seen("u", WRITES, client_id="writer"),
    )
    assert clients.groups_by_client() == {"member": {"g"}, "both": {"g"}}


_FACTS = st.one_of(
    st.builds(
        seen,
        st.sampled_from("tu"),
        st.sampled_from(ClientAction),
        st.integers(0, 9),
        client_id=st.sampled_from(["", "a"]),
        principal=st.sampled_from(["", "User:p"]),
        group=st.sampled_from(["", "g"]),
        first_ms=st.integers(-1, 9),
        served_bytes=st.integers(0, 9),
    ),
    st.builds(
        egress, st.sampled_from("tu"), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 9)
    ),
)


@given(st.lists(_FACTS, max_size=8), st.randoms())
def test_order_and_repetition_change_nothing(facts: list[ClientSeen | EgressEstimated], chance: Random) -> None:
    again = [*facts, *facts]
    chance.shuffle(again)
    one, other = of(*facts), of(*again)
    for covered in (False, True):
        assert list(one.group_less_limits("tu", covered_by_logs=covered)) == list(
            other.group_less_limits("tu", covered_by_logs=covered)
        )
    assert {str(edge) for edge in one.edges()} == {str(edge) for edge in other.edges()}
    assert {str(node) for node in one.copy().nodes()} == {str(node) for node in other.nodes()}


def test_egress_beyond_the_error_is_an_unidentified_reader_and_no_edge() -> None:
    clients = of(egress("t", 1_000, 500, 100))
    assert ends(clients) == set()
    assert limits(clients, "t") == {("t", "unidentified-reader"), ("t", "group-less-readers-not-listed")}
    says = next(one.hides for one in clients.group_less_limits(["t"], covered_by_logs=False) if "about" in one.hides)
    assert "about 500 bytes (± 100) of 1000 served in 0 s" in says


def test_an_accounted_topic_has_no_limit_but_the_time_before_and_a_vague_estimate_takes_none_away() -> None:
    clients = of(egress("sharp", 1_000, 990, 50), egress("vague", 1_000, 900, 500), egress("idle", 0, 0, 0))
    assert clients.accounted_topics() == {"sharp", "idle"}
    assert limits(clients, "sharp", "vague", "idle", "unknown") == {
        ("sharp", "before-the-counters"),
        ("idle", "before-the-counters"),
        ("vague", "group-less-readers-not-listed"),
        ("unknown", "group-less-readers-not-listed"),
    }


def test_a_reader_that_came_once_stays_told() -> None:
    clients = of(egress("t", 1_000, 500, 100, at_ms=1_000), egress("t", 1_000, 1_000, 20, at_ms=2_000))
    assert ("t", "unidentified-reader") in limits(clients, "t")
    assert clients.accounted_topics() == frozenset()


def test_a_reader_whom_a_log_names_at_that_time_is_not_unidentified() -> None:
    rest = egress("t", 1_000, 500, 100, at_ms=1_000)
    assert limits(of(rest, seen(client_id="quiet", at_ms=900)), "t") == {("t", "group-less-readers-not-listed")}
    assert ("t", "unidentified-reader") in limits(of(rest, seen(client_id="quiet", at_ms=100)), "t")
    assert ("t", "unidentified-reader") in limits(of(rest, seen(client_id="m", group="g", at_ms=900)), "t")


def test_logs_of_all_brokers_leave_only_the_time_before_them() -> None:
    clients = of(seen(client_id="quiet", at_ms=1_000_000))
    assert limits(clients, "t", "u", covered=True) == {("readers without a group", "before-the-logs")}


def test_logs_cover_when_they_were_read_without_a_gap() -> None:
    read = CheckedSource("broker-logs", 5, 1, "")
    gap = Hidden("source", "broker-logs", "brokers-without-log", "what clients do there")
    assert logs_cover([read], [])
    assert not logs_cover([read], [gap])
    assert not logs_cover([CheckedSource("broker-logs", 5, 1, "OSError")], [])
    assert not logs_cover([CheckedSource("groups", 5, 1, "")], [])
