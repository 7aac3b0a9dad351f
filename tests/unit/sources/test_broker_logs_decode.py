"""What lines of brokers' logs say about clients, and what they must not be taken for."""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from typing import Any, Final

import pytest

from flowaudit.facts import ClientAction, ClientSeen, HostShared, ProducerNamed, encode_fact
from flowaudit.sources.broker_logs.decode import LineUndecodable, RequestLog, decode_audit_event, decode_authorizer_line
from flowaudit.sources.broker_logs.line_time import line_time_ms
from flowaudit.sources.broker_logs.request_log import SETTLE_MS
from tests.fuzz.targets_clients import AUDIT_EVENT, lines

AT: Final = "2026-11-22 10:00:00,123"
AT_MS: Final = 1_795_341_600_123
NOW: Final = AT_MS + 1_000_000
ORDERS_ID: Final = "fAZ1pd2pR8i20JLhBLwf5w"
CLIENT: Final = "quiet"


def line(api: str, request: dict[str, Any], response: dict[str, Any] | None, **more: Any) -> bytes:  # noqa: ANN401
    header = {"requestApiKeyName": api, "clientId": more.get("client", CLIENT)}
    message = {
        "isForwarded": False,
        "requestHeader": header,
        "request": request,
        "response": response,
        "connection": f"10.0.0.9:9092-{more.get('host', '10.1.2.3')}:42306-4-2",
        "principal": more.get("principal", "User:app"),
        "clientInformation": {"softwareName": "lib", "softwareVersion": "1.2"},
    }
    dumped = json.dumps(message, separators=(",", ":"))
    return f"[{more.get('at', AT)}] DEBUG Completed request:{dumped} (kafka.request.logger)".encode()


def fetch(
    *topics: str,
    session: int = 7,
    epoch: int = 0,
    served: dict[str, int] | None = None,
    **more: Any,  # noqa: ANN401
) -> bytes:
    def named(topic: str) -> dict[str, str]:
        return {"topicId": topic} if topic == ORDERS_ID else {"topic": topic}

    request = {
        "replicaId": more.pop("replica", -1),
        "sessionId": session if epoch > 0 else 0,
        "sessionEpoch": epoch,
        "topics": [{**named(topic), "partitions": [{"partition": 0}]} for topic in topics],
        "forgottenTopicsData": [{**named(topic), "partitions": [0]} for topic in more.pop("forgotten", ())],
    }
    errors = more.pop("errors", {})
    answered = {**dict.fromkeys(errors, 0), **(served or {})}
    response = {
        "errorCode": more.pop("error", 0),
        "sessionId": session,
        "responses": [
            {
                **named(topic),
                "partitions": [{"errorCode": errors.get(topic, 0), "recordsSizeInBytes": size}],
            }
            for topic, size in answered.items()
        ],
    }
    return line("FETCH", request, response, **more)


def facts_of(*taken: bytes, names: dict[str, str] | None = None, broker: str = "1") -> list[ClientSeen]:
    log = RequestLog()
    for one in taken:
        log.take(broker, "request log", one, NOW)
    return [fact for fact in log.facts(NOW + SETTLE_MS, names or {}) if isinstance(fact, ClientSeen)]


def reads(facts: list[ClientSeen]) -> dict[str, int]:
    return {fact.topic: fact.served_bytes for fact in facts if fact.action is ClientAction.READS}


def test_a_full_fetch_names_client_principal_library_topic_and_bytes() -> None:
    (seen,) = facts_of(fetch("orders", served={"orders": 219}))
    assert (seen.client_id, seen.principal, seen.software) == (CLIENT, "User:app", "lib 1.2")
    assert (seen.topic, seen.served_bytes, seen.group) == ("orders", 219, "")
    assert (seen.first_ms, seen.provenance.observed_ms) == (AT_MS, AT_MS)


def test_an_incremental_fetch_that_names_nothing_reads_what_its_session_does() -> None:
    later = "2026-11-22 10:05:00,000"
    facts = facts_of(
        fetch("orders", "bills", served={"orders": 10}), fetch(epoch=1, served={"bills": 5}), fetch(epoch=2, at=later)
    )
    assert reads(facts) == {"orders": 10, "bills": 5}
    assert {fact.provenance.observed_ms for fact in facts} == {line_time_ms(later.encode())}


def test_a_topic_that_left_the_session_is_read_no_more() -> None:
    later = "2026-11-22 10:05:00,000"
    facts = facts_of(fetch("orders", "bills"), fetch(epoch=1, forgotten=("bills",), at=later))
    assert {fact.topic: fact.provenance.observed_ms == AT_MS for fact in facts} == {"orders": False, "bills": True}


