"""Which groups and which writers speak from one host. The host itself stays here. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from flowaudit.facts import Channel, HostShared, Provenance
from flowaudit.sources.broker_logs.group_bindings import Client

_MOST_HOSTS: Final = 10_000
_MOST_WRITERS: Final = 64
"""Of a host: each new start of a program brings a new producer id."""
_MOST_GROUPS: Final = 8
"""A host of more groups is a gateway, or a machine of many programs: it says nothing any more."""


@dataclass(slots=True)
class _Host:
    provenance: Provenance
    groups: set[str] = field(default_factory=set)
    producer_ids: set[int] = field(default_factory=set)
    client_ids: set[str] = field(default_factory=set)
    has_news: bool = False

    @property
    def says_something(self) -> bool:
        """Are there groups and writers, and not too many?"""
        return 0 < len(self.groups) <= _MOST_GROUPS and bool(self.producer_ids or self.client_ids)


class SharedHosts:
    """Remembers who spoke from where; programs of one host under two principals are apart."""

    def __init__(self) -> None:
        self._hosts: dict[tuple[str, str], _Host] = {}

    def member(self, client: Client, group: str, at_ms: int, reference: str) -> None:
        """A member of the group spoke."""
        host = self._host(client, at_ms, reference)
        if group not in host.groups and len(host.groups) <= _MOST_GROUPS:
            host.groups.add(group)
            host.has_news = True

    def producer(self, client: Client, producer_id: int, at_ms: int, reference: str) -> None:
        """A client was given a producer id."""
        host = self._host(client, at_ms, reference)
        if producer_id not in host.producer_ids and len(host.producer_ids) < _MOST_WRITERS:
            host.producer_ids.add(producer_id)
            host.has_news = True

    def writer(self, client: Client, at_ms: int, reference: str) -> None:
        """A client wrote."""
        host = self._host(client, at_ms, reference)
        if client.client_id not in host.client_ids and len(host.client_ids) < _MOST_WRITERS:
            host.client_ids.add(client.client_id)
            host.has_news = True

    def facts(self) -> list[HostShared]:
        """What is new since the last call."""
        told = [host for (name, _), host in self._hosts.items() if name and host.has_news and host.says_something]
        for host in told:
            host.has_news = False
        return [
            HostShared(
                host.provenance,
                tuple(sorted(host.groups)),
                tuple(sorted(host.producer_ids)),
                tuple(sorted(host.client_ids)),
            )
            for host in told
        ]

    def _host(self, client: Client, at_ms: int, reference: str) -> _Host:
        key = client.host, client.principal
        host = self._hosts.get(key)
        if host is None:
            if len(self._hosts) >= _MOST_HOSTS:
                del self._hosts[next(iter(self._hosts))]
            host = self._hosts[key] = _Host(Provenance(Channel.BROKER_LOG, at_ms, reference))
        return host
