"""How near a graph of evidence comes to the truth about an estate: pure arithmetic over edges."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Final, Literal, NamedTuple

import msgspec

from flowaudit.estates.truth import Truth

Tier = Literal["proven", "observed", "confirmed", "probable", "suspected", "permitted", "declared"]
EdgeKind = Literal["consumes", "derives"]

TIERS: Final[tuple[Tier, ...]] = ("proven", "observed", "confirmed", "probable", "suspected", "permitted", "declared")
"""From the strongest to the weakest."""
SEEN: Final[Tier] = "suspected"
"""The weakest tier that rests on something seen; below it are only rights and declarations."""
KINDS: Final[tuple[EdgeKind, ...]] = ("consumes", "derives")
_BINS: Final = 10


class ScoredEdge(msgspec.Struct, frozen=True):
    """An edge of the graph under test; ids as in the graph document (`topic:…`, `group:…`)."""

    kind: str
    source: str
    target: str
    tier: Tier
    confidence: float | None = None
    """How likely (0-1) the auditor says it is; None when it does not say."""
    alternates: tuple[str, ...] = ()
    """Other sources that it says would explain the target equally well."""


class Flow(NamedTuple):
    """A directed pair of node ids."""

    source: str
    target: str


class Accuracy(msgspec.Struct, frozen=True):
    """Counts of a comparison. With nothing found, precision is 1; with nothing to find, recall is 1."""

    correct: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of what was found that is true."""
        found = self.correct + self.wrong
        return self.correct / found if found else 1.0

    @property
    def recall(self) -> float:
        """The share of what is true that was found."""
        true = self.correct + self.missed
        return self.correct / true if true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


class TierScore(msgspec.Struct, frozen=True):
    """Accuracy of one kind of edge, counting edges of this tier or a stronger one."""

    kind: EdgeKind
    tier: Tier
    accuracy: Accuracy


class LinkedDecoy(msgspec.Struct, frozen=True):
    """A pair without a flow that was linked all the same, with the strongest tier it was given."""

    source: str
    target: str
    tier: Tier


class Claim(msgspec.Struct, frozen=True, array_like=True):
    """What the auditor said of how sure it was, and whether it was right."""

    confidence: float
    right: bool


class ScoreReport(msgspec.Struct, frozen=True, kw_only=True):
    """The whole comparison; all lists are sorted.

    `by_tier` has each kind at each tier, strongest first; `overall` is `by_tier` at tier `suspected`, as are
    `wrong`, `missed`, `reversed_flows` and `reachability`. `reversed_flows` are derives edges whose opposite is true
    while they are not. `reachability` compares the transitive closures of the derives edges. `offered` counts true
    derives edges that were found or named as an alternate of one that was; `decoy_pairs` is how many decoys there
    are. `claims` has every derives edge that says how sure it is. `unjudged` counts edges that touch a topic or a
    group of which the truth says nothing: they are left out of everything else.
    """

    by_tier: tuple[TierScore, ...]
    wrong: tuple[ScoredEdge, ...]
    missed: tuple[ScoredEdge, ...]
    reversed_flows: tuple[Flow, ...]
    reachability: Accuracy
    decoys: tuple[LinkedDecoy, ...]
    unjudged: int
    offered: int = 0
    decoy_pairs: int = 0
    claims: tuple[Claim, ...] = ()

    def overall(self, kind: EdgeKind) -> Accuracy:
        """Accuracy of one kind, at tier `suspected` or better."""
        return next(score.accuracy for score in self.by_tier if score.kind == kind and score.tier == SEEN)

    def decoys_at(self, tier: Tier) -> int:
        """How many decoys were linked at this tier or a stronger one."""
        return sum(TIERS.index(decoy.tier) <= TIERS.index(tier) for decoy in self.decoys)

    @property
    def offered_share(self) -> float:
        """The share of true derives edges that were offered; 1 when there are none."""
        derived = self.overall("derives")
        true = derived.correct + derived.missed
        return self.offered / true if true else 1.0

    @property
    def calibration_error(self) -> float | None:
        """By how much confidence and correctness differ; None when no edge says how sure it is."""
        return calibration_error(self.claims)


