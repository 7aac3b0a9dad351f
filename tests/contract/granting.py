"""`kafka-acls` command lines, carried out: what the project prints is what the tests grant."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterable

from kafka import KafkaAdminClient
from kafka.admin import ACLFilter, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePatternFilter
from kafka.admin import ResourceType as KafkaResourceType

from flowaudit.embedded import AclRule, EmbeddedKafka, grant
from flowaudit.sources.acls import list_access_rules
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession
from tests.e2e.commands import eventually

_KINDS = {"topic": "TOPIC", "group": "GROUP", "transactional_id": "TRANSACTIONAL_ID"}


def carry_out(kafka: EmbeddedKafka, commands: Iterable[str]) -> None:
    """Do what `kafka-acls --add` would do with these command lines; returns when the rules hold."""
    let(kafka, [rule_of(command) for command in commands])


def let(kafka: EmbeddedKafka, rules: Iterable[AclRule]) -> None:
    """Grant rules; returns when the broker has heard of them from its controller."""
    wanted = list(rules)
    grant(kafka, wanted)
    names = {(f"User:{rule.user}", operation, rule.resource_name) for rule in wanted for operation in rule.operations}
    eventually(lambda: names <= _listed(kafka), 10, "the broker knows the rules")


def rule_of(command: str) -> AclRule:
    """The rule that a `kafka-acls --add` command line makes; any word that the tool does not know is an error."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    for option in ("--bootstrap-server", "--command-config", "--allow-principal"):
        parser.add_argument(option, required=True)
    parser.add_argument("--add", action="store_true", required=True)
    parser.add_argument("--operation", action="append", required=True)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--cluster", action="store_true")
    for option in ("--topic", "--group", "--transactional-id"):
        what.add_argument(option)
    parser.add_argument("--resource-pattern-type", choices=["literal", "prefixed"], default="literal")
    program, *words = shlex.split(command)
    assert program == "kafka-acls"
    given = parser.parse_args(words)
    operations = tuple(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).upper() for word in given.operation)
    user = given.allow_principal.removeprefix("User:")
    if given.cluster:
        return AclRule(user, operations, "CLUSTER", "kafka-cluster")
    kind, name = next((kind, getattr(given, key)) for key, kind in _KINDS.items() if getattr(given, key))
    return AclRule(user, operations, kind, name, prefixed=given.resource_pattern_type == "prefixed")


def take_everything_away(kafka: EmbeddedKafka, user: str) -> None:
    """Remove every rule of a user; returns when none holds."""
    every = ResourcePatternFilter(KafkaResourceType.ANY, None, ACLResourcePatternType.ANY)
    admin = KafkaAdminClient(**kafka.client().kafka_python())
    try:
        admin.delete_acls([ACLFilter(f"User:{user}", None, ACLOperation.ANY, ACLPermissionType.ANY, every)])
    finally:
        admin.close()
    eventually(lambda: f"User:{user}" not in {who for who, *_ in _listed(kafka)}, 10, "the broker has no rule left")


def _listed(kafka: EmbeddedKafka) -> set[tuple[str, str, str]]:
    client = kafka.client()
    connection = KafkaConnection(
        kafka.bootstrap_servers, "SASL_PLAINTEXT", "PLAIN", client.user or "", client.password or ""
    )
    with AdminSession(connection) as session:
        rules = list_access_rules(session).rules or ()
    return {(rule.principal, rule.operation, rule.resource) for rule in rules}
