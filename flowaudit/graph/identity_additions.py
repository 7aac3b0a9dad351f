"""How much each further join adds to what is known about a person: attributes × people, the greatest gain first.

Greedy, as the marginal gain of a submodular sum is best taken (Nemhauser, Wolsey and Fisher, 1978): each topic is
judged by what it adds to those before it. What a flow only copies from them (a field of the same name) adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from flowaudit.facts import FieldName
from flowaudit.graph.identity_view import Addition
from flowaudit.graph.people_count import People
from flowaudit.graph.people_facts import FieldPair

_A_VALUE: Final = re.compile(r"\d{5}|@")
"""A member name like this may be somebody's identifier: maps are keyed by people, too."""
_LAST_STEP: Final = re.compile(r"[^.\[\]']+")


@dataclass(frozen=True, slots=True)
class AddedTopics:
    """A cluster, as far as joining its topics needs it."""

    fields: Mapping[FieldName, People]
    shared: Mapping[FieldPair, People]
    profiled: Collection[FieldName]
    flows: frozenset[tuple[str, str]]
    """(upstream topic, downstream topic)"""
    since_ms: Callable[[FieldName, FieldName], int]

    def flows_between(self, one: str, other: str) -> bool:
        """Does one topic's content go on into the other?"""
        return (one, other) in self.flows or (other, one) in self.flows


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A topic that was not joined yet."""

    topic: str
    people: int
    """As told: all that it holds."""
    attributes: tuple[str, ...]
    """What joining it would add."""
    shared: People
    """Those whom it shares with topics that were joined."""
    through: SharedBy | None = None
    """The fields that show most of them."""

    def addition(self, k_anonymity: int, *, is_first: bool) -> Addition:
        """What joining it now would be."""
        through = self.through
        people = self.people if is_first else min(self.shared.count().told(k_anonymity), self.people)
        ends = None if through is None else (through.own, through.other)
        return Addition(self.topic, ends, people, 0 if through is None else through.since_ms, self.attributes)


@dataclass(frozen=True, slots=True)
class SharedBy:
    """A field of one topic, the field of another that names the same people, and how many."""

    own: FieldName
    other: FieldName
    people: int
    since_ms: int


def additions(topics: AddedTopics, k_anonymity: int) -> tuple[Addition, ...]:
    """The topics in the order in which each adds most to what is known of a person."""
    left = {topic: _alone(topics, topic, k_anonymity) for topic in sorted({field.topic for field in topics.fields})}
    steps: list[Addition] = []
    while left:
        offers = [candidate.addition(k_anonymity, is_first=not steps) for candidate in left.values()]
        best = min(offers, key=_greatest_gain)
        steps.append(best)
        del left[best.topic]
        left = {topic: _beside(topics, candidate, best.topic, k_anonymity) for topic, candidate in left.items()}
    return tuple(steps)


def _greatest_gain(offer: Addition) -> tuple[int, int, str]:
    return -offer.people * len(offer.attributes), -offer.people, offer.topic


def _alone(topics: AddedTopics, topic: str, k_anonymity: int) -> _Candidate:
    own = [people for field, people in topics.fields.items() if field.topic == topic]
    return _Candidate(topic, People.union(own).count().told(k_anonymity), _attributes(topics, topic), People.union(()))


def _attributes(topics: AddedTopics, topic: str) -> tuple[str, ...]:
    """Fields of the topic that do not themselves name these people."""
    fields = (field for field in topics.profiled if field.topic == topic and field not in topics.fields)
    return tuple(sorted(field.path for field in fields if not _A_VALUE.search(field.path)))


def _beside(topics: AddedTopics, candidate: _Candidate, joined: str, k_anonymity: int) -> _Candidate:
    """The candidate once another topic was joined."""
    links = _links(topics, candidate.topic, joined)
    if not links:
        return candidate
    told = [
        SharedBy(own, other, people.count().told(k_anonymity), topics.since_ms(own, other))
        for own, other, people in links
    ]
    known = [candidate.through] if candidate.through is not None else []
    copied = _names(topics, joined) if topics.flows_between(candidate.topic, joined) else frozenset[str]()
    return replace(
        candidate,
        shared=People.union((candidate.shared, *(people for _, _, people in links))),
        through=min((*known, *told), key=lambda link: (-link.people, link.own, link.other)),
        attributes=tuple(path for path in candidate.attributes if _name(path) not in copied),
    )


def _links(topics: AddedTopics, topic: str, joined: str) -> list[tuple[FieldName, FieldName, People]]:
    found = []
    for (one, other), people in topics.shared.items():
        if (one.topic, other.topic) == (topic, joined):
            found.append((one, other, people))
        elif (other.topic, one.topic) == (topic, joined):
            found.append((other, one, people))
    return found


def _names(topics: AddedTopics, topic: str) -> frozenset[str]:
    return frozenset(_name(path) for path in _attributes(topics, topic))


def _name(path: str) -> str:
    """The last member's name on a path."""
    steps: list[str] = _LAST_STEP.findall(path)
    return steps[-1] if steps else path