def score(edges: Iterable[ScoredEdge], truth: Truth) -> ScoreReport:
    """Compare edges with the truth. An edge that is given twice counts once, with its strongest tier.

    Edges of other kinds than `consumes` and `derives` are passed over, and so are flows that were not exercised.
    """
    known = {node.id for node in truth.nodes}
    untold = {("derives", flow.source, flow.target) for flow in truth.not_exercised or ()}
    best = _strongest(e for e in edges if e.kind in KINDS and (e.kind, e.source, e.target) not in untold)
    judged = [edge for edge in best if edge.source in known and edge.target in known]
    true = {kind: {Flow(e.source, e.target) for e in truth.edges if e.kind == kind} for kind in KINDS}
    seen = {kind: _flows(judged, kind, SEEN) for kind in KINDS}
    return ScoreReport(
        by_tier=tuple(
            TierScore(kind, tier, compare(_flows(judged, kind, tier), true[kind])) for kind in KINDS for tier in TIERS
        ),
        wrong=tuple(
            edge
            for edge in judged
            if _at_least(edge.tier, SEEN) and Flow(edge.source, edge.target) not in _of_kind(true, edge.kind)
        ),
        missed=tuple(
            ScoredEdge(kind, flow.source, flow.target, SEEN)
            for kind in KINDS
            for flow in sorted(true[kind] - seen[kind])
        ),
        reversed_flows=tuple(sorted(f for f in seen["derives"] - true["derives"] if _opposite(f) in true["derives"])),
        reachability=compare(closure(seen["derives"]), closure(true["derives"])),
        decoys=_linked_decoys(judged, truth),
        unjudged=len(best) - len(judged),
        offered=len(true["derives"] & (seen["derives"] | _alternates(judged))),
        decoy_pairs=len(truth.decoys),
        claims=tuple(
            Claim(edge.confidence, Flow(edge.source, edge.target) in true["derives"])
            for edge in judged
            if edge.kind == "derives" and edge.confidence is not None and _at_least(edge.tier, SEEN)
        ),
    )


def calibration_error(claims: Iterable[Claim]) -> float | None:
    """The expected calibration error (Naeini et al., AAAI 2015) in ten bins of equal width; None without claims.

    Over the bins, weighted by their claims: how far the average confidence is from the share that is right.
    """
    bins: dict[int, list[Claim]] = {}
    for claim in claims:
        bins.setdefault(min(_BINS - 1, int(claim.confidence * _BINS)), []).append(claim)
    count = sum(map(len, bins.values()))
    if not count:
        return None
    # Not divided by the size of the bin: that is its weight, and cancels.
    distances = (abs(sum(c.confidence for c in held) - sum(c.right for c in held)) for held in bins.values())
    return sum(distances) / count


def compare(found: Set[Flow], true: Set[Flow]) -> Accuracy:
    """Count what is right, wrong and missing."""
    return Accuracy(len(found & true), len(found - true), len(true - found))


def closure(flows: Set[Flow]) -> frozenset[Flow]:
    """Every pair of nodes of which the second can be reached from the first in one step or more."""
    following: dict[str, set[str]] = {}
    for flow in flows:
        following.setdefault(flow.source, set()).add(flow.target)
    reached: set[Flow] = set()
    for start, first in following.items():
        frontier = list(first)
        while frontier:
            node = frontier.pop()
            if Flow(start, node) not in reached:
                reached.add(Flow(start, node))
                frontier.extend(following.get(node, ()))
    return frozenset(reached)


def _strongest(edges: Iterable[ScoredEdge]) -> list[ScoredEdge]:
    best: dict[tuple[str, str, str], ScoredEdge] = {}
    for edge in edges:
        key = (edge.kind, edge.source, edge.target)
        if key not in best or _at_least(edge.tier, best[key].tier):
            best[key] = edge
    return [best[key] for key in sorted(best)]


def _at_least(tier: Tier, threshold: Tier) -> bool:
    return TIERS.index(tier) <= TIERS.index(threshold)


def _flows(edges: Iterable[ScoredEdge], kind: EdgeKind, threshold: Tier) -> set[Flow]:
    return {Flow(e.source, e.target) for e in edges if e.kind == kind and _at_least(e.tier, threshold)}


def _alternates(edges: Iterable[ScoredEdge]) -> set[Flow]:
    derived = (edge for edge in edges if edge.kind == "derives" and _at_least(edge.tier, SEEN))
    return {Flow(source, edge.target) for edge in derived for source in edge.alternates}


def _of_kind(true: dict[EdgeKind, set[Flow]], kind: str) -> set[Flow]:
    return true["derives"] if kind == "derives" else true["consumes"]


def _opposite(flow: Flow) -> Flow:
    return Flow(flow.target, flow.source)


def _linked_decoys(edges: Iterable[ScoredEdge], truth: Truth) -> tuple[LinkedDecoy, ...]:
    pairs = {(decoy.source, decoy.target) for decoy in truth.decoys}
    linked = (edge for edge in edges if edge.kind == "derives" and (edge.source, edge.target) in pairs)
    return tuple(LinkedDecoy(edge.source, edge.target, edge.tier) for edge in linked)
