"""DescribeAcls and authorized operations, decoded."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import AccessListed, AccessRule, NotVisible
from flowaudit.rights import AccessListing, Authorizer, Operation, operation_name, resource_type_name
from flowaudit.sources.acls.decode import decode_listing, listing_fact
from flowaudit.sources.rights.decode import (
    decode_groups,
    decode_operations,
    decode_topics,
    decode_transactional_ids,
)


def acl(principal: str = "User:a", operation: int = 3, permission: int = 3, host: str = "*") -> dict[str, object]:
    return {"principal": principal, "host": host, "operation": operation, "permission_type": permission}


def resource(*acls: dict[str, object], kind: int = 2, name: str = "billing", pattern: int = 3) -> dict[str, object]:
    return {"resource_type": kind, "resource_name": name, "pattern_type": pattern, "acls": list(acls)}


def test_a_rule_is_told_in_kafkas_words() -> None:
    listing = decode_listing(0, [resource(acl(permission=2), kind=3, name="app-", pattern=4)])
    assert listing.rules == (
        AccessRule("User:a", "*", "READ", allows=False, resource_type="GROUP", resource="app-", prefixed=True),
    )


def test_integers_that_nobody_knows_stay_integers_and_hide_no_other_rule() -> None:
    listing = decode_listing(0, [resource(acl(operation=15), acl(operation=3)), resource(acl(), kind=9)])
    assert listing.rules is not None
    assert {(rule.operation, rule.resource_type) for rule in listing.rules} == {
        ("OPERATION-15", "TOPIC"),
        ("READ", "TOPIC"),
        ("READ", "RESOURCE-9"),
    }


def test_kafkas_codes_have_kafkas_names() -> None:
    assert [operation_name(code) for code in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)] == [
        "ALL", "READ", "WRITE", "CREATE", "DELETE", "ALTER", "DESCRIBE", "CLUSTER_ACTION", "DESCRIBE_CONFIGS",
        "ALTER_CONFIGS", "IDEMPOTENT_WRITE", "CREATE_TOKENS", "DESCRIBE_TOKENS",
    ]  # fmt: skip
    assert [resource_type_name(code) for code in (2, 3, 4, 5)] == ["TOPIC", "GROUP", "CLUSTER", "TRANSACTIONAL_ID"]


def test_no_right_no_authorizer_and_a_busy_broker_are_three_answers() -> None:
    refused = listing_fact(decode_listing(31, []), 7)
    open_to_all = listing_fact(decode_listing(54, []), 7)
    assert isinstance(refused, NotVisible)
    assert isinstance(open_to_all, NotVisible)
    assert (refused.subject, refused.name, refused.reason) == ("cluster", "access rules", "no-describe-right")
    assert open_to_all.reason == "no-authorizer"
    assert listing_fact(decode_listing(7, []), 7) is None
    assert listing_fact(AccessListing(Authorizer.UNKNOWN), 7) is None


def test_a_cluster_without_a_single_rule_is_listed_as_that() -> None:
    fact = listing_fact(decode_listing(0, []), 7)
    assert isinstance(fact, AccessListed)
    assert fact.rules == ()


@given(
    st.lists(st.builds(acl, st.sampled_from(["User:a", "User:b"]), st.integers(0, 20), st.integers(1, 4)), max_size=6)
)
def test_the_order_of_an_answer_does_not_matter(acls: list[dict[str, object]]) -> None:
    shuffled = random.Random(1).sample(acls, len(acls))
    assert decode_listing(0, [resource(*acls)]) == decode_listing(0, [resource(*shuffled), resource(*acls)])


def test_operations_come_as_bits_or_as_codes_or_not_at_all() -> None:
    of_a_group = frozenset(
        {
            Operation.READ,
            Operation.DELETE,
            Operation.DESCRIBE,
            Operation.DESCRIBE_CONFIGS,
            Operation.ALTER_CONFIGS,
        }
    )
    assert decode_operations(3400) == of_a_group
    assert decode_operations({3, 8, 99}) == frozenset({Operation.READ, Operation.DESCRIBE})
    assert decode_operations(-2147483648) is None
    assert decode_operations(None) is None
    assert decode_operations(0) == frozenset()


def test_a_topic_that_does_not_exist_has_operations_and_a_refused_one_has_none() -> None:
    found = decode_topics(
        [
            {"name": "new", "error_code": 3, "authorized_operations": {8, 3}},
            {"name": "secret", "error_code": 29, "authorized_operations": None},
            {"name": "old-broker", "error_code": 0, "authorized_operations": None},
        ]
    )
    assert found == {
        "new": {Operation.READ, Operation.DESCRIBE},
        "secret": frozenset(),
        "old-broker": None,
    }


def test_a_group_that_answers_at_all_may_be_described() -> None:
    found = decode_groups(
        [
            {"group_id": "nobody", "error_code": 69, "authorized_operations": None},
            {"group_id": "secret", "error_code": 30, "authorized_operations": None},
            {"group_id": "mine", "error_code": 0, "authorized_operations": {3, 8}},
        ]
    )
    assert found == {
        "nobody": {Operation.DESCRIBE},
        "secret": frozenset(),
        "mine": {Operation.READ, Operation.DESCRIBE},
    }


def test_only_a_refusal_says_that_a_transactional_id_may_not_be_described() -> None:
    states = [{"transactional_id": "a", "error_code": 53}, {"transactional_id": "b", "error_code": 105}]
    assert decode_transactional_ids(states) == {"a": frozenset(), "b": {Operation.DESCRIBE}}
