"""What the summed histograms say about each ordered pair of topics: chance, or more, and in which lag bins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import IdentifierKind
from flowaudit.linkage.statistics import benjamini_hochberg, binomial_tail, caused_share, scan_p_value
from flowaudit.linkage.sums import PairKey, PairSum

SIGNIFICANT = 0.01
"""The false discovery rate over all pairs that were tried."""
_MIN_QUOTED = 5
_BACKWARDS_AT_MOST = 0.1
_NO_SIGHTINGS = PairSum()


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """The evidence that `downstream` takes identifiers over from `upstream`."""

    instance: PairSum
    entity: PairSum
    q_value: float
    quotes: bool
    """Events named upstream are named downstream, there only after: order alone makes it near certain."""
    caused: NDArray[np.float64]
    """Per lag bin: share of entity sightings that chance does not explain."""
    yield_share: float
    """Share (0-1) of the upstream's entity sightings that are followed downstream, chance subtracted."""
    event_yield_share: float
    """Share (0-1) of its sightings of events that are named downstream later."""

    @property
    def is_significant(self) -> bool:
        """Does it hold beside all other pairs that were tried?"""
        return self.q_value <= SIGNIFICANT

    @property
    def caused_sightings(self) -> float:
        """Entity sightings, chance subtracted."""
        return float((self.caused * self.entity.preceding).sum())


def weigh(pairs: Mapping[PairKey, PairSum]) -> dict[tuple[str, str], PairEvidence]:
    """Weigh every pair of (upstream, downstream) that has any sightings, correcting for how many there are."""
    by_pair: dict[tuple[str, str], dict[IdentifierKind, PairSum]] = defaultdict(dict)
    for key, pair in pairs.items():
        by_pair[key.upstream, key.downstream][key.identifiers] = pair
    names = sorted(by_pair)
    kinds = [(by_pair[name].get(IdentifierKind.INSTANCE), by_pair[name].get(IdentifierKind.ENTITY)) for name in names]
    p_values = [min(1.0, 2 * min(_instance_p(instance), _entity_p(entity))) for instance, entity in kinds]
    q_values = benjamini_hochberg(p_values)
    return {
        name: PairEvidence(
            instance=instance or _NO_SIGHTINGS,
            entity=entity or _NO_SIGHTINGS,
            q_value=q_value,
            quotes=instance is not None and _quotes(instance),
            caused=_caused(entity or _NO_SIGHTINGS),
            yield_share=_yield_share(by_pair.get(name[::-1], {}).get(IdentifierKind.ENTITY)),
            event_yield_share=_event_yield_share(by_pair.get(name[::-1], {}).get(IdentifierKind.INSTANCE)),
        )
        for name, (instance, entity), q_value in zip(names, kinds, q_values, strict=True)
    }


def _instance_p(pair: PairSum | None) -> float:
    """Would the order be so one-sided by chance?"""
    if pair is None:
        return 1.0
    before, after = int(pair.preceding.sum()), int(pair.following.sum())
    return binomial_tail(before, before + after)


def _entity_p(pair: PairSum | None) -> float:
    if pair is None:
        return 1.0
    return max(scan_p_value(pair.preceding, pair.following), scan_p_value(pair.preceding, pair.shifted))


def _quotes(pair: PairSum) -> bool:
    before, after = int(pair.preceding.sum()), int(pair.following.sum())
    return before >= _MIN_QUOTED and after <= _BACKWARDS_AT_MOST * (before + after)


def _yield_share(reverse: PairSum | None) -> float:
    """Of all that the upstream topic carried, how much came out here? Seen from its sightings, time runs the other way.

    A direct child of a filter gets all that the filter lets through, and little of what went into it.
    """
    if reverse is None or not reverse.counted:
        return 0.0
    caused = caused_share(reverse.following, reverse.preceding, reverse.shifted)
    return min(1.0, float((caused * reverse.following).sum()) / reverse.counted)


def _event_yield_share(reverse: PairSum | None) -> float:
    if reverse is None or not reverse.counted:
        return 0.0
    return min(1.0, int(reverse.following.sum()) / reverse.counted)


def _caused(pair: PairSum) -> NDArray[np.float64]:
    return caused_share(pair.preceding, pair.following, pair.shifted)
