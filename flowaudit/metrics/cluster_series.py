"""What the service knows beside the graph → series: its sources, the tap, consumer groups."""

from __future__ import annotations

from flowaudit.metrics import families
from flowaudit.metrics.budget import SeriesBudget
from flowaudit.metrics.page import Page
from flowaudit.metrics.state import ServiceState

_MAX_SOURCES = 20


def put_service(page: Page, cluster: str, version: str, state: ServiceState) -> None:
    """The service itself and its sources of evidence: a handful of series, always there."""
    page.set(families.BUILD_INFO, (version,), 1)
    page.set(families.UP, (cluster,), int(state.up))
    page.set(families.LEDGER_FACTS, (), state.ledger_facts)
    for health in state.sources[:_MAX_SOURCES]:
        page.set(families.SOURCE_LAST_SUCCESS, (health.name,), health.last_success_ms / 1000)
        page.set(families.SOURCE_DURATION, (health.name,), health.duration_ms / 1000)
        page.set(families.SOURCE_POLLS, (health.name,), health.attempts)
        page.set(families.SOURCE_ERRORS, (health.name,), health.errors)


def put_tap(page: Page, budget: SeriesBudget, cluster: str, state: ServiceState) -> None:
    """What became of the tapped topics' offsets, and how far behind the tap is."""
    tapped = state.snapshot.coverage.tapped if state.snapshot else ()
    lags = {lag.topic: lag.records for lag in state.tap_lags}
    for topic in budget.choose("tap", tapped, series_each=5, share=0.2, first=lambda item: item.topic):
        labels = (cluster, topic.topic)
        page.set(families.TAP_AUDITED, labels, topic.audited)
        page.set(families.TAP_QUARANTINED, labels, topic.quarantined)
        page.set(families.TAP_INVISIBLE, labels, topic.invisible)
        page.set(families.TAP_TRUNCATED, labels, topic.truncated)
        if topic.topic in lags:
            page.set(families.TAP_LAG, labels, lags[topic.topic])


def put_groups(page: Page, budget: SeriesBudget, cluster: str, state: ServiceState) -> None:
    """Consumer groups: members, and lag per topic (the longest first when there is no room for all)."""
    part = "consumergroups"
    for group in budget.choose(part, state.group_members, series_each=1, share=0.15, first=lambda item: item.group):
        page.set(families.GROUP_MEMBERS, (cluster, group.group), group.members)
    for lag in budget.choose(
        part, state.group_lags, series_each=1, share=0.15, first=lambda item: (-item.records, item.group, item.topic)
    ):
        page.set(families.GROUP_LAG, (cluster, lag.group, lag.topic), lag.records)
