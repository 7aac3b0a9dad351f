"""How much each further join adds to what is known about a person: attributes × people, the greatest gain first.

Greedy, as the marginal gain of a submodular sum is best taken (Nemhauser, Wolsey and Fisher, 1978): each topic is
judged by what it adds to those before it. What a flow only copies from them (a field of the same name) adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from flowaudit.facts import FieldName
from flowaudit.graph.identity_view import Addition
from flowaudit.graph.people_count import People

_A_VALUE: Final = re.compile(r"\d{5}|@")
"""A member name like this may be somebody's identifier: maps are keyed by people, too."""
_KEY: Final = "$key"
"""A record's key repeats what the record says, or says how it is spread over partitions."""
_LAST_STEP: Final = re.compile(r"[^.\[\]']+")


@dataclass(frozen=True, slots=True)
class Link:
    """A field of one topic, and the field of another that names the same people."""

    own: FieldName
    other: FieldName
    people: People
    told: int
    """How many, as it may be told."""
    since_ms: int


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of a cluster, as far as joining them needs it."""

    people: Mapping[str, People]
    """Whom each topic holds."""
    attributes: Mapping[str, tuple[str, ...]]
    """What each topic tells of them."""
    links: Mapping[tuple[str, str], list[Link]]
    """By a topic and another one: the links between them, from the first one's side."""
    flows: frozenset[tuple[str, str]]
    """(upstream topic, downstream topic)"""

    def copied(self, topic: str, joined: str) -> frozenset[str]:
        """Names of fields that say in one topic what they said in the other, for a flow leads between the two."""
        if (topic, joined) not in self.flows and (joined, topic) not in self.flows:
            return frozenset()
        return frozenset(_name(path) for path in self.attributes[joined])


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A topic that was not joined yet."""

    offer: Addition
    """What joining it now would be."""
    at_most: int
    shared: People
    """Those whom it shares with topics that were joined."""
    best: Link | None = None


def attributes_of(profiled: Mapping[str, tuple[str, ...]], fields: frozenset[FieldName]) -> dict[str, tuple[str, ...]]:
    """By topic: its profiled fields that do not themselves name these people."""
    return {
        topic: tuple(
            path
            for path in profiled.get(topic, ())
            if FieldName(topic, path) not in fields and path != _KEY and not _A_VALUE.search(path)
        )
        for topic in {field.topic for field in fields}
    }


def additions(topics: Topics, k_anonymity: int) -> tuple[Addition, ...]:
    """The topics in the order in which each adds most to what is known of a person."""
    left = {topic: _alone(topics, topic, k_anonymity) for topic in sorted(topics.people)}
    steps: list[Addition] = []
    while left:
        best = min((candidate.offer for candidate in left.values()), key=_greatest_gain)
        steps.append(best)
        if len(steps) == 1:
            left = {topic: _unlinked(candidate) for topic, candidate in left.items()}
        del left[best.topic]
        for topic, links in ((topic, topics.links.get((topic, best.topic))) for topic in left):
            if links:
                left[topic] = _linked(topics, left[topic], best.topic, links, k_anonymity)
    return tuple(steps)


def _greatest_gain(offer: Addition) -> tuple[int, int, str]:
    return -offer.people * len(offer.attributes), -offer.people, offer.topic


def _alone(topics: Topics, topic: str, k_anonymity: int) -> _Candidate:
    held = topics.people[topic].count().told(k_anonymity)
    return _Candidate(Addition(topic, None, held, 0, topics.attributes[topic]), held, People.union(()))


def _unlinked(candidate: _Candidate) -> _Candidate:
    """It adds something to others from now on: for nobody, as long as it shares nobody with them."""
    return replace(candidate, offer=replace(candidate.offer, people=0))


def _linked(topics: Topics, candidate: _Candidate, joined: str, links: list[Link], k_anonymity: int) -> _Candidate:
    """The candidate, once another topic with which it shares people was joined."""
    shared = People.union((candidate.shared, *(link.people for link in links)))
    known = links if candidate.best is None else [candidate.best, *links]
    best = min(known, key=lambda link: (-link.told, link.own, link.other))
    copied = topics.copied(candidate.offer.topic, joined)
    offer = replace(
        candidate.offer,
        through=(best.own, best.other),
        people=min(shared.count().told(k_anonymity), candidate.at_most),
        since_ms=best.since_ms,
        attributes=tuple(path for path in candidate.offer.attributes if _name(path) not in copied),
    )
    return _Candidate(offer, candidate.at_most, shared, best)


def _name(path: str) -> str:
    """The last member's name on a path."""
    steps: list[str] = _LAST_STEP.findall(path)
    return steps[-1] if steps else path
