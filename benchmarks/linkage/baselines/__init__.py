"""What others would try on the same estates: plain overlap, containment, rates, metadata alone. All are pure."""

from benchmarks.linkage.baselines.baseline import BASELINES, Baseline

__all__ = ["BASELINES", "Baseline"]
