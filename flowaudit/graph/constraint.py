"""Which flows count when a question is asked: how well they are known, and whether time matters."""

from __future__ import annotations

from dataclasses import dataclass

from flowaudit.graph.evidence import Tier


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a way of data must satisfy.

    Flows weaker than `minimum_tier` do not exist. With `in_time`, a flow that was last seen before an earlier flow of
    the way was first seen cannot carry that one's data on: a way e1, e2, … is possible when moments t1 ≤ t2 ≤ … exist,
    each within what was seen of its edge (`first_seen_ms` to `last_seen_ms`). Data may wait anywhere, however long.
    """

    minimum_tier: Tier = Tier.SUSPECTED
    in_time: bool = True
