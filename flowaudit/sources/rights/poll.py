"""Tells which rights are missing: brokers filter silently, so no other source can say what it was not shown."""

from __future__ import annotations

from collections.abc import Callable

from flowaudit.facts import Fact
from flowaudit.rights import AccessListing, Plan, channels_of, diagnose
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.news import News
from flowaudit.sources.rights.decode import missing_facts
from flowaudit.sources.rights.probe import RightsProbe


class RightsSource:
    """Holds what the configured channels need against what the principal may do. Ask it about once a minute."""

    name = "rights"

    def __init__(self, session: AdminSession, plan: Plan, access: Callable[[AdminSession], AccessListing]) -> None:
        self._session = session
        self._plan = plan
        self._access = access
        self._news = News()

    def poll(self, now_ms: int) -> list[Fact]:
        """A blind spot a missing right."""
        probe = RightsProbe(self._session)
        topics = probe.topics()
        channels = channels_of(self._plan, topics)
        resources = {need.right.resource for channel in channels for need in channel.needs}
        rights = probe.rights("", resources, self._access(self._session), topics=topics, groups={})
        told: list[tuple[object, Fact]] = [
            ((fact.subject, fact.name, fact.reason), fact) for fact in missing_facts(diagnose(channels, rights), now_ms)
        ]
        self._news.forget_all_but(key for key, _ in told)
        return list(self._news.of(told))
