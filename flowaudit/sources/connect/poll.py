"""Asks the workers of Connect clusters for their connectors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Channel, Fact, NotVisible, Provenance
from flowaudit.sources.bounded_http import HttpLimits
from flowaudit.sources.connect.decode import Listed, Listing, blind_spots, connector_fact, unreadable_connector
from flowaudit.sources.connect.rest import Credentials, WorkerClient, WorkerUnreachable
from flowaudit.sources.connect.touched import TouchedMemory
from flowaudit.sources.connect.visit import Turned, nobody_answers, not_asked, visit
from flowaudit.sources.connect.worker_groups import WorkerGroups
from flowaudit.sources.news import News


@dataclass(frozen=True, slots=True)
class _Visited:
    """A Connect cluster, by the worker of it that answered."""

    client: WorkerClient
    listing: Listing
    peers: frozenset[str]
    """`host:port` of the workers of the cluster, as far as they are known."""
    group: str


class ConnectSource:
    """Which connectors there are, what they touched, and what is at their other end.

    Only the addresses given are asked, never one that a worker or a group's member announces: credentials go along.
    Of several workers of one Connect cluster the first that answers is asked.
    """

    name = "connect"

    def __init__(
        self,
        urls: Sequence[str],
        credentials: Credentials | None = None,
        ca_file: Path | None = None,
        cluster_id: str = "",
        worker_groups: WorkerGroups | None = None,
        limits: HttpLimits | None = None,
    ) -> None:
        """`cluster_id` is the audited cluster's: workers of other Kafka clusters are left out, and said to be.

        `worker_groups` tells which group the workers form; without it the group of a Connect cluster stays unknown.

        Raises:
            UsageError: an entry of `urls` is no address, or the CA file cannot be read.
        """
        self._clients = [WorkerClient(url, credentials or Credentials(), ca_file, limits) for url in urls]
        self._cluster_id = cluster_id
        self._worker_groups = worker_groups
        self._groups: dict[str, str] = {}
        self._peers: list[frozenset[str]] = []
        self._silent: set[str] = set()
        self._touched = TouchedMemory()
        self._news = News()

    def poll(self, now_ms: int) -> list[Fact]:
        """New connectors, those whose state, settings or topics changed, and what could not be seen of them.

        Raises:
            SourceUnreachable: no worker answers at all.
        """
        self._learn_groups()
        visited, hidden = self._visit_all(now_ms)
        told: list[tuple[object, Fact]] = [((one.subject, one.name, one.reason), one) for one in hidden]
        runners: dict[str, frozenset[str]] = {}
        for cluster in visited:
            connectors = tuple(one for one in cluster.listing.connectors if not _is_known(one, runners))
            told += self._tell(cluster, connectors, now_ms)
            told += _namesakes(connectors, runners, now_ms)
            runners |= {one.name: runners.get(one.name, frozenset()) | one.workers for one in connectors}
        self._touched.forget_all_but(set(runners))
        self._news.forget_all_but(key for key, _ in told)
        return list(self._news.of(told))

    def _learn_groups(self) -> None:
        # A group whose coordinator moves is unknown for a moment: what was known before still holds.
        with contextlib.suppress(SourceUnreachable):
            self._groups |= self._worker_groups() if self._worker_groups else {}

    def _visit_all(self, now_ms: int) -> tuple[list[_Visited], list[NotVisible]]:
        visited: list[_Visited] = []
        turned: list[NotVisible] = []
        silent: list[WorkerClient] = []
        for client in sorted(self._clients, key=lambda one: one.url in self._silent):
            if _is_of(client, visited):
                continue
            try:
                found = visit(client, self._cluster_id)
            except WorkerUnreachable:
                silent.append(client)
                continue
            if isinstance(found, Turned):
                turned.append(not_asked(client, found.reason, now_ms))
            else:
                visited.append(self._cluster(client, found))
        self._silent = {client.url for client in silent}
        if silent and not visited and not turned:
            raise nobody_answers(len(silent))
        lost = [not_asked(one, "worker-unreachable", now_ms) for one in silent if not _is_of(one, visited)]
        return visited, turned + lost

    def _cluster(self, client: WorkerClient, listing: Listing) -> _Visited:
        runners = frozenset({client.address}).union(*(one.workers for one in listing.connectors))
        groups = sorted({self._groups[worker] for worker in runners if worker in self._groups})
        members = {worker for worker, group in self._groups.items() if group in groups}
        return _Visited(client, listing, self._with_peers(runners | members), groups[0] if len(groups) == 1 else "")

    def _with_peers(self, workers: frozenset[str]) -> frozenset[str]:
        """All workers that were ever seen to be of one cluster with these: one that died is named by nobody now."""
        known = [peers for peers in self._peers if peers & workers]
        merged = workers.union(*known)
        self._peers = [peers for peers in self._peers if not peers & workers] + [merged]
        return merged

    def _tell(self, cluster: _Visited, connectors: tuple[Listed, ...], now_ms: int) -> Iterator[tuple[object, Fact]]:
        url = cluster.client.url
        if not self._touched.refresh(cluster.client, connectors):
            yield ("topic lists", url), _no_topic_lists(url, now_ms)
        for name in cluster.listing.unreadable:
            yield ("unreadable", name), unreadable_connector(name, now_ms)
        for listed in connectors:
            touched = self._touched.of(listed.name)
            provenance = Provenance(Channel.CONNECT, now_ms, f"GET {url}/connectors/{quote(listed.name, safe='')}")
            yield ("connector", listed.name, url), connector_fact(listed, touched, cluster.group, provenance)
            for spot in blind_spots(listed, touched, now_ms):
                yield (spot.subject, spot.name, spot.reason), spot


def _is_of(client: WorkerClient, visited: Sequence[_Visited]) -> bool:
    return any(client.address in cluster.peers for cluster in visited)


def _is_known(listed: Listed, runners: Mapping[str, frozenset[str]]) -> bool:
    """Was the connector told already, by another worker of its cluster that goes by another name there?"""
    known = runners.get(listed.name)
    return known is not None and (not known or not listed.workers or bool(known & listed.workers))


def _namesakes(
    connectors: tuple[Listed, ...], runners: Mapping[str, frozenset[str]], now_ms: int
) -> Iterator[tuple[object, Fact]]:
    provenance = Provenance(Channel.CONNECT, now_ms, "GET /connectors")
    hides = "which of two Connect clusters moves what: both run a connector of this name, and the graph draws one"
    for listed in connectors:
        if listed.name in runners:
            yield ("namesake", listed.name), NotVisible(provenance, "connector", listed.name, "name-used-twice", hides)


def _no_topic_lists(url: str, now_ms: int) -> NotVisible:
    provenance = Provenance(Channel.CONNECT, now_ms, f"GET {url}/connectors/{{name}}/topics")
    hides = "topics that source connectors really wrote: the workers keep no lists (topic.tracking.enable is false)"
    return NotVisible(provenance, "source", url, "topic-tracking-off", hides)
