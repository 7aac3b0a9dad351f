"""Who can be recognised where → series: counts of people by topic, and how linkage sampled. No cluster has a label."""

from __future__ import annotations

from collections import Counter

from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.metrics import families
from flowaudit.metrics.budget import SeriesBudget
from flowaudit.metrics.page import Page

PART = "people"


def put_linkage(page: Page, cluster: str, snapshot: GraphSnapshot) -> None:
    """A handful of series, always there once linkage has looked at anything."""
    if snapshot.sampling is None:
        return
    page.set(families.THETA, (cluster, "lowest"), snapshot.sampling.lowest)
    page.set(families.THETA, (cluster, "highest"), snapshot.sampling.highest)
    page.set(families.IDENTITY_CLUSTERS, (cluster,), len(snapshot.clusters))
    for sharing, pairs in Counter(found.sharing for found in snapshot.same_people).items():
        page.set(families.SAME_PEOPLE, (cluster, sharing.value), pairs)


def put_people(page: Page, budget: SeriesBudget, cluster: str, snapshot: GraphSnapshot) -> None:
    """People by topic, those of most people first when there is no room for all."""
    people: dict[str, int] = {}
    for found in snapshot.clusters:
        for told in found.fields:
            people[told.field.topic] = max(told.people, people.get(told.field.topic, 0))
    topics = budget.choose(PART, list(people), series_each=1, share=0.1, first=lambda name: (-people[name], name))
    for topic in topics:
        page.set(families.TOPIC_PEOPLE, (cluster, topic), people[topic])
