"""What the graph knows of programs, as linkage asks for it: who reads what, and which topics one program writes.

A program is, mostly, one reader and its writers. A transaction that carries a group's offsets, a topic that only its
own application writes, a topology that a group announces, a connector's own list of topics and the headers of dead
letters tie the two for certain. A client id or a topic's name may be another program's by accident: they make it
likely.

Nothing here has a time or a count: it changes when something new is known, and not with every poll.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from flowaudit.facts import Channel
from flowaudit.graph.draft import EdgeDraft, NodeName
from flowaudit.graph.evidence import EdgeKind, Evidence, Tier
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.namesakes import Namesakes
from flowaudit.graph.program_names import names_a_program
from flowaudit.linkage.readers import Programs, Writer

_MOST_LIKELY: Final = 3
"""Of a writer that could be any of more readers nothing is said."""
_COMMITS: Final = frozenset({Channel.COMMITTED_OFFSETS, Channel.OFFSETS_LOG})
_NAMELESS: Final = frozenset({NodeKind.PRODUCER, NodeKind.CLIENT})
_BY_NAME: Final = ("basis", "name")

_Readers = Mapping[NodeName, frozenset[str]]


class _Tie(NamedTuple):
    """A program that writes, and whether it is known for certain to be this one."""

    program: NodeName
    is_certain: bool


@dataclass(slots=True)
class _Written:
    topics: set[str] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)


def programs_for_linkage(
    seen: Iterable[EdgeDraft], namesakes: Namesakes, omitted: Collection[NodeName] = ()
) -> Programs:
    """Readers and writers among what was seen, drawn as their owners. Same drafts in any order: the same programs.

    Readers bear the graph's names: `group:fare-engine`, `connector:copier`, `client:door-watcher`. A writer that is
    certainly a program which reads nothing in Kafka (a source connector) has that program among its groups all the
    same, and `read_by` does not know it; nor does it know connectors that only carry data out. `omitted` programs (the
    auditor's own) count as nobody.
    """
    drafts = [
        draft
        for draft in seen
        if draft.evidence.tier.at_least(Tier.OBSERVED) and draft.source not in omitted and draft.target not in omitted
    ]
    written = _written(drafts, namesakes)
    readers = _without_sinks(_readers(drafts, namesakes), {tie.program for tie in written})
    known = _known_writers(written)
    writers = set[Writer]()
    for tie, of in written.items():
        alike = {tie.program, *namesakes.of(tie.program), *_same_topics(tie.program, of.topics, known)}
        if of.topics:
            writers.add(_writer(tie, of, alike & readers.keys(), namesakes.beside(tie.program) & readers.keys()))
    return Programs(
        read_by=tuple(sorted((_named(reader), topics) for reader, topics in readers.items())),
        writers=tuple(sorted(_without_parts(writers), key=_order)),
    )


def _readers(drafts: Iterable[EdgeDraft], namesakes: Namesakes) -> _Readers:
    """Whoever reads, and what. Clients that share a name which a library chose are one reader a topic."""
    readers: dict[NodeName, set[str]] = {}
    beside: dict[NodeName, set[str]] = {}
    for draft in drafts:
        if draft.kind is not EdgeKind.CONSUMES or (draft.evidence.channel in _COMMITS and not draft.records):
            continue
        reader, topic = _as_group(draft.target, namesakes), draft.source.name
        if reader.kind is NodeKind.PRINCIPAL or not _is_one(reader):
            beside.setdefault(reader._replace(name=f"{reader.name} of {topic}"), set()).add(topic)
        else:
            readers.setdefault(reader, set()).add(topic)
    known = set[str]().union(*readers.values())
    readers |= {reader: topics for reader, topics in beside.items() if not topics <= known}
    return {reader: frozenset(topics) for reader, topics in readers.items()}


def _without_sinks(readers: Mapping[NodeName, frozenset[str]], writers: Set[NodeName]) -> _Readers:
    """Without connectors that write no topic: they carry data out of Kafka, and nothing comes back by them."""
    return {name: topics for name, topics in readers.items() if name.kind is not NodeKind.CONNECTOR or name in writers}


def _written(drafts: Iterable[EdgeDraft], namesakes: Namesakes) -> dict[_Tie, _Written]:
    written: dict[_Tie, _Written] = {}
    for draft in drafts:
        if draft.kind is EdgeKind.PRODUCES and draft.source.kind is not NodeKind.PRINCIPAL and _is_one(draft.source):
            program = _as_group(draft.source, namesakes)
            tie = _Tie(program, _is_certain(program, draft.evidence))
            of = written.setdefault(tie, _Written())
            of.topics.add(draft.target.name)
            of.channels.add(draft.evidence.channel.value)
    for tie, of in written.items():
        certain = written.get(_Tie(tie.program, is_certain=True))
        if certain is not None and not tie.is_certain:
            of.topics -= certain.topics
    return written


def _is_certain(program: NodeName, evidence: Evidence) -> bool:
    if program.kind in _NAMELESS:
        return False
    if evidence.channel is Channel.STREAMS_TOPOLOGY:
        return _BY_NAME not in evidence.detail
    return evidence.tier is Tier.PROVEN or evidence.channel is Channel.TRANSACTION


def _writer(tie: _Tie, of: _Written, alike: Set[NodeName], beside: Set[NodeName]) -> Writer:
    """`alike` are readers that the writer may be by its name or by what it writes, `beside` those on its host."""
    topics, channels = frozenset(of.topics), of.channels
    if tie.is_certain:
        return Writer(topics, groups=(_named(tie.program),), settled_by=tuple(sorted(channels)))
    # A host has room for many programs: it counts only where nothing else says who the writer is.
    likely, by = (alike, channels) if alike else (beside, {Channel.BROKER_LOG.value})
    if not 0 < len(likely) <= _MOST_LIKELY:
        return Writer(topics)
    return Writer(topics, likely_groups=tuple(sorted(map(_named, likely))), settled_by=tuple(sorted(by)))


def _known_writers(written: Mapping[_Tie, _Written]) -> Mapping[str, frozenset[NodeName]]:
    """Writers with a name, by topic."""
    known: dict[str, set[NodeName]] = {}
    for tie, of in written.items():
        if tie.program.kind is not NodeKind.PRODUCER:
            for topic in of.topics:
                known.setdefault(topic, set()).add(tie.program)
    return {topic: frozenset(programs) for topic, programs in known.items()}


def _same_topics(
    program: NodeName, topics: Collection[str], known: Mapping[str, frozenset[NodeName]]
) -> frozenset[NodeName]:
    """Of a producer without an owner: whoever is known to write all that it writes.

    Threads of one program have a producer id each, and not all of them do what shows whose they are.
    """
    if program.kind is not NodeKind.PRODUCER or not topics:
        return frozenset()
    return frozenset.intersection(*(known.get(topic, frozenset()) for topic in topics))


def _without_parts(writers: Collection[Writer]) -> Iterator[Writer]:
    """Without writers of which nothing is known and all of whose topics another one writes that is as unknown.

    A program that was started anew, or that runs more than once, has several producer ids.
    """
    unknown: dict[str, list[Writer]] = {}
    for writer in writers:
        if not writer.groups and not writer.likely_groups:
            for topic in writer.topics:
                unknown.setdefault(topic, []).append(writer)
    for writer in writers:
        beside = unknown.get(min(writer.topics), ())
        if writer not in beside or not any(writer.topics < other.topics for other in beside):
            yield writer


def _as_group(node: NodeName, namesakes: Namesakes) -> NodeName:
    """The one reader whose name a client bears, else the node itself."""
    bearers = namesakes.of(node)
    return next(iter(bearers)) if len(bearers) == 1 else node


def _is_one(node: NodeName) -> bool:
    return node.kind is not NodeKind.CLIENT or names_a_program(node.name)


def _named(node: NodeName) -> str:
    return f"{node.kind}:{node.name}"


def _order(writer: Writer) -> tuple[list[str], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return sorted(writer.topics), writer.groups, writer.likely_groups, writer.settled_by
