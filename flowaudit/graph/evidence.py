"""Edge kinds, tiers, verdicts and the evidence behind an edge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flowaudit.facts import Channel


class EdgeKind(StrEnum):
    """What an edge says. Data moves from `source` to `target`."""

    CONSUMES = "consumes"
    """topic → group"""
    PRODUCES = "produces"
    """group or producer → topic"""
    DERIVES = "derives"
    """topic → topic: content seen again"""
    SINKS = "sinks"
    SOURCES = "sources"
    PERMITTED = "permitted"
    DECLARED = "declared"
    """system → system: a flow that the topology declares and nobody has seen"""


class Tier(StrEnum):
    """The best evidence on an edge, strongest first."""

    PROVEN = "proven"
    OBSERVED = "observed"
    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    SUSPECTED = "suspected"
    PERMITTED = "permitted"
    DECLARED = "declared"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return _RANKS[self._value_]

    def at_least(self, other: Tier) -> bool:
        """Is this evidence as strong as `other`, or stronger?"""
        return self.rank <= other.rank


_RANKS: Final = {tier.value: rank for rank, tier in enumerate(Tier)}


def strongest(tiers: Iterable[Tier]) -> Tier:
    """The strongest of some tiers (at least one)."""
    return min(tiers, key=lambda tier: tier.rank)


def weakest(tiers: Iterable[Tier]) -> Tier:
    """The weakest of some tiers (at least one): what a path is worth."""
    return max(tiers, key=lambda tier: tier.rank)


class Verdict(StrEnum):
    """Declared against observed."""

    VERIFIED = "verified"
    UNDECLARED = "undeclared"
    PHANTOM = "phantom"
    PERMITTED = "permitted"
    UNJUDGED = "unjudged"
    """No topology was given: there is nothing to hold the edge against."""


Detail = tuple[tuple[str, str | int | float], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one channel knows about an edge."""

    channel: Channel
    tier: Tier
    first_seen_ms: int
    last_seen_ms: int
    reference: str
    """Where to look again."""
    detail: Detail = ()
    """Sorted (key, value) pairs: `("committed_offset", 1200)`, `("state", "Stable")`."""


def by_strength(evidence: Evidence) -> tuple[int, str, str, Detail]:
    """Sort key: strongest evidence first, then by channel."""
    return (evidence.tier.rank, evidence.channel.value, evidence.reference, evidence.detail)


@dataclass(frozen=True, slots=True)
class Inference:
    """What linkage says of an edge beyond its grade."""

    confidence: float
    """How likely (0-1) the flow is real."""
    records_alone: Tier | None
    """The grade without anything that the cluster tells about programs; None: there would be no edge."""
    settled_by: tuple[str, ...] = ()
    """What the cluster told that settled it, as evidence channels."""
    through: tuple[str, ...] = ()
    """Topics in between in which nothing can be followed."""


@dataclass(frozen=True, slots=True)
class Lag:
    """Quantiles of a delay in milliseconds."""

    p50_ms: int
    p95_ms: int
