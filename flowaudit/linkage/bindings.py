"""Explain each writer by one reader: a program is, mostly, one consumer group and what it writes.

It needs nothing but committed offsets and producer ids, no name and no host, and settles most cases in which timing
cannot tell two ancestors of the same family apart. Where Kafka says which group a writer is, that is fixed before
anything is weighed; where a client id says which it may be, that counts for something.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import Channel
from flowaudit.linkage.assignment import best_assignment
from flowaudit.linkage.child import Child
from flowaudit.linkage.fit import Fit, fit, with_all_read
from flowaudit.linkage.readers import Programs, Writer

_AGREEMENT = 0.3
"""Bonus where the group reads every parent that a free choice finds."""
_GUESSED = 0.15
"""The same where a free choice had to guess."""
_SECOND_PROGRAM = 0.2
"""Penalty for each program that a group serves already: it happens, but one each is likelier."""
_LIKELY = 0.3
"""Bonus for a group that the writer may well be, by a client id; it is then no second program."""
_BREADTH = 0.06
"""Penalty for each topic that a group reads: one that reads nearly everything reads the parents of anything, too."""
_MOST_BREADTH = 0.6
_WORSE_AT_MOST = 0.2
"""How much less than a free choice a group's topics may explain."""
_HIDDEN_EXPLAINS = 0.8
"""What a hidden reader's topics must explain of a child, so that no known reader is asked."""
_PROGRAMS = 2
"""So many programs one group may serve beside those that are known for certain."""

Fits = Mapping[str, Fit]


@dataclass(frozen=True, slots=True)
class Bound:
    """A child all of whose writers are known readers."""

    fit: Fit
    reads: frozenset[str]
    """What those readers read. Parents beside it are read by nobody who is known to write the child."""
    settled_by: tuple[str, ...]
    """Evidence channels that say so."""
    is_certain: bool
    """Does Kafka say who each writer is?"""


@dataclass(frozen=True, slots=True)
class _Tie:
    """What a writer reads, and by which channels that is known."""

    reads: frozenset[str]
    channels: tuple[str, ...]


def bind(children: Sequence[Child], free: Fits, programs: Programs) -> dict[str, Bound]:
    """The fit of every child whose writers could be explained by consumer groups, by topic.

    `free` is each child's fit among all topics that may be parents. A child is left out when one of its writers could
    be anybody, or when the topics of its writers' groups explain much less than a free choice. Where its writers are
    known for certain it is not: then the free choice stands, and what they do not read is held against it.
    """
    if not programs.is_known:
        return {}
    certain = frozenset[str]().union(*(writer.topics for writer in programs.writers if writer.groups))
    open_ = {
        child.topic: child
        for child in children
        if free[child.topic].parents
        and (child.topic in certain or not has_hidden_reader(child, free[child.topic], programs))
    }
    writers = [writer for writer in _all_writers(open_, programs) if not writer.topics.isdisjoint(open_)]
    fits = _Fits(open_)
    ties = {writer: _certain(writer, programs) for writer in writers if writer.groups}
    ties |= _assigned([writer for writer in writers if not writer.groups], free, programs, fits)
    bound = {}
    for topic in open_:
        mine = [writer for writer in writers if topic in writer.topics]
        if all(writer in ties for writer in mine):
            reads = frozenset[str]().union(*(ties[writer].reads for writer in mine))
            channels = tuple(sorted({channel for writer in mine for channel in ties[writer].channels}))
            is_certain = all(writer.groups for writer in mine)
            chosen = fits.of(topic, reads)
            if chosen.explained >= free[topic].explained - _WORSE_AT_MOST:
                bound[topic] = Bound(chosen, reads, channels, is_certain)
            elif is_certain:
                bound[topic] = Bound(free[topic], reads, channels, is_certain)
    return {topic: _joined(open_[topic], one, _read_for_others(topic, bound, open_)) for topic, one in bound.items()}


def _joined(child: Child, bound: Bound, read_for_others: frozenset[str]) -> Bound:
    """With both sides of a join, among what is read for nothing else."""
    return dataclasses.replace(bound, fit=with_all_read(child, bound.fit, bound.reads - read_for_others))


