"""What is missing, what that hides, what to grant, and what is too much."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
import yaml

from flowaudit.facts import AccessRule
from flowaudit.rights import (
    CLUSTER,
    AccessListing,
    Authorizer,
    ChannelState,
    Diagnosis,
    Operation,
    PlaceChecked,
    Plan,
    Resource,
    ResourceType,
    Right,
    Rights,
    channels_of,
    diagnose,
    least_privilege,
)
from flowaudit.rights.excess import excess_of
from flowaudit.rights.grants import grant_commands, kafka_user, revoke_command
from flowaudit.rights.held import Operations
from flowaudit.rights.needs import least
from flowaudit.rights.page import main

PLAN = Plan(tap=(r"locks\..*", "visitors"))
LEAST = least_privilege(channels_of(PLAN))
APIS = dict.fromkeys(range(80), (0, 9))


def topic(name: str, *, prefixed: bool = False) -> Resource:
    return Resource(ResourceType.TOPIC, name, prefixed)


def ops(*operations: Operation) -> Operations:
    return frozenset(operations)


def held(
    rights: Collection[Right],
    *,
    topics: Mapping[str, Operations | None] | None = None,
    groups: Mapping[str, Operations | None] | None = None,
    rules: tuple[AccessRule, ...] | None = None,
    authorizer: Authorizer = Authorizer.PRESENT,
    plan: Plan = PLAN,
) -> Rights:
    """What a broker would answer somebody with just these rights."""
    asked = {CLUSTER, *(need.right.resource for channel in channels_of(plan) for need in channel.needs)}
    return Rights(
        "User:auditor",
        AccessListing(authorizer, rules),
        {resource: ops(*(r.operation for r in rights if r.resource.covers(resource))) for resource in asked},
        topics or {},
        groups or {},
        APIS,
    )


def diagnosis(rights: Rights, plan: Plan = PLAN, places: tuple[PlaceChecked, ...] = ()) -> Diagnosis:
    return diagnose(channels_of(plan), rights, places)


def states(found: Diagnosis) -> dict[str, ChannelState]:
    return {one.channel.name: one.state for one in found.channels}


def test_the_set_reads_and_describes_and_asks_for_nothing_twice() -> None:
    assert {right.operation for right in LEAST} == {Operation.READ, Operation.DESCRIBE}
    assert least(LEAST) == LEAST
    everything = least_privilege(channels_of(Plan(tap=(".*",))))
    assert Right(Operation.READ, topic("*")) in everything
    assert Right(Operation.READ, topic("__consumer_offsets")) not in everything, "every topic is already readable"


def test_with_the_set_everything_works_and_nothing_is_to_be_granted() -> None:
    found = diagnosis(held(LEAST))
    assert found.is_complete
    assert found.to_grant == ()
    assert found.excess == ()


@pytest.mark.parametrize("right", LEAST, ids=lambda right: f"{right.operation}-{right.resource.name}")
def test_a_right_that_is_missing_is_the_one_to_grant_and_says_what_it_hides(right: Right) -> None:
    found = diagnosis(held([one for one in LEAST if one != right]))
    assert found.to_grant == (right,)
    assert not found.is_complete
    missing = [one for channel in found.channels for one in channel.missing]
    assert missing
    assert {one.need.right for one in missing} == {right}
    assert all(one.need.hides and one.need.blind_spot.reason.startswith("no-") for one in missing)


def test_without_any_right_every_channel_of_the_cluster_fails() -> None:
    found = diagnosis(held([]))
    assert found.to_grant == LEAST
    of_cluster = ("topics", "groups", "offsets-log", "transactions", "producers", "tap", "records", "acls")
    assert {states(found)[name] for name in of_cluster} == {ChannelState.FAILS}


def test_what_the_right_is_held_for_makes_a_channel_work_partly() -> None:
    lacking = [right for right in LEAST if right.operation is not Operation.DESCRIBE]
    found = diagnosis(held(lacking, topics={"visitors": ops(Operation.READ, Operation.DESCRIBE)}))
    told = next(one for one in found.channels if one.channel.name == "topics")
    assert told.state is ChannelState.PARTLY
    assert (told.missing[0].held_count, told.missing[0].held_for) == (1, ("visitors",))


def test_what_a_rule_denies_is_said_to_be_denied_and_no_grant_is_offered() -> None:
    found = diagnosis(held(LEAST, groups={"secret": ops(), "open": ops(Operation.DESCRIBE)}))
    told = next(one for one in found.channels if one.channel.name == "groups")
    assert told.state is ChannelState.PARTLY
    assert told.missing[0].denied_for == ("secret",)
    assert found.to_grant == ()
    deny = AccessRule(
        "User:auditor", "*", "ALL", allows=False, resource_type="TOPIC", resource="visitors", prefixed=False
    )
    without = [right for right in LEAST if right.resource.name != "visitors"]
    assert diagnosis(held(without, rules=(deny,))).to_grant == ()


def test_what_is_switched_off_is_not_missing() -> None:
    plan = Plan(reads_offsets_log=False, reads_transactions=False, asks_for_acls=False, looks_at_records=False)
    found = diagnosis(
        held(least_privilege(channels_of(plan)), plan=plan),
        plan,
    )
    assert found.is_complete
    assert {name for name, state in states(found).items() if state is not ChannelState.OFF} == {
        "topics",
        "groups",
        "producers",
    }


def test_writers_beyond_the_tapped_topics_are_offered_and_not_demanded() -> None:
    found = diagnosis(held(LEAST))
    told = next(one for one in found.channels if one.channel.name == "producers")
    assert told.state is ChannelState.WORKS
    assert [one.need.right for one in told.could_show] == [Right(Operation.READ, topic("*"))]


def test_a_cluster_that_checks_nobody_lets_everything_work_and_nothing_is_too_much() -> None:
    everything = ops(*Operation)
    found = diagnosis(held([], topics={"visitors": everything}, authorizer=Authorizer.ABSENT))
    assert found.is_complete
    assert found.excess == ()


def test_a_place_that_does_not_answer_is_a_channel_that_does_not_work() -> None:
    plan = Plan(places=("connect", "broker-logs"))
    broken = PlaceChecked("connect", "http://connect:8083", "it does not answer (TimeoutError)")
    logs = (PlaceChecked("broker-logs", "a.log"), PlaceChecked("broker-logs", "b.log", "there is no such file"))
    found = diagnosis(held(least_privilege(channels_of(plan)), plan=plan), plan, (broken, *logs))
    assert states(found)["connect"] is ChannelState.FAILS
    assert states(found)["broker-logs"] is ChannelState.PARTLY
    assert not found.is_complete


def test_a_request_that_the_brokers_do_not_know_is_named() -> None:
    rights = held(LEAST)
    old = Rights(rights.principal, rights.access, rights.asked, api_versions=dict.fromkeys(range(60), (0, 1)))
    told = next(one for one in diagnosis(old).channels if one.channel.name == "producers")
    assert (told.state, told.notes) == (
        ChannelState.FAILS,
        ("the brokers do not offer DescribeProducers (Kafka 3.0)",),
    )


def test_what_the_brokers_do_not_say_is_not_called_missing_but_said() -> None:
    rights = held(LEAST)
    silent = Rights(rights.principal, rights.access, {**rights.asked, CLUSTER: None})
    told = next(one for one in diagnosis(silent).channels if one.channel.name == "acls")
    assert told.state is ChannelState.WORKS
    assert told.notes == ("the brokers do not say whether this principal holds DESCRIBE on the cluster",)


def test_rights_that_change_anything_are_too_much() -> None:
    rule = AccessRule(
        "User:auditor", "*", "WRITE", allows=True, resource_type="TOPIC", resource="locks.", prefixed=True
    )
    other = AccessRule("User:x", "*", "WRITE", allows=True, resource_type="TOPIC", resource="locks.", prefixed=True)
    transactional = AccessRule(
        "User:*", "*", "WRITE", allows=True, resource_type="TRANSACTIONAL_ID", resource="*", prefixed=False
    )
    rights = held(
        [*LEAST, Right(Operation.WRITE, topic("locks.", prefixed=True)), Right(Operation.ALTER, CLUSTER)],
        topics={"locks.a": ops(Operation.READ, Operation.WRITE, Operation.DESCRIBE)},
        groups={"g": ops(Operation.READ, Operation.DESCRIBE)},
        rules=(rule, other, transactional),
    )
    found = {(one.operation, one.resource_type.value): one for one in excess_of(rights)}
    assert found.keys() == {
        ("WRITE", "TOPIC"),
        ("ALTER", "CLUSTER"),
        ("READ", "GROUP"),
        ("WRITE", "TRANSACTIONAL_ID"),
    }
    assert found["WRITE", "TOPIC"].rules == (rule,)
    assert "locks.a" in found["WRITE", "TOPIC"].names
    assert found["READ", "GROUP"].names == ("g",)
    assert found["WRITE", "TRANSACTIONAL_ID"].rules == (transactional,)


def test_the_commands_are_ready_for_a_shell() -> None:
    commands = grant_commands(LEAST, "User:CN=it's me,O=x", "kafka:9092")
    assert len(commands) == len(LEAST)
    for command in commands:
        words = shlex.split(command)
        assert words[:5] == ["kafka-acls", "--bootstrap-server", "kafka:9092", "--command-config", "admin.properties"]
        assert words[words.index("--allow-principal") + 1] == "User:CN=it's me,O=x"
    assert any(command.endswith("--topic locks. --resource-pattern-type prefixed") for command in commands)


def test_operations_on_one_resource_are_one_command() -> None:
    rights = [Right(Operation.READ, topic("a")), Right(Operation.DESCRIBE_CONFIGS, topic("a"))]
    (command,) = grant_commands(rights, "User:a", "k:9092")
    assert "--operation DescribeConfigs --operation Read --topic a" in command


def test_a_rule_is_taken_away_with_its_host_and_its_pattern() -> None:
    rule = AccessRule("User:a", "10.0.0.1", "ALL", allows=True, resource_type="TOPIC", resource="x", prefixed=True)
    told = revoke_command(rule, "k:9092")
    assert "--remove --force --allow-principal User:a --allow-host 10.0.0.1 --operation All" in told
    assert told.endswith("--topic x --resource-pattern-type prefixed")


def test_the_kafka_user_may_do_just_that() -> None:
    document = yaml.safe_load(kafka_user(LEAST, "User:auditor"))
    assert (document["apiVersion"], document["kind"]) == ("kafka.strimzi.io/v1", "KafkaUser")
    rules = document["spec"]["authorization"]["acls"]
    assert len(rules) == len(LEAST)
    assert {operation for rule in rules for operation in rule["operations"]} == {"Read", "Describe"}
    assert {"resource": {"type": "cluster"}, "operations": ["Describe"]} in rules
    assert {
        "resource": {"type": "topic", "name": "locks.", "patternType": "prefix"},
        "operations": ["Read"],
    } in rules


def test_the_documents_in_the_repository_are_what_the_table_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[3])
    assert main(["--check"]) == 0


def test_a_stale_document_is_told_and_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
