"""Facts for tests: short builders, and hypothesis strategies over every kind of fact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from hypothesis import strategies as st

from flowaudit.facts import (
    ROW,
    Channel,
    ClusterSeen,
    DataDeclared,
    DigestsCompared,
    Fact,
    FieldClass,
    FieldName,
    FieldPair,
    FieldProfiled,
    FlowDeclared,
    GroupSeen,
    IdentifierKind,
    NotVisible,
    OffsetClass,
    OffsetCommitted,
    PairObserved,
    PeopleCounted,
    PeopleSet,
    ProducerSeen,
    Provenance,
    RecordQuarantined,
    RowsObserved,
    RunAudited,
    Segment,
    SystemDeclared,
    TopicSeen,
)
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.snapshot import Cluster, GraphSnapshot
from flowaudit.linkage.derived import DerivedEdge, FieldMatch, Grade, Inferred, SamePeople, Sharing
from flowaudit.linkage.readers import Programs
from flowaudit.linkage.registers import packed, places, registers_of
from tests.unit.graph.channel_facts import CHANNEL_FACTS

CLUSTER: Final = Cluster("made-cluster", "kafka://broker:9092")


def provenance(channel: Channel, observed_ms: int = 1_000) -> Provenance:
    return Provenance(channel, observed_ms, "made for a test")


def group(name: str, *topics: str, at_ms: int = 1_000, clients: tuple[str, ...] = ("app",)) -> GroupSeen:
    seen = provenance(Channel.GROUP_MEMBERSHIP, at_ms)
    return GroupSeen(seen, name, "classic", "consumer", "Stable", 1, topics, topics, clients)


def commit(
    name: str, topic: str, offset: int, end: int = -1, partition: int = 0, at_ms: int = 1_000
) -> OffsetCommitted:
    return OffsetCommitted(provenance(Channel.COMMITTED_OFFSETS, at_ms), name, topic, partition, offset, end)


def topic(name: str, *, internal: bool = False, at_ms: int = 1_000) -> TopicSeen:
    return TopicSeen(provenance(Channel.METADATA, at_ms), name, f"id of {name}", 3, internal)


def writer(topic_name: str, producer_id: int, last_sequence: int = 9, partition: int = 0) -> ProducerSeen:
    seen = provenance(Channel.PRODUCER_ID)
    return ProducerSeen(seen, topic_name, partition, producer_id, 0, last_sequence, 900)


def run(
    low: int, high: int, offset_class: OffsetClass = OffsetClass.AUDITED, topic_name: str = "t", partition: int = 0
) -> RunAudited:
    segments = (Segment(low, high, offset_class),)
    return RunAudited(provenance(Channel.LINKAGE), topic_name, "id", partition, segments)


def system(
    name: str, *, topics: str = "", groups: str = "", title: str = "", at_ms: int = 1, order: int = 0
) -> SystemDeclared:
    seen = provenance(Channel.DECLARED, at_ms)
    return SystemDeclared(seen, name, title, tuple(topics.split()), tuple(groups.split()), order=order)


def flow(upstream: str, downstream: str, at_ms: int = 1) -> FlowDeclared:
    return FlowDeclared(provenance(Channel.DECLARED, at_ms), upstream, downstream, "a purpose", "a law")


def derived(
    upstream: str, downstream: str, grade: Grade = Grade.PROBABLE, sightings: int = 100, fields: int = 100
) -> DerivedEdge:
    return DerivedEdge(
        upstream=upstream,
        downstream=downstream,
        grade=grade,
        sightings=sightings,
        coverage=0.95,
        lag_p50_ms=40,
        lag_p95_ms=90,
        lag_entropy_bits=2.5,
        q_value=0.0001,
        first_ms=2_000,
        last_ms=9_000,
        fields=(FieldMatch("$.tenant_id", "$.subject", fields),),
        confidence=0.93,
        records_alone=Grade.SUSPECTED,
        settled_by=("committed-offsets",),
        through=("tenants.table",),
    )


def same_people(one: str, other: str, sightings: int = 100) -> SamePeople:
    topics = min(one, other), max(one, other)
    match = FieldMatch("one", "two", sightings)
    return SamePeople(topics, Sharing.HABITS, sightings, 2_000, 9_000, (match,))


def snapshot_of(facts: Iterable[Fact], *edges: DerivedEdge, k_anonymity: int = 10) -> GraphSnapshot:
    """The graph of some facts, with linkage concluding these edges."""
    folding = GraphFold(CLUSTER, k_anonymity, inference=lambda _facts, _programs: Inferred(edges))
    folding.add_all(facts)
    return folding.snapshot()


def conclude(facts: Iterable[Fact], programs: Programs) -> Inferred:
    """A stand-in for linkage that depends on all that it is given: an edge a pair, as strong as the other facts say."""
    held = tuple(facts)
    readers = {reader for reader, _ in programs.read_by}
    pairs = sorted({(fact.upstream, fact.downstream) for fact in held if isinstance(fact, PairObserved)})
    sightings = sum(sum(fact.preceding) for fact in held if isinstance(fact, PairObserved))
    grade = Grade.PROBABLE if (len(readers) + len(programs.writers)) % 2 else Grade.SUSPECTED
    return Inferred(
        tuple(derived(upstream, downstream, grade, sightings + len(held)) for upstream, downstream in pairs),
        tuple(same_people(upstream, downstream, sightings) for upstream, downstream in pairs),
    )


_TOPICS: Final = st.sampled_from(
    ["locks.events", "score.changes", "app-__assignor-__leader", "app-seen-changelog", "__hidden", "t"]
)
_GROUPS: Final = st.sampled_from(["central-monitor", "app", "score", "гр’упа"])
_SYSTEMS: Final = st.sampled_from(["locks", "score", "app", "curfew"])
_TIMES: Final = st.integers(0, 6) | st.sampled_from([1_700_000_000_000, 2**62])
_OFFSETS: Final = st.integers(-1, 40) | st.just(2**63 - 1)
_SMALL: Final = st.integers(0, 5)
_IDS: Final = st.sampled_from(["id-1", "id-2"])
_PROVENANCE: Final = st.builds(Provenance, st.sampled_from(list(Channel)), _TIMES, st.sampled_from(["a", "b"]))
_WORDS: Final = st.sampled_from(["", "one", "two"])


@st.composite
def runs(draw: st.DrawFn) -> RunAudited:
    """A run of up to four segments; runs overlap and disagree."""
    low = draw(st.integers(0, 30))
    segments = []
    for length in draw(st.lists(st.integers(1, 10), min_size=1, max_size=4)):
        segments.append(Segment(low, low + length, draw(st.sampled_from(list(OffsetClass)))))
        low += length
    return RunAudited(draw(_PROVENANCE), draw(_TOPICS), draw(_IDS), draw(st.integers(0, 1)), tuple(segments))


def _tuples(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, max_size=3).map(tuple)


@st.composite
def people(draw: st.DrawFn) -> PeopleCounted:
    """Up to sixty people in up to three fields, and whom these share."""
    fields = draw(st.lists(st.builds(FieldName, _TOPICS, _WORDS), min_size=1, max_size=3, unique=True))
    numbers = st.integers(0, len(fields) - 1)
    sets = draw(st.lists(st.builds(PeopleSet, numbers, numbers, st.integers(0, 60).map(registers_of_the_first))))
    seen, bucket_ms, theta = draw(_PROVENANCE), draw(_TIMES), draw(st.sampled_from([0.1, 1.0]))
    return PeopleCounted(seen, bucket_ms, draw(_SMALL), draw(_SMALL), theta, tuple(fields), tuple(sets))


def registers_of_the_first(people_seen: int, first: int = 0) -> bytes:
    """The registers of so many made-up people."""
    return packed(registers_of(*places(np.arange(first, first + people_seen, dtype=np.uint64))))


_SHARES = st.sampled_from([0.1, 1.0])
_FIELD_NAMES = st.lists(st.builds(FieldName, _TOPICS, _WORDS), max_size=3).map(tuple)
_FIELD_PAIRS = st.builds(FieldPair, _WORDS, _WORDS, _SMALL)
_COUNTS = st.lists(_SMALL, max_size=3).map(tuple)
FACTS: Final[st.SearchStrategy[Fact]] = st.one_of(
    runs(),
    CHANNEL_FACTS,
    st.builds(ClusterSeen, _PROVENANCE, st.just("made-cluster"), _WORDS),
    st.builds(TopicSeen, _PROVENANCE, _TOPICS, _IDS, _SMALL, st.booleans()),
    st.builds(
        GroupSeen,
        _PROVENANCE,
        _GROUPS,
        _WORDS,
        _WORDS,
        _WORDS,
        _SMALL,
        _tuples(_TOPICS),
        _tuples(_TOPICS),
        _tuples(st.sampled_from(["flowaudit-1", "app-1"])),
    ),
    st.builds(OffsetCommitted, _PROVENANCE, _GROUPS, _TOPICS, st.integers(0, 2), _OFFSETS, _OFFSETS),
    st.builds(ProducerSeen, _PROVENANCE, _TOPICS, st.integers(0, 2), _SMALL, _SMALL, _OFFSETS, _OFFSETS, st.booleans()),
    st.builds(NotVisible, _PROVENANCE, st.just("topic"), _TOPICS, st.sampled_from(["not-tapped", "other"]), _WORDS),
    st.builds(DigestsCompared, _PROVENANCE, _TIMES, _SMALL, _SHARES, _FIELD_NAMES, _FIELD_NAMES, _SHARES),
    st.builds(RecordQuarantined, _PROVENANCE, _TOPICS, _IDS, st.integers(0, 1), _SMALL, _WORDS, _SMALL),
    st.builds(FieldProfiled, _PROVENANCE, _TOPICS, _WORDS, st.sampled_from(list(FieldClass)), _SMALL, st.booleans()),
    st.builds(
        SystemDeclared, _PROVENANCE, _SYSTEMS, _WORDS, _tuples(st.just("lock*")), _tuples(_GROUPS), _tuples(_WORDS)
    ),
    st.builds(FlowDeclared, _PROVENANCE, _SYSTEMS, _SYSTEMS, _WORDS, _WORDS, _tuples(st.just("lock*"))),
    st.builds(
        SystemDeclared,
        _PROVENANCE,
        _SYSTEMS,
        transactional_ids=_tuples(_IDS),
        producers=_tuples(st.sampled_from(["flowaudit-*", "User:*"])),
        connectors=_tuples(st.just("*-sink")),
        externals=_tuples(st.just("jdbc*")),
    ),
    st.builds(DataDeclared, _PROVENANCE, _tuples(_TOPICS), _tuples(_WORDS), _tuples(_WORDS), retention_days=_SMALL),
    st.builds(
        PairObserved,
        _PROVENANCE,
        _TOPICS,
        _TOPICS,
        st.sampled_from(list(IdentifierKind)),
        _SMALL,
        _SMALL,
        _COUNTS,
        _COUNTS,
        _COUNTS,
        _SMALL,
        _SMALL,
        st.lists(_FIELD_PAIRS, max_size=2).map(tuple),
    ),
    people(),
    st.builds(
        RowsObserved,
        _PROVENANCE,
        _TOPICS,
        _SMALL,
        _SMALL,
        _tuples(_WORDS),
        _tuples(_TOPICS),
        _SMALL,
        st.sampled_from([b"", bytes(ROW.itemsize)]),
        st.just(b""),
    ),
)
"""Any fact, over few names, so that facts meet and disagree."""