def test_sessions_of_two_brokers_with_one_number_are_two() -> None:
    log = RequestLog()
    log.take("1", "a", fetch("orders"), NOW)
    log.take("2", "b", fetch("bills", client="other"), NOW)
    log.take("1", "a", fetch(epoch=1, served={"orders": 3}), NOW)
    found = [fact for fact in log.facts(NOW + SETTLE_MS, {}) if isinstance(fact, ClientSeen)]
    assert {(fact.client_id, fact.topic) for fact in found} == {(CLIENT, "orders"), ("other", "bills")}


def test_a_log_that_begins_within_a_session_still_tells_what_was_served() -> None:
    facts = facts_of(fetch(epoch=9, served={"orders": 4}), fetch(epoch=10))
    assert reads(facts) == {"orders": 4}


def test_topic_ids_become_names_that_the_cluster_or_the_log_itself_tells() -> None:
    assert reads(facts_of(fetch(ORDERS_ID), names={ORDERS_ID: "orders"})) == {"orders": 0}
    metadata = line("METADATA", {}, {"topics": [{"name": "orders", "topicId": ORDERS_ID}]})
    assert reads(facts_of(fetch(ORDERS_ID), metadata)) == {"orders": 0}


def test_a_topic_id_that_nobody_names_is_kept_and_said_to_be_unknown() -> None:
    log = RequestLog()
    log.take("1", "request log", fetch(ORDERS_ID), NOW)
    assert log.facts(NOW + SETTLE_MS, {}) == []
    assert log.unknown_topic_ids({}) == {ORDERS_ID}
    assert [fact.topic for fact in log.facts(NOW + SETTLE_MS, {ORDERS_ID: "orders"}) if isinstance(fact, ClientSeen)]


@pytest.mark.parametrize(
    "refused",
    [
        fetch("orders", errors={"orders": 29}),
        fetch("orders", error=70, epoch=1),
        fetch("orders", replica=3),
        fetch("orders", client="flowaudit-tap"),
        line(
            "PRODUCE",
            {"topicData": [{"name": "orders"}]},
            {"responses": [{"name": "orders", "partitionResponses": [{"errorCode": 29}]}]},
        ),
        line("SHARE_FETCH", {"groupId": "g", "topics": [{"topicId": ORDERS_ID}]}, {"errorCode": 30}),
    ],
    ids=["not authorized", "unknown session", "a follower", "the auditor", "a refused write", "a refused share"],
)
def test_what_was_refused_or_is_the_brokers_own_is_no_flow(refused: bytes) -> None:
    assert facts_of(refused, names={ORDERS_ID: "orders"}) == []


def test_a_follower_of_newer_versions_is_left_out_too() -> None:
    request = {"replicaState": {"replicaId": 2}, "sessionEpoch": 0, "topics": [{"topic": "orders"}]}
    assert facts_of(line("FETCH", request, {"sessionId": 1, "responses": []})) == []


def test_a_write_names_its_transactional_id_and_needs_no_answer() -> None:
    request = {"transactionalId": "tx-1", "acks": 0, "topicData": [{"name": "orders"}]}
    (seen,) = facts_of(line("PRODUCE", request, None))
    assert (seen.action, seen.topic, seen.transactional_id) == (ClientAction.WRITES, "orders", "tx-1")


def commit(group: str, *topics: str, **more: Any) -> bytes:  # noqa: ANN401
    answered = [{"name": topic, "partitions": [{"errorCode": more.pop("error", 0)}]} for topic in topics]
    return line("OFFSET_COMMIT", {"groupId": group}, {"topics": answered}, **more)


def test_a_client_that_commits_for_a_group_reads_for_it_over_whichever_connection() -> None:
    facts = facts_of(fetch("orders"), fetch("bills", session=8), commit("billing", "orders"))
    assert {fact.topic: fact.group for fact in facts} == {"orders": "billing", "bills": ""}


def test_a_member_reads_everything_for_its_group() -> None:
    heartbeat = line("HEARTBEAT", {"groupId": "billing"}, {"errorCode": 0})
    assert {fact.group for fact in facts_of(fetch("orders"), heartbeat)} == {"billing"}


