"""Which group a client reads for, by what else it says to the brokers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, TypeVar

from flowaudit.sources.client_log import Access

_MOST_CLIENTS: Final = 100_000

T = TypeVar("T")


class Client(NamedTuple):
    """Who speaks; programs that share all three of these are one here.

    Fetches and commits of one client go over different connections, often to different brokers: a connection is no
    identity.
    """

    client_id: str
    principal: str
    host: str


class GroupBindings:
    """Remembers for which groups clients were members, and which topics they committed for a group."""

    def __init__(self) -> None:
        self._members: dict[Client, set[str]] = {}
        self._commits: dict[Client, dict[str, set[str]]] = {}

    def member(self, client: Client, group: str) -> None:
        """The client spoke as a member of the group."""
        _bounded(self._members).setdefault(client, set()).add(group)

    def commit(self, client: Client, group: str, topics: Iterable[str]) -> None:
        """The client committed offsets of topics (names or ids) for the group."""
        _bounded(self._commits).setdefault(client, {}).setdefault(group, set()).update(topics)

    def group_of(self, access: Access, names: Mapping[str, str]) -> str:
        """The one group for which the access' client reads the access' topic; empty: none, or several.

        `names` gives the names of topic ids.
        """
        client = Client(access.client_id, access.principal, access.host)
        committed = {
            group
            for group, topics in self._commits.get(client, {}).items()
            if access.topic in topics or any(names.get(topic) == access.topic for topic in topics)
        }
        groups = committed or self._members.get(client, set())
        return next(iter(groups)) if len(groups) == 1 else ""


def _bounded(known: dict[Client, T]) -> dict[Client, T]:
    if len(known) > _MOST_CLIENTS:
        del known[next(iter(known))]
    return known
