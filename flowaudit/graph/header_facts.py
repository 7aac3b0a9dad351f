"""What record headers tell: dead letters, origins, schemas, and traces that pass from topic to topic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeVar

from flowaudit.facts import Carrier, Channel, DeadLettered, OriginNamed, SchemaUsed, TracesShared
from flowaudit.graph.draft import EdgeDraft, NodeDraft, NodeName, evidence_of, group_node, proven, topic_node
from flowaudit.graph.evidence import EdgeKind, Tier
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.seen import Seen, detail, seen_at

_MOST_KEPT: Final = 32
"""Origins and schemas of a topic: of more, the first by name stay."""
_MOST_FAILURES: Final = 1_000
"""Of a dead-letter topic: each is a proven flow, and one queue may serve a whole Connect cluster."""
_MOST_LISTED: Final = 4
_LEAST_TRACES: Final = 3
_MOST_REVERSED: Final = 0.1
"""Of the traces that two topics share: with more of them the other way round, neither comes first."""
_NEARLY_ALL: Final = 0.9
_K = TypeVar("_K", bound=tuple[Any, ...])


class _Failure(NamedTuple):
    topic: str
    carrier: Carrier
    name: str


class _Traces(NamedTuple):
    """What was counted of one ordered pair of topics."""

    seen: Seen
    traces: int
    downstream_traces: int

    def merge(self, other: _Traces) -> _Traces:
        return _Traces(
            self.seen.merge(other.seen),
            max(self.traces, other.traces),
            max(self.downstream_traces, other.downstream_traces),
        )


class Parent(NamedTuple):
    """A topic from which another one's traces come, as far as traces can tell."""

    upstream: str
    downstream: str
    alternates: tuple[str, ...]
    """Topics, sorted, that would explain the downstream topic as well; empty: there are none."""


class HeaderFacts:
    """Merges facts of record headers; any order and any repetition gives the same.

    Which pairs of topics with traces in common become edges is the business of `parents`.
    """

    def __init__(self) -> None:
        self._failures: dict[str, dict[_Failure, Seen]] = {}
        self._origins: dict[str, dict[tuple[str, str], Seen]] = {}
        self._schemas: dict[str, dict[tuple[str, str, str, str], Seen]] = {}
        self._traces: dict[tuple[str, str], _Traces] = {}

    def copy(self) -> HeaderFacts:
        """An accumulator that can go its own way."""
        twin = HeaderFacts()
        twin._failures = {topic: held.copy() for topic, held in self._failures.items()}
        twin._origins = {topic: held.copy() for topic, held in self._origins.items()}
        twin._schemas = {topic: held.copy() for topic, held in self._schemas.items()}
        twin._traces = self._traces.copy()
        return twin

    def add_dead_letter(self, fact: DeadLettered) -> None:
        """Take in who put records of one topic into another."""
        failure = _Failure(fact.topic, fact.carrier, fact.name)
        _see(self._failures.setdefault(fact.dead_letter_topic, {}), failure, seen_at(fact.provenance), _MOST_FAILURES)

    def add_origin(self, fact: OriginNamed) -> None:
        """Take in where records of a topic come from."""
        _see(self._origins.setdefault(fact.topic, {}), (fact.scheme, fact.name), seen_at(fact.provenance))

    def add_schema(self, fact: SchemaUsed) -> None:
        """Take in a schema of a topic."""
        used = (fact.part, fact.schema_id, fact.subject, fact.schema_type)
        _see(self._schemas.setdefault(fact.topic, {}), used, seen_at(fact.provenance))

    def add_traces(self, fact: TracesShared) -> None:
        """Take in traces that two topics have in common; the highest counts stand, for each direction by itself."""
        seen = seen_at(fact.provenance)
        forth = _Traces(seen, max(fact.traces, 0), max(fact.downstream_traces, 0))
        back = _Traces(seen, max(fact.reversed_traces, 0), 0)
        for pair, counted in (((fact.upstream, fact.downstream), forth), ((fact.downstream, fact.upstream), back)):
            known = self._traces.get(pair)
            self._traces[pair] = counted if known is None else known.merge(counted)

    def nodes(self) -> Iterator[NodeDraft]:
        """Topics with `origin`, `key_schema`, `key_subject`, `value_schema`, `value_subject` … as far as known."""
        for topic, origins in self._origins.items():
            named = detail(origin=_listed(f"{scheme} {name}" for scheme, name in origins))
            yield NodeDraft(topic_node(topic), named)
        for topic, schemas in self._schemas.items():
            for part in ("key", "value"):
                known = {
                    f"{part}_schema": _listed(schema_id for its, schema_id, _, _ in schemas if its == part),
                    f"{part}_schema_type": _listed(kind for its, _, _, kind in schemas if its == part),
                    f"{part}_subject": _listed(subject for its, _, subject, _ in schemas if its == part),
                }
                attributes = detail(**{name: value for name, value in known.items() if value})
                if attributes:
                    yield NodeDraft(topic_node(topic), attributes)

    def edges(self) -> Iterator[EdgeDraft]:
        """Both edges of whoever put a record aside, proven, and `derives` edges between topics of the same traces."""
        for dead_letter_topic, failures in self._failures.items():
            for failure, seen in failures.items():
                yield from _failure_edges(failure, dead_letter_topic, seen)
        for parent in parents({pair: counted.traces for pair, counted in self._traces.items()}):
            yield self._derives(parent)

    def _derives(self, parent: Parent) -> EdgeDraft:
        counted = self._traces[parent.upstream, parent.downstream]
        back = self._traces.get((parent.downstream, parent.upstream))
        known = detail(
            downstream_traces=max(counted.downstream_traces, counted.traces),
            reversed_traces=back.traces if back is not None else 0,
            traces=counted.traces,
        )
        tier = Tier.PROBABLE if parent.alternates else Tier.OBSERVED
        return EdgeDraft(
            topic_node(parent.upstream),
            topic_node(parent.downstream),
            EdgeKind.DERIVES,
            evidence_of(Channel.HEADERS, tier, counted.seen, known),
            alternates=parent.alternates,
        )