@pytest.mark.parametrize(
    "other",
    [
        commit("billing", "orders", host="10.9.9.9"),
        commit("billing", "orders", principal="User:other"),
        commit("billing", "orders", error=25),
        line("HEARTBEAT", {"groupId": "billing"}, {"errorCode": 25}),
    ],
    ids=["another host", "another principal", "a refused commit", "a refused member"],
)
def test_a_namesake_elsewhere_lends_no_group(other: bytes) -> None:
    assert {fact.group for fact in facts_of(fetch("orders"), other)} == {""}


def test_a_client_of_two_groups_is_of_neither() -> None:
    facts = facts_of(fetch("orders"), commit("one", "orders"), commit("two", "orders"))
    assert {fact.group for fact in facts} == {""}


def test_a_read_without_a_group_waits_until_a_group_would_be_known() -> None:
    log = RequestLog()
    log.take("1", "request log", fetch("orders", served={"orders": 9}), AT_MS)
    assert log.facts(AT_MS + SETTLE_MS - 1, {}) == []
    assert len(log.facts(AT_MS + SETTLE_MS, {})) == 1
    assert log.facts(AT_MS + SETTLE_MS, {}) == []


def test_a_producer_id_is_named_once() -> None:
    log = RequestLog()
    given = line("INIT_PRODUCER_ID", {"transactionalId": "tx-1"}, {"errorCode": 0, "producerId": 12})
    refused = line("INIT_PRODUCER_ID", {"transactionalId": None}, {"errorCode": 14, "producerId": -1})
    for one in (given, refused):
        log.take("1", "request log", one, NOW)
    (named,) = log.facts(NOW, {})
    assert isinstance(named, ProducerNamed)
    assert (named.producer_id, named.client_id, named.transactional_id) == (12, CLIENT, "tx-1")
    assert log.facts(NOW, {}) == []


def shared_by(log: RequestLog, *taken: bytes) -> list[HostShared]:
    for one in taken:
        log.take("1", "request log", one, NOW)
    return [fact for fact in log.facts(NOW, {}) if isinstance(fact, HostShared)]


def given_id(producer_id: int, **more: Any) -> bytes:  # noqa: ANN401
    return line("INIT_PRODUCER_ID", {"transactionalId": None}, {"errorCode": 0, "producerId": producer_id}, **more)


def test_groups_and_writers_of_one_host_are_told_together_and_the_host_is_not() -> None:
    log = RequestLog()
    wrote = line("PRODUCE", {"topicData": [{"name": "bills"}]}, {"responses": []}, client="biller")
    (fact,) = shared_by(
        log, commit("billing", "orders"), given_id(12), wrote, commit("elsewhere", "t", host="10.1.2.4")
    )
    assert (fact.groups, fact.producer_ids, fact.client_ids) == (("billing",), (12,), ("biller",))
    assert b"10.1.2.3" not in encode_fact(fact)
    assert shared_by(log, commit("billing", "orders"), given_id(12)) == []
    (more,) = shared_by(log, commit("audit", "orders"))
    assert (more.groups, more.producer_ids) == (("audit", "billing"), (12,))


def test_programs_of_one_host_under_two_principals_are_apart() -> None:
    assert shared_by(RequestLog(), commit("billing", "orders"), given_id(12, principal="User:other")) == []


def test_a_host_of_many_groups_says_nothing() -> None:
    crowd = [commit(f"group-{number}", "orders") for number in range(9)]
    assert shared_by(RequestLog(), given_id(12), *crowd) == []


def test_a_clock_that_is_ahead_makes_no_future() -> None:
    log = RequestLog(settle_ms=0)
    log.take("1", "request log", fetch("orders"), AT_MS - 5)
    (seen,) = log.facts(AT_MS, {})
    assert seen.provenance.observed_ms == AT_MS - 5


def test_real_lines_of_a_broker_are_all_read() -> None:
    names = {"mPOnb8iYQwK6DIQ_ckYLMg": "orders", "Sk_d7lX9RYGxujv4Ck9FRQ": "matches"}
    facts = facts_of(*lines("request.log"), names=names)
    assert {fact.client_id for fact in facts} >= {"rd-reader", "quiet-reader", "java-reader", "py-writer"}
    assert {fact.topic for fact in facts} <= {"orders", "matches", "txout"}
    assert {fact.group for fact in facts if fact.client_id == "grouped"} <= {"billing"}


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"at org.apache.kafka.Something(Something.java:1)",
        b'Completed request:{"requestHeader":{"requestApiKeyName":"FETCH"}}',
        fetch("orders").replace(AT.encode(), b"10:00:00"),
        fetch("orders").replace(b'"orders"', b'"../../etc"'),
        fetch("orders")[:-60],
        b"\xff" * 40,
    ],
)
def test_a_line_that_is_none_is_one_error_that_quotes_nothing(damaged: bytes) -> None:
    with pytest.raises(LineUndecodable) as caught:
        RequestLog().take("1", "request log", damaged, NOW)
    assert "orders" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("[2026-11-22 10:00:00,123] DEBUG", AT_MS),
        ("2026-11-22T10:00:00.123456Z x", AT_MS),
        ("2026-11-22T11:00:00,123+01:00 x", AT_MS),
        ("2026-11-22 10:00:00 DEBUG", AT_MS - 123),
    ],
)
def test_times_are_read_as_brokers_write_them(text: str, ms: int) -> None:
    assert line_time_ms(text.encode()) == ms


