"""Tells the access rules when they change."""

from __future__ import annotations

from typing import Final

from flowaudit.facts import AccessListed, Fact
from flowaudit.sources.acls.ask import list_access_rules
from flowaudit.sources.acls.decode import listing_fact
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.news import News

_REFRESH_MS: Final = 3_600_000
"""A listing holds all rules of the cluster: an unchanged one is told once an hour, not once a minute."""


class AclsSource:
    """Who may. A cluster without an authorizer, and a principal that may not ask, are two different answers."""

    name = "acls"

    def __init__(self, session: AdminSession) -> None:
        self._session = session
        self._listings = News(_REFRESH_MS)
        self._blind_spots = News()

    def poll(self, now_ms: int) -> list[Fact]:
        """The rules when they changed, or why they are not known; nothing when a broker is only busy."""
        fact = listing_fact(list_access_rules(self._session), now_ms)
        if fact is None:
            return []
        is_listing = isinstance(fact, AccessListed)
        news, ended = (self._listings, self._blind_spots) if is_listing else (self._blind_spots, self._listings)
        ended.forget_all_but(())
        return list(news.of([(self.name, fact)]))