def _read_for_others(topic: str, bound: Mapping[str, Bound], children: Mapping[str, Child]) -> frozenset[str]:
    """What the child's writers read because of something else that they write."""
    others = [t for t, one in bound.items() if t != topic and one.reads == bound[topic].reads]
    return frozenset(children[t].rows.upstreams[n] for t in others for n in bound[t].fit.parents)


def has_hidden_reader(child: Child, anyone: Fit, programs: Programs) -> bool:
    """Is the child explained, beyond guessing, by topics that no reader is known of?

    Then a reader is hidden: who assigns partitions himself is in no group.
    """
    parents = {child.rows.upstreams[number] for number in anyone.parents}
    return (
        bool(parents)
        and parents.isdisjoint(programs.read_topics)
        and not anyone.is_guess
        and anyone.explained >= _HIDDEN_EXPLAINS
    )


class _Fits:
    """Fits among the topics of readers. Many readers have the same of a child's candidates: each is fitted once."""

    def __init__(self, children: Mapping[str, Child]) -> None:
        self._children = children
        self._candidates = {
            topic: frozenset(child.rows.upstreams[number] for number in child.pairs)
            for topic, child in children.items()
        }
        self._made: dict[tuple[str, frozenset[str]], Fit] = {}

    @property
    def topics(self) -> Set[str]:
        """The children."""
        return self._children.keys()

    def of(self, topic: str, reads: frozenset[str]) -> Fit:
        """The parents of a child among what is read."""
        key = topic, reads & self._candidates[topic]
        if key not in self._made:
            self._made[key] = fit(self._children[topic], key[1])
        return self._made[key]


def _all_writers(topics: Iterable[str], programs: Programs) -> list[Writer]:
    """The writers that are known, and one for each topic of which none is."""
    known = {topic for writer in programs.writers for topic in writer.topics}
    return [*programs.writers, *(Writer(frozenset({topic})) for topic in sorted(topics) if topic not in known)]


def _certain(writer: Writer, programs: Programs) -> _Tie:
    return _Tie(programs.reads_of(writer.groups), writer.settled_by)


def _assigned(writers: Sequence[Writer], free: Fits, programs: Programs, fits: _Fits) -> dict[Writer, _Tie]:
    """A reader for each writer so that as much as possible is explained in all."""
    if not writers or not programs.read_by:
        return {}
    gain = _gains(writers, free, programs, fits)
    columns = [gain - _penalties(writers, programs, already) for already in range(_PROGRAMS)]
    nobody = np.zeros((len(writers), len(writers)))
    ties = {}
    for writer, column in zip(writers, best_assignment(np.hstack([*columns, nobody])), strict=True):
        if column < _PROGRAMS * len(programs.read_by):
            reader, reads = programs.read_by[column % len(programs.read_by)]
            said = writer.settled_by if reader in writer.likely_groups else ()
            ties[writer] = _Tie(reads, (Channel.COMMITTED_OFFSETS.value, *said))
    return ties


def _gains(writers: Sequence[Writer], free: Fits, programs: Programs, fits: _Fits) -> NDArray[np.float64]:
    """How much each reader's topics explain of what each writer writes."""
    gain = np.zeros((len(writers), len(programs.read_by)))
    for row, writer in enumerate(writers):
        for column, (reader, reads) in enumerate(programs.read_by):
            breadth = min(_BREADTH * len(reads), _MOST_BREADTH)
            for topic in sorted(writer.topics & fits.topics):
                mine = fits.of(topic, reads)
                agreement = _GUESSED if free[topic].is_guess else _AGREEMENT
                agrees = free[topic].parents <= mine.parents
                gain[row, column] += mine.explained + (agreement if agrees else 0.0) - breadth
            gain[row, column] += _LIKELY if reader in writer.likely_groups else 0.0
    return gain


def _penalties(writers: Sequence[Writer], programs: Programs, already: int) -> NDArray[np.float64]:
    """For each writer and reader: what it costs that the reader serves `already` so many others, and certain ones."""
    certain = {group for writer in programs.writers for group in writer.groups}
    penalty = np.zeros((len(writers), len(programs.read_by)))
    for column, (reader, _) in enumerate(programs.read_by):
        penalty[:, column] = _SECOND_PROGRAM * (already + (reader in certain))
        for row, writer in enumerate(writers):
            if reader in writer.likely_groups:
                penalty[row, column] = 0.0
    return penalty