def test_the_brokers_time_zone_counts_where_a_line_names_none() -> None:
    zone = timezone(timedelta(hours=8))
    assert line_time_ms(b"[2026-11-22 18:00:00,123]", zone) == AT_MS
    assert line_time_ms(b"2026-11-22T10:00:00.123Z", zone) == AT_MS


def authorizer(
    action: str, result: str = "Allowed", era: str = "operation = READ", principal: str = "User:app"
) -> bytes:
    rule = " based on rule MatchingAcl(acl=StandardAcl[resourceType=TOPIC, resourceName=*])"
    return (
        f"[{AT}] DEBUG Principal = {principal} is {result} {era} from host = 10.1.2.3 on resource = "
        f"{action} with resourceRefCount = 1{rule} (kafka.authorizer.logger)"
    ).encode()


def test_both_generations_of_authorizers_are_read() -> None:
    for era in ("operation = READ", "Operation = Read"):
        decision = decode_authorizer_line(authorizer("Topic:LITERAL:orders for request = Fetch", era=era))
        assert decision is not None
        assert (decision.principal, decision.topic, decision.action, decision.at_ms) == (
            "User:app",
            "orders",
            ClientAction.READS,
            AT_MS,
        )


def test_a_distinguished_name_is_a_principal_as_a_whole() -> None:
    name = "User:CN=a is b,OU=Ops,O=Example"
    decision = decode_authorizer_line(authorizer("Topic:LITERAL:orders for request = Fetch", principal=name))
    assert decision is not None
    assert decision.principal == name


@pytest.mark.parametrize(
    "other",
    [
        authorizer("Topic:LITERAL:orders for request = Fetch", result="Denied"),
        authorizer("Topic:LITERAL:orders for request = OffsetCommit"),
        authorizer("Group:LITERAL:orders for request = Fetch"),
        authorizer("Cluster:LITERAL:kafka-cluster for request = Fetch", era="operation = CLUSTER_ACTION"),
    ],
)
def test_refusals_commits_groups_and_followers_are_no_flow(other: bytes) -> None:
    assert decode_authorizer_line(other) is None


def test_real_decisions_are_all_read() -> None:
    found = [decode_authorizer_line(one) for one in lines("authorizer.log")]
    assert {(one.action, one.topic) for one in found if one} == {(action, "orders") for action in ClientAction}


def event(**changes: Any) -> bytes:  # noqa: ANN401
    decoded = json.loads(AUDIT_EVENT)
    decoded["data"] |= changes
    return json.dumps(decoded).encode()


def test_a_granted_fetch_is_a_read() -> None:
    flow = decode_audit_event(AUDIT_EVENT)
    assert flow is not None
    assert (flow.client_id, flow.principal, flow.topic, flow.action, flow.at_ms) == (
        "biller-1",
        "User:billing",
        "orders",
        ClientAction.READS,
        AT_MS,
    )


@pytest.mark.parametrize(
    "other",
    [
        event(authorizationInfo={"granted": False, "resourceType": "Topic", "resourceName": "orders"}),
        event(authorizationInfo={"granted": True, "resourceType": "Group", "resourceName": "orders"}),
        event(methodName="kafka.FetchFollower"),
        event(methodName="kafka.CreateTopics"),
        event(authorizationInfo=None),
        b'{"specversion":"1.0","time":"2026-11-22T10:00:00Z"}',
    ],
)
def test_an_event_of_something_else_or_of_a_refusal_is_no_flow(other: bytes) -> None:
    assert decode_audit_event(other) is None


def test_a_request_event_that_succeeded_names_its_topic_in_its_subject() -> None:
    flow = decode_audit_event(event(methodName="kafka.Produce", authorizationInfo=None, result={"status": "SUCCESS"}))
    assert flow is not None
    assert (flow.topic, flow.action) == ("orders", ClientAction.WRITES)
