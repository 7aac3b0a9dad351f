"""A page of series under construction: (family, label values) → number."""

from __future__ import annotations

from collections.abc import Iterator

from flowaudit.metrics.families import FAMILIES, Family
from flowaudit.metrics.labels import label_value


class Page:
    """Collects series. One that is set twice is one series, with the last value: a scrape never sees it twice."""

    def __init__(self) -> None:
        self._series: dict[Family, dict[tuple[str, ...], float]] = {family: {} for family in FAMILIES}

    def set(self, family: Family, labels: tuple[str, ...], value: float) -> None:
        """Set one series; `labels` are in the order of the family's, and are made printable here."""
        self._series[family][tuple(label_value(text) for text in labels)] = value

    def count(self) -> int:
        """Series on the page."""
        return sum(len(series) for series in self._series.values())

    def families(self) -> Iterator[tuple[Family, list[tuple[tuple[str, ...], float]]]]:
        """All families in their order, each with its series sorted."""
        for family, series in self._series.items():
            yield family, sorted(series.items())
