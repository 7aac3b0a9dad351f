"""The custom collector: at each scrape, the state of the service at that moment becomes a page of series."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from flowaudit.metrics import families
from flowaudit.metrics.budget import SeriesBudget
from flowaudit.metrics.cluster_series import put_groups, put_service, put_tap
from flowaudit.metrics.families import FAMILIES, Family, MetricType
from flowaudit.metrics.graph_series import put_flows, put_graph, put_not_visible, put_totals
from flowaudit.metrics.identity_series import put_linkage, put_people
from flowaudit.metrics.page import Page
from flowaudit.metrics.state import ServiceState

PARTS = ("consumergroups", "flows", "graph", "not_visible", "people", "tap")


class StateCollector(Collector):
    """Collects from whatever `state` returns; at most `max_series` series, what is left out is counted.

    `kafka_cluster` is the value of that label; None takes the cluster's own id. `timer` gives seconds.
    """

    def __init__(
        self,
        state: Callable[[], ServiceState],
        *,
        version: str,
        max_series: int,
        kafka_cluster: str | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._state = state
        self._version = version
        self._max_series = max_series
        self._kafka_cluster = kafka_cluster
        self._timer = timer
        self._lock = threading.Lock()
        self._dropped: dict[str, int] = dict.fromkeys(PARTS, 0)

    def describe(self) -> Iterator[Metric]:
        """Every family, without series: registering asks for the names and must not start a scrape."""
        return (_metric(family) for family in FAMILIES)

    @override
    def collect(self) -> Iterator[Metric]:
        """One page, of one state."""
        started = self._timer()
        page = self._page(self._state())
        page.set(families.COLLECT_DURATION, (), self._timer() - started)
        for family, series in page.families():
            metric = _metric(family)
            for labels, value in series:
                metric.add_metric(labels, value)
            yield metric

    def _page(self, state: ServiceState) -> Page:
        page = Page()
        snapshot = state.snapshot
        cluster = self._kafka_cluster or (snapshot.cluster.id if snapshot else "")
        put_service(page, cluster, self._version, state)
        if snapshot:
            put_totals(page, cluster, snapshot)
            put_linkage(page, cluster, snapshot)
        budget = SeriesBudget(self._max_series - page.count() - len(PARTS) - 1)
        if snapshot:
            put_not_visible(page, budget, cluster, snapshot)
            put_flows(page, budget, cluster, snapshot)
            put_people(page, budget, cluster, snapshot)
        put_tap(page, budget, cluster, state)
        put_groups(page, budget, cluster, state)
        if snapshot:
            put_graph(page, budget, cluster, snapshot)
        self._put_dropped(page, budget)
        return page

    def _put_dropped(self, page: Page, budget: SeriesBudget) -> None:
        with self._lock:
            for part, series in budget.dropped.items():
                self._dropped[part] += series
            for part, series in self._dropped.items():
                page.set(families.SERIES_DROPPED, (part,), series)


def registry_of(collector: Collector) -> CollectorRegistry:
    """A registry of its own: nothing that a library registers by itself gets onto the page."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return registry


def _metric(family: Family) -> GaugeMetricFamily | CounterMetricFamily:
    if family.type is MetricType.COUNTER:
        return CounterMetricFamily(family.name.removesuffix("_total"), family.help, labels=family.labels)
    return GaugeMetricFamily(family.name, family.help, labels=family.labels)
