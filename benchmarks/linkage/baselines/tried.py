"""All baselines on one estate."""

from __future__ import annotations

from benchmarks.linkage.baselines.baseline import BASELINES
from benchmarks.linkage.baselines.held import Held, hold
from benchmarks.linkage.baselines.metadata import metadata_flows
from benchmarks.linkage.estate import PlayedEstate

METADATA_ALONE = "metadata alone"


def tried(estate: PlayedEstate) -> dict[str, Held]:
    """By name: every baseline at its best threshold, and what metadata alone would draw."""
    held = {baseline.name: hold(baseline.pairs(estate.log), estate) for baseline in BASELINES}
    return {**held, METADATA_ALONE: hold(metadata_flows(estate.metadata_facts), estate)}


def tuned(estate: PlayedEstate) -> dict[tuple[str, float], Held]:
    """By name and threshold: every baseline at every threshold that is tried."""
    finds = [(baseline, baseline.prepare(estate.log)) for baseline in BASELINES]
    return {
        (baseline.name, threshold): hold(find(threshold), estate)
        for baseline, find in finds
        for threshold in baseline.tried
    }
