"""Who may, in the graph: permitted edges, and the difference to who does, both ways."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import AccessListed, AccessRule, Channel, Provenance
from flowaudit.graph import access_reach
from flowaudit.graph.access_facts import AccessFacts, Permissions
from flowaudit.graph.evidence import EdgeKind, Tier

TOPICS = ("locks.events", "locks.alarms", "billing")
GROUPS = ("monitor", "score", "score-2")


def listed(*rules: AccessRule, at: int = 1) -> AccessListed:
    return AccessListed(Provenance(Channel.ACL, at, "DescribeAcls"), tuple(sorted(rules)))


def rule(
    principal: str,
    operation: str,
    resource: str,
    *,
    kind: str = "TOPIC",
    allows: bool = True,
    prefixed: bool = False,
    host: str = "*",
) -> AccessRule:
    return AccessRule(principal, host, operation, allows, kind, resource, prefixed)


def group_rule(principal: str, group: str, *, prefixed: bool = False) -> AccessRule:
    return rule(principal, "READ", group, kind="GROUP", prefixed=prefixed)


def permissions(*listings: AccessListed, seen: tuple[tuple[str, str], ...] = ()) -> Permissions:
    facts = AccessFacts()
    for listing in listings:
        facts.add(listing)
    return facts.permissions(TOPICS, GROUPS, seen)


def ends(found: Permissions) -> set[tuple[str, str]]:
    return {(edge.source.name, edge.target.name) for edge in found.edges}


def flows(found: Permissions) -> set[tuple[str, str]]:
    return {(permit.topic, permit.group) for permit in found.groups}


def test_whoever_may_read_a_topic_or_write_it_has_a_permitted_edge() -> None:
    found = permissions(
        listed(rule("User:a", "READ", "locks.", prefixed=True), rule("User:b", "WRITE", "billing", host="10.0.0.1"))
    )
    assert ends(found) == {("locks.events", "User:a"), ("locks.alarms", "User:a"), ("User:b", "billing")}
    assert {edge.kind for edge in found.edges} == {EdgeKind.PERMITTED}
    assert {(e.evidence.tier, e.evidence.channel) for e in found.edges} == {(Tier.PERMITTED, Channel.ACL)}
    told = {edge.source.name: dict(edge.evidence.detail)["rule"] for edge in found.edges}
    assert told["locks.events"] == "ALLOW READ on locks.*"
    assert told["User:b"] == "ALLOW WRITE on billing from 10.0.0.1"


def test_describing_is_no_flow() -> None:
    found = permissions(listed(rule("User:a", "DESCRIBE", "*")))
    assert (found.nodes, found.edges) == ((), ())


def test_a_rule_for_everybody_is_one_node_and_is_not_repeated_for_each_principal() -> None:
    found = permissions(listed(rule("User:*", "READ", "billing"), rule("User:a", "WRITE", "billing")))
    assert ends(found) == {("billing", "User:*"), ("User:a", "billing")}


def test_the_latest_listing_stands_and_a_rule_keeps_the_time_it_was_first_seen() -> None:
    old, new = rule("User:a", "READ", "billing"), rule("User:a", "READ", "locks.events")
    found = permissions(listed(old, new, at=5), listed(new, at=9), listed(old, at=2))
    assert ends(found) == {("locks.events", "User:a")}
    (edge,) = found.edges
    assert (edge.evidence.first_seen_ms, edge.evidence.last_seen_ms) == (5, 9)


def test_before_any_listing_nothing_is_permitted_and_nothing_unpermitted() -> None:
    assert permissions(seen=(("billing", "score"),)) == Permissions()


def test_a_seen_flow_gets_the_evidence_of_the_rules_that_permit_it_also_by_wildcards() -> None:
    seen = (("billing", "score"), ("locks.events", "score"))
    found = permissions(listed(rule("User:a", "READ", "billing"), group_rule("User:a", "*")), seen=seen)
    assert flows(found) == {("billing", "score")}
    assert found.unpermitted == {("locks.events", "score")}
    (permit,) = found.groups
    assert dict(permit.evidence.detail) == {"principals": 1, "principal": "User:a"}


def test_a_group_that_a_rule_names_may_read_what_its_principal_may() -> None:
    found = permissions(listed(rule("User:a", "READ", "billing"), group_rule("User:a", "score", prefixed=True)))
    assert flows(found) == {("billing", "score"), ("billing", "score-2")}


def test_a_rule_for_every_group_permits_no_flow_that_was_not_seen() -> None:
    assert flows(permissions(listed(rule("User:a", "READ", "*"), group_rule("User:a", "*")))) == set()


def test_the_topic_of_one_principal_and_the_group_of_another_do_not_make_a_permission() -> None:
    found = permissions(
        listed(rule("User:a", "READ", "billing"), group_rule("User:b", "score")), seen=(("billing", "score"),)
    )
    assert flows(found) == set()
    assert found.unpermitted == {("billing", "score")}


def test_a_topic_that_everybody_may_read_is_permitted_to_the_group_of_one() -> None:
    found = permissions(
        listed(rule("User:*", "READ", "billing"), group_rule("User:b", "score")), seen=(("billing", "score"),)
    )
    assert found.unpermitted == frozenset()


def test_an_empty_listing_permits_nobody_and_coverage_says_that_super_users_are_not_listed() -> None:
    found = permissions(listed(), seen=(("billing", "score"),))
    assert found.unpermitted == {("billing", "score")}
    assert [one.reason for one in found.hidden] == ["super-users-unlisted"]


def test_the_widest_permissions_are_left_out_first_and_coverage_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_reach, "MOST_EDGES", 4)
    found = permissions(
        listed(
            rule("User:narrow", "READ", "billing"),
            rule("User:wide", "ALL", "*"),
            group_rule("User:narrow", "score"),
            group_rule("User:wide", "score", prefixed=True),
        )
    )
    assert ends(found) == {("billing", "User:narrow")}
    assert flows(found) == {("billing", "score")}
    left_out = {(one.name, one.reason) for one in found.hidden if one.subject == "principal"}
    assert left_out == {("User:wide", "too-many-permitted"), ("User:wide", "too-many-permitted-groups")}
    nodes = {draft.node.name: dict(draft.attributes) for draft in found.nodes}
    assert nodes["User:wide"] == {"may_read_topics": 3, "may_write_topics": 3}


def test_a_copy_goes_its_own_way() -> None:
    facts = AccessFacts()
    facts.add(listed(rule("User:a", "READ", "billing")))
    twin = facts.copy()
    twin.add(listed(at=9))
    assert ends(facts.permissions(TOPICS, GROUPS, ())) == {("billing", "User:a")}
    assert twin.permissions(TOPICS, GROUPS, ()).edges == ()


def test_a_large_estate_is_expanded_in_a_moment() -> None:
    chance = random.Random(4)
    topics = [f"domain-{n % 50}.topic-{n}" for n in range(5_000)]
    groups = [f"app-{n}" for n in range(2_000)]
    rules = [rule(f"User:{n % 500}", "READ", chance.choice(topics)) for n in range(5_000)]
    rules += [rule(f"User:{n}", "READ", f"domain-{n % 50}.", prefixed=True) for n in range(300)]
    rules += [rule(f"User:{n}", "ALL", "*") for n in range(20)]
    rules += [group_rule(f"User:{n % 500}", f"app-{n}") for n in range(2_000)]
    facts = AccessFacts()
    facts.add(listed(*rules))
    seen = [(chance.choice(topics), chance.choice(groups)) for _ in range(10_000)]
    found = facts.permissions(topics, groups, seen)
    assert len(found.edges) <= access_reach.MOST_EDGES
    assert found is facts.permissions(topics, groups, seen), "the same question is answered from memory"


names = st.sampled_from(["*", "locks.", *TOPICS])
rules_ = st.builds(
    rule,
    st.sampled_from(["User:a", "User:b", "User:*"]),
    st.sampled_from(["READ", "WRITE", "ALL"]),
    names,
    allows=st.booleans(),
    prefixed=st.booleans(),
)
listings = st.builds(lambda rules, at: listed(*rules, at=at), st.lists(rules_, max_size=4), st.integers(0, 3))


@given(st.lists(listings, max_size=6), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_gives_the_same(facts: list[AccessListed], chance: random.Random) -> None:
    shuffled = [*facts, *facts]
    chance.shuffle(shuffled)
    seen = (("billing", "score"),)
    assert permissions(*facts, seen=seen) == permissions(*shuffled, seen=seen)
