"""Who may, by a listing: the same answers as Kafka's StandardAuthorizer gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import AccessRule
from flowaudit.rights.access import Operation, ResourceType
from flowaudit.rights.authorizer import EVERYBODY, Names, Rulebook

TOPICS = Names(["locks.events", "locks.alarms", "billing", "visitors"])


def rule(
    resource: str = "billing",
    operation: str = "READ",
    *,
    principal: str = "User:a",
    allows: bool = True,
    prefixed: bool = False,
    host: str = "*",
    kind: str = "TOPIC",
) -> AccessRule:
    return AccessRule(principal, host, operation, allows, kind, resource, prefixed)


def readable(*rules: AccessRule, principal: str = "User:a") -> set[str]:
    return set(Rulebook(rules).permitted(principal, Operation.READ, ResourceType.TOPIC, TOPICS))


def test_a_literal_rule_is_for_one_name_a_prefix_for_many_and_a_star_for_all() -> None:
    assert readable(rule("billing")) == {"billing"}
    assert readable(rule("locks.", prefixed=True)) == {"locks.events", "locks.alarms"}
    assert readable(rule("*")) == TOPICS.all


def test_a_denial_beats_what_is_allowed_whatever_the_pattern() -> None:
    assert readable(rule("*"), rule("locks.", prefixed=True, allows=False)) == {"billing", "visitors"}
    assert readable(rule("billing"), rule("*", allows=False)) == set()
    assert readable(rule("billing"), rule("billing", "ALL", allows=False)) == set()


def test_all_implies_every_operation_and_reading_implies_describing_but_writing_implies_no_reading() -> None:
    assert readable(rule("billing", "ALL")) == {"billing"}
    assert readable(rule("billing", "WRITE")) == set()
    for operation in ("READ", "WRITE", "DELETE", "ALTER"):
        book = Rulebook([rule("billing", operation)])
        assert book.permitted("User:a", Operation.DESCRIBE, ResourceType.TOPIC, TOPICS) == {"billing"}


def test_a_denied_read_does_not_deny_the_description() -> None:
    book = Rulebook([rule("billing", "WRITE"), rule("billing", "READ", allows=False)])
    assert book.permitted("User:a", Operation.DESCRIBE, ResourceType.TOPIC, TOPICS) == {"billing"}


def test_a_rule_for_one_host_still_permits_and_a_denial_of_another_host_takes_nothing_away() -> None:
    assert readable(rule("billing", host="10.0.0.1")) == {"billing"}
    assert readable(rule("billing"), rule("billing", host="10.0.0.1", allows=False)) == {"billing"}
    assert readable(rule("billing", host="10.0.0.1"), rule("billing", host="10.0.0.1", allows=False)) == set()
    assert readable(rule("billing", host="10.0.0.1"), rule("billing", allows=False)) == set()


def test_what_everybody_may_the_principal_may_and_what_everybody_is_denied_is_denied_to_it() -> None:
    assert readable(rule("billing", principal=EVERYBODY)) == {"billing"}
    assert readable(rule("billing"), rule("billing", principal=EVERYBODY, allows=False)) == set()
    assert readable(rule("billing", principal=EVERYBODY), rule("billing", allows=False)) == set()
    assert readable(rule("billing", principal=EVERYBODY), rule("billing", allows=False), principal="User:b") == {
        "billing"
    }


def test_rules_for_everybody_are_not_counted_as_the_principals_own() -> None:
    book = Rulebook([rule("billing", principal=EVERYBODY), rule("visitors")])
    own = book.granted("User:a", Operation.READ, ResourceType.TOPIC, TOPICS)
    assert own.keys() == {"visitors"}


def test_a_rule_for_another_kind_of_resource_says_nothing_about_topics() -> None:
    assert readable(rule("billing", kind="GROUP")) == set()


names = st.text(alphabet="ab.", min_size=1, max_size=4)
some_rules = st.lists(
    st.builds(
        rule,
        st.one_of(names, st.just("*")),
        st.sampled_from(["READ", "WRITE", "ALL"]),
        principal=st.sampled_from(["User:a", "User:b", EVERYBODY]),
        allows=st.booleans(),
        prefixed=st.booleans(),
        host=st.sampled_from(["*", "h1", "h2"]),
    ),
    max_size=12,
)


@given(some_rules, st.sets(names, max_size=8))
def test_every_name_gets_the_answer_that_the_rules_read_one_by_one_give(
    rules: list[AccessRule], known: set[str]
) -> None:
    permitted = Rulebook(rules).permitted("User:a", Operation.READ, ResourceType.TOPIC, Names(known))
    assert permitted == {name for name in known if any(_kafka_says(rules, name, host) for host in ("h1", "h2", "h3"))}


def _kafka_says(rules: list[AccessRule], name: str, host: str) -> bool:
    """One authorize() call, as the authorizer's documentation words it."""
    matching = [
        one
        for one in rules
        if one.principal in {"User:a", EVERYBODY}
        and one.host in {"*", host}
        and one.operation in {"READ", "ALL"}
        and (name.startswith(one.resource) if one.prefixed else one.resource in {"*", name})
    ]
    return any(one.allows for one in matching) and all(one.allows for one in matching)
