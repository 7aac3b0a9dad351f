"""How far principals reach: what access rules let each of them read and write, and in the name of which groups."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple, TypeVar

from flowaudit.facts import AccessRule
from flowaudit.rights.access import Operation, ResourceType
from flowaudit.rights.authorizer import Names, Rulebook

MOST_EDGES: Final = 10_000
"""Of each sort: rules multiply (principals by topics, topics by groups), and a graph of all pairs tells nobody
anything. The narrowest permissions are kept, whole principals at a time; coverage names who was left out."""

Flow = tuple[str, str]
"""(topic, group)"""


class Reach(NamedTuple):
    """What one principal may do, by rules that name it."""

    principal: str
    reads: dict[str, AccessRule]
    writes: dict[str, AccessRule]

    @property
    def edges(self) -> int:
        """How many edges it makes."""
        return len(self.reads) + len(self.writes)


class Use(NamedTuple):
    """What one principal may read, and in the name of which groups; rules for everybody count, too."""

    principal: str
    topics: frozenset[str]
    groups: frozenset[str]
    named_groups: frozenset[str]
    """Those of `groups` that a rule speaks of by name or prefix."""

    @property
    def edges(self) -> int:
        """How many edges it makes at most."""
        return len(self.topics) * len(self.named_groups)


def reaches(book: Rulebook, topics: Names) -> Iterator[Reach]:
    """One a principal, `User:*` among them: rules for everybody are not repeated for each of the others."""
    for principal in book.principals():
        reads = book.granted(principal, Operation.READ, ResourceType.TOPIC, topics)
        yield Reach(principal, reads, book.granted(principal, Operation.WRITE, ResourceType.TOPIC, topics))


def uses(book: Rulebook, topics: Names, groups: Names) -> Iterator[Use]:
    """One a principal that may read in the name of any group."""
    for principal in book.principals():
        used = book.permitted(principal, Operation.READ, ResourceType.GROUP, groups)
        if used:
            read = book.permitted(principal, Operation.READ, ResourceType.TOPIC, topics)
            named = book.permitted(principal, Operation.READ, ResourceType.GROUP, groups, with_wildcards=False)
            yield Use(principal, read, used, named)


def permits_of(uses: Iterable[Use], seen: Iterable[Flow]) -> dict[Flow, set[str]]:
    """Who may do what was seen: principals by flow."""
    topics_by_group: dict[str, set[str]] = {}
    for topic, group in seen:
        topics_by_group.setdefault(group, set()).add(topic)
    permits: dict[Flow, set[str]] = {}
    for use in uses:
        for group in use.groups & topics_by_group.keys():
            for topic in use.topics & topics_by_group[group]:
                permits.setdefault((topic, group), set()).add(use.principal)
    return permits


def permits_beyond(uses: Iterable[Use], seen: Collection[Flow]) -> dict[Flow, set[str]]:
    """Who may do what was not seen."""
    permits: dict[Flow, set[str]] = {}
    for use in uses:
        for group in use.named_groups:
            for topic in use.topics:
                if (topic, group) not in seen:
                    permits.setdefault((topic, group), set()).add(use.principal)
    return permits


_Wide = TypeVar("_Wide", Reach, Use)


def narrowest(all_of: Iterable[_Wide]) -> tuple[list[_Wide], list[_Wide]]:
    """Those that together make no more than `MOST_EDGES`, narrowest first, and the rest."""
    kept: list[_Wide] = []
    left_out: list[_Wide] = []
    room = MOST_EDGES
    for one in sorted(all_of, key=lambda one: (one.edges, one.principal)):
        room -= one.edges
        (kept if room >= 0 else left_out).append(one)
    return kept, left_out
