"""Who may do what by a listing of access rules, as Kafka's StandardAuthorizer decides. Pure.

A rule that denies beats all that allow; a rule for ALL holds for every operation; whoever may READ, WRITE, DELETE or
ALTER may DESCRIBE; names are literal, prefixes, or `*` (KIP-290). A host counts as it does for Kafka: what is allowed
from one host is permitted, unless the same host, or every host, is denied. Super users, who pass every check, and
`allow.everyone.if.no.acl.found` stand in no listing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import takewhile
from typing import Final

from flowaudit.facts import AccessRule
from flowaudit.rights.access import EVERYTHING, Operation, ResourceType

EVERYBODY: Final = "User:*"
_ANY_HOST: Final = "*"
_IMPLIED_BY: Final = {
    Operation.DESCRIBE: {Operation.READ, Operation.WRITE, Operation.DELETE, Operation.ALTER},
    Operation.DESCRIBE_CONFIGS: {Operation.ALTER_CONFIGS},
}


class Names:
    """Names of resources of one type, ready to be matched."""

    def __init__(self, names: Iterable[str]) -> None:
        self.all: Final = frozenset(names)
        self._sorted = sorted(self.all)

    def matched_by(self, rule: AccessRule) -> frozenset[str]:
        """The names that a rule speaks of."""
        if rule.prefixed:
            start = bisect_left(self._sorted, rule.resource)
            following = (self._sorted[i] for i in range(start, len(self._sorted)))
            return frozenset(takewhile(lambda name: name.startswith(rule.resource), following))
        if rule.resource == EVERYTHING:
            return self.all
        return frozenset({rule.resource}) & self.all


class Rulebook:
    """A listing of access rules, to be asked many times."""

    def __init__(self, rules: Iterable[AccessRule]) -> None:
        self._allowing: dict[tuple[str, str], list[AccessRule]] = {}
        self._denying: dict[tuple[str, str], list[AccessRule]] = {}
        for rule in sorted(rules):
            by_principal = self._allowing if rule.allows else self._denying
            by_principal.setdefault((rule.principal, rule.resource_type), []).append(rule)

    def principals(self) -> tuple[str, ...]:
        """Everyone whom a rule allows something, sorted; `User:*` is one of them."""
        return tuple(sorted({principal for principal, _ in self._allowing}))

    def granted(self, principal: str, operation: Operation, kind: ResourceType, names: Names) -> dict[str, AccessRule]:
        """What rules that name this very principal permit it, less what is denied to it: the first rule by name."""
        allowing = self._allowing_rules(principal, operation, kind)
        permitted = self._less_denied(principal, operation, kind, names, allowing)
        by_name: dict[str, AccessRule] = {}
        for rule in allowing:
            for name in names.matched_by(rule) & permitted:
                by_name.setdefault(name, rule)
        return by_name

    def permitted(
        self, principal: str, operation: Operation, kind: ResourceType, names: Names, *, with_wildcards: bool = True
    ) -> frozenset[str]:
        """What the principal may do: by rules that name it, and by rules for everybody, less what is denied to it.

        Without wildcards, rules for all resources (`*`) count for nothing.
        """
        allowing = self._allowing_rules(principal, operation, kind)
        if principal != EVERYBODY:
            allowing = [*allowing, *self._allowing_rules(EVERYBODY, operation, kind)]
        if not with_wildcards:
            allowing = [rule for rule in allowing if rule.prefixed or rule.resource != EVERYTHING]
        return self._less_denied(principal, operation, kind, names, allowing)

    def _allowing_rules(self, principal: str, operation: Operation, kind: ResourceType) -> list[AccessRule]:
        granting = {Operation.ALL, operation} | _IMPLIED_BY.get(operation, set())
        return [rule for rule in self._allowing.get((principal, kind), ()) if rule.operation in granting]

    def _less_denied(
        self, principal: str, operation: Operation, kind: ResourceType, names: Names, allowing: list[AccessRule]
    ) -> frozenset[str]:
        denying = [
            rule
            for who in {principal, EVERYBODY}
            for rule in self._denying.get((who, kind), ())
            if rule.operation in {Operation.ALL, operation}
        ]
        permitted: frozenset[str] = frozenset()
        for host in {rule.host for rule in allowing}:
            allowed = frozenset[str]().union(*(names.matched_by(rule) for rule in allowing if rule.host == host))
            denied = (names.matched_by(rule) for rule in denying if rule.host in {_ANY_HOST, host})
            permitted |= allowed.difference(*denied)
        return permitted
