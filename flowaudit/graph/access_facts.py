"""Who may: access rules, expanded against the topics and groups that are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from flowaudit.facts import AccessListed, AccessRule, Channel
from flowaudit.graph.access_reach import Flow, Reach, Use, narrowest, permits_beyond, permits_of, reaches, uses
from flowaudit.graph.draft import EdgeDraft, NodeDraft, NodeName, evidence_of, topic_node
from flowaudit.graph.evidence import Detail, EdgeKind, Evidence, Tier
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.seen import Seen, detail
from flowaudit.graph.snapshot import Hidden
from flowaudit.rights.authorizer import Names, Rulebook

_NAMED_PRINCIPALS: Final = 3


class GroupPermit(NamedTuple):
    """Somebody may read the topic in the name of the group."""

    topic: str
    group: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Permissions:
    """The latest listing of access rules, held against what exists."""

    nodes: tuple[NodeDraft, ...] = ()
    """Principals that may read or write a known topic."""
    edges: tuple[EdgeDraft, ...] = ()
    """`permitted`: topic → principal that may read it, principal → topic that it may write."""
    groups: tuple[GroupPermit, ...] = ()
    """For every flow that was seen and is permitted; beyond those, for groups that rules name (by name or prefix)."""
    unpermitted: frozenset[Flow] = frozenset()
    """Flows that were seen, though no rule lets anybody who may use the group read the topic."""
    hidden: tuple[Hidden, ...] = ()


class AccessFacts:
    """Merges `AccessListed`: the latest listing stands. Any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._latest: tuple[int, tuple[AccessRule, ...], str] | None = None
        self._first_ms: dict[AccessRule, int] = {}
        # A listing of thousands of rules is not expanded again for every snapshot.
        self._expanded: tuple[object, Permissions] = (None, Permissions())

    def copy(self) -> AccessFacts:
        """An accumulator that can go its own way."""
        twin = AccessFacts()
        twin._latest = self._latest
        twin._first_ms = self._first_ms.copy()
        twin._expanded = self._expanded
        return twin

    def add(self, fact: AccessListed) -> None:
        """Take in one listing."""
        at = fact.provenance.observed_ms
        listing = (at, fact.rules, fact.provenance.reference)
        self._latest = listing if self._latest is None else max(self._latest, listing)
        for rule in fact.rules:
            self._first_ms[rule] = min(at, self._first_ms.get(rule, at))
        self._expanded = (None, Permissions())

    def permissions(self, topics: Collection[str], groups: Collection[str], seen: Collection[Flow]) -> Permissions:
        """Hold the latest listing against `topics` and `groups` that exist, and against flows that were seen.

        Without a listing nothing is permitted, and nothing is called unpermitted.
        """
        if self._latest is None:
            return Permissions()
        question = (self._latest, frozenset(topics), frozenset(groups), frozenset(seen))
        if self._expanded[0] != question:
            flows = question[3]
            known_topics = Names(question[1] | {topic for topic, _ in flows})
            known_groups = Names(question[2] | {group for _, group in flows})
            self._expanded = (question, self._expand(self._latest[1], known_topics, known_groups, flows))
        return self._expanded[1]

    def _expand(
        self, rules: tuple[AccessRule, ...], topics: Names, groups: Names, seen: frozenset[Flow]
    ) -> Permissions:
        book = Rulebook(rules)
        reaching = [reach for reach in reaches(book, topics) if reach.edges]
        using = list(uses(book, topics, groups))
        shown, too_wide = narrowest(reaching)
        named, too_many = narrowest(using)
        permits = permits_of(using, seen)
        unpermitted = seen - permits.keys()
        for flow, principals in permits_beyond(named, seen).items():
            permits[flow] = principals
        return Permissions(
            nodes=tuple(_node(reach) for reach in reaching),
            edges=tuple(edge for reach in shown for edge in self._edges(reach)),
            groups=tuple(self._group_permits(rules, permits)),
            unpermitted=unpermitted,
            hidden=(_SUPER_USERS, *(_wide(reach) for reach in too_wide), *(_many(use) for use in too_many)),
        )

    def _edges(self, reach: Reach) -> Iterator[EdgeDraft]:
        node = _principal_node(reach.principal)
        for topic, rule in reach.reads.items():
            yield EdgeDraft(topic_node(topic), node, EdgeKind.PERMITTED, self._by_rule(rule))
        for topic, rule in reach.writes.items():
            yield EdgeDraft(node, topic_node(topic), EdgeKind.PERMITTED, self._by_rule(rule))

    def _group_permits(
        self, rules: Iterable[AccessRule], permits: Mapping[Flow, Collection[str]]
    ) -> Iterator[GroupPermit]:
        first_ms: dict[str, int] = {}
        for rule in rules:
            at = self._first_ms[rule]
            first_ms[rule.principal] = min(at, first_ms.get(rule.principal, at))
        for flow in sorted(permits):
            principals = sorted(permits[flow])
            named = ", ".join(principals[:_NAMED_PRINCIPALS])
            known = detail(principals=len(principals), principal=named)
            yield GroupPermit(*flow, self._evidence(min(first_ms[one] for one in principals), known))

    def _by_rule(self, rule: AccessRule) -> Evidence:
        resource = f"{rule.resource}*" if rule.prefixed else rule.resource
        host = "" if rule.host == "*" else f" from {rule.host}"
        return self._evidence(self._first_ms[rule], detail(rule=f"ALLOW {rule.operation} on {resource}{host}"))

    def _evidence(self, first_ms: int, known: Detail) -> Evidence:
        last_ms, _, reference = self._latest or (first_ms, (), "")
        return evidence_of(Channel.ACL, Tier.PERMITTED, Seen(first_ms, last_ms, reference), known)


def _principal_node(principal: str) -> NodeName:
    return NodeName(NodeKind.PRINCIPAL, principal)


def _node(reach: Reach) -> NodeDraft:
    attributes = detail(may_read_topics=len(reach.reads), may_write_topics=len(reach.writes))
    return NodeDraft(_principal_node(reach.principal), attributes)


_SUPER_USERS: Final = Hidden(
    "cluster",
    "access rules",
    "super-users-unlisted",
    "what super users may do: they pass every check and stand in no rule; so does everybody, for what no rule speaks"
    " of, where allow.everyone.if.no.acl.found is set",
    Channel.ACL,
)


def _wide(reach: Reach) -> Hidden:
    hides = f"the {reach.edges} topics that it may read or write: with them the graph would be too large"
    return Hidden("principal", reach.principal, "too-many-permitted", hides, Channel.ACL)


def _many(use: Use) -> Hidden:
    hides = f"the {use.edges} readings that its groups may begin and have not: with them the graph would be too large"
    return Hidden("principal", use.principal, "too-many-permitted-groups", hides, Channel.ACL)