def _failure_edges(failure: _Failure, dead_letter_topic: str, seen: Seen) -> Iterator[EdgeDraft]:
    is_group = failure.carrier is Carrier.GROUP
    carrier = group_node(failure.name) if is_group else NodeName(NodeKind.CONNECTOR, failure.name)
    evidence = proven(Channel.HEADERS, seen, detail(said_by="dead-letter headers"))
    yield EdgeDraft(topic_node(failure.topic), carrier, EdgeKind.CONSUMES, evidence)
    yield EdgeDraft(carrier, topic_node(dead_letter_topic), EdgeKind.PRODUCES, evidence)


def _see(held: dict[_K, Seen], key: _K, seen: Seen, most: int = _MOST_KEPT) -> None:
    held[key] = held[key].merge(seen) if key in held else seen
    if len(held) > most:
        del held[max(held)]


def _listed(names: Iterable[str]) -> str:
    distinct = sorted({name for name in names if name})
    more = len(distinct) - _MOST_LISTED
    return ", ".join(distinct[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def parents(shared: Mapping[tuple[str, str], int]) -> list[Parent]:
    """Which of the pairs with traces in common stand for a flow of their own. `shared`: traces by ordered pair.

    A topic comes before another when they share at least 3 traces, at most a tenth of them the other way round. So
    siblings of a fan-out that overtake one another are not drawn. Of the topics that come before D:

    - A is only transitive, and not drawn, when the parents of D that come after A account for nine tenths of the
      traces that A shares with D. Parents are tried from the nearest on.
    - A parent P of D has A as an alternate when A comes before P and both share nearly all of the traces that P and D
      share. Then A → P → D looks exactly like A → P, A → D with a D that is always later: a chain and a fan-out in
      constant order. P → D is kept, as `probable`.

    What traces cannot tell: records that a request outside of Kafka causes in two topics look like a flow between
    them; clocks that are wrong by more than the delay turn a pair round; batches that begin a trace of their own, and
    topics without trace context, leave gaps, and what lies before a gap is drawn as the parent of what lies behind it.
    Counts of pairs stand for sets of traces: two parents of the same traces may hide a third flow beside them.
    """
    before = {pair: traces for pair, traces in shared.items() if _comes_first(shared, pair)}
    candidates: dict[str, set[str]] = {}
    for upstream, downstream in before:
        candidates.setdefault(downstream, set()).add(upstream)
    found: list[Parent] = []
    for downstream in sorted(candidates):
        found += _parents_of(downstream, candidates[downstream], before)
    return found


def _comes_first(shared: Mapping[tuple[str, str], int], pair: tuple[str, str]) -> bool:
    upstream, downstream = pair
    traces, back = shared[pair], shared.get((downstream, upstream), 0)
    return upstream != downstream and traces >= _LEAST_TRACES and back <= _MOST_REVERSED * (traces + back)


def _parents_of(downstream: str, candidates: set[str], before: Mapping[tuple[str, str], int]) -> Iterator[Parent]:
    later = {one: [other for other in candidates if (one, other) in before] for one in candidates}
    chosen: list[str] = []
    for one in sorted(candidates, key=lambda name: (len(later[name]), name)):
        between = [other for other in later[one] if other in chosen]
        explained = sum(min(before[one, other], before[other, downstream]) for other in between)
        if explained < _NEARLY_ALL * before[one, downstream]:
            chosen.append(one)
    for parent in sorted(chosen):
        enough = _NEARLY_ALL * before[parent, downstream]
        alternates = [
            other
            for other in sorted(candidates)
            if before.get((other, parent), 0) >= enough and before[other, downstream] >= enough
        ]
        yield Parent(parent, downstream, tuple(alternates))
