"""Follows the log files of brokers: the only trace of readers that have no group."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import partial
from pathlib import Path
from typing import Final

from flowaudit.facts import Channel, Fact, NotVisible, Provenance
from flowaudit.sources.broker_logs.decode import RequestLog, decode_audit_event, decode_authorizer_line
from flowaudit.sources.client_log import (
    ANONYMOUS,
    Access,
    Accesses,
    FileTroubles,
    GrowingFile,
    auditor_client,
    is_auditor,
    take_new_lines,
)

_SOURCE: Final = "broker-logs"
Taker = Callable[[str, int, bytes], None]
"""Takes one line: reference, now, line."""


@dataclass(frozen=True, slots=True)
class BrokerLogFiles:
    """Which files there are. Each is one broker's; brokers that are missing here are not seen."""

    request_logs: Sequence[Path] = ()
    authorizer_logs: Sequence[Path] = ()
    audit_logs: Sequence[Path] = ()


class BrokerLogsSource:
    """Follows request, authorizer and audit logs, at most 16 MiB of each file a poll.

    It begins with what the files hold already, at most 256 MiB of each; a restart reads that again and changes
    nothing, because facts merge. Times are taken from the lines: `zone` is the brokers' own, where lines name none.
    """

    name = _SOURCE

    def __init__(
        self,
        files: BrokerLogFiles,
        *,
        brokers: Callable[[], int],
        topic_names: Callable[[], Mapping[str, str]] = dict,
        own_principals: Collection[str] = (),
        zone: tzinfo = UTC,
    ) -> None:
        """Make the source.

        Args:
            files: what to follow.
            brokers: how many brokers the cluster has; when it has more than there are logs, that is told.
            topic_names: names of topics by their ids (unpadded base64url), asked at each poll.
            own_principals: principals of the auditor itself (`User:flowaudit`), which an authorizer log names.
            zone: the brokers' time zone.
        """
        self._files = files
        self._topic_names = topic_names
        self._brokers = brokers
        # Where nobody authenticates the auditor is everybody: that principal leaves nobody out.
        self._own_principals = frozenset(own_principals) - {ANONYMOUS, ""}
        self._zone = zone
        self._requests = RequestLog(zone)
        self._accesses = Accesses()
        self._troubles = FileTroubles("broker log")
        self._auditor_clients: set[str] = set()
        self._auditor_principals: set[str] = set()
        self._sees_anonymous = False
        self._followed: list[tuple[str, GrowingFile, Taker]] = [
            *(_followed("request log", path, partial(self._take_request, str(path))) for path in files.request_logs),
            *(_followed("authorizer log", path, self._take_decision) for path in files.authorizer_logs),
            *(_followed("audit log", path, self._take_event) for path in files.audit_logs),
        ]

    def poll(self, now_ms: int) -> list[Fact]:
        """What was written since the last call, summed up by client and topic."""
        for reference, file, taker in self._followed:
            take_new_lines(file, self._troubles, partial(taker, reference, now_ms))
        names = self._topic_names()
        blind = [*self._unnamed(names, now_ms), *self._omitted(now_ms), *self._missing_brokers(now_ms)]
        return [
            *self._requests.facts(now_ms, names),
            *self._accesses.facts(now_ms),
            *self._troubles.facts(now_ms, blind),
        ]

    def close(self) -> None:
        """Let go of the files."""
        for _, file, _ in self._followed:
            file.close()

    def _take_request(self, broker: str, reference: str, now_ms: int, line: bytes) -> None:
        self._requests.take(broker, reference, line, now_ms)

    def _take_decision(self, reference: str, now_ms: int, line: bytes) -> None:
        decision = decode_authorizer_line(line, self._zone)
        if decision is not None:
            self._add(decision.access(reference), decision.at_ms, now_ms)

    def _take_event(self, reference: str, now_ms: int, line: bytes) -> None:
        flow = decode_audit_event(line)
        if flow is not None:
            self._add(flow.access(reference), flow.at_ms, now_ms)

    def _add(self, access: Access, at_ms: int, now_ms: int) -> None:
        if is_auditor(access.client_id):
            self._auditor_clients.add(access.client_id)
        elif not access.client_id and access.principal == ANONYMOUS:
            self._sees_anonymous = True
        elif access.principal in self._own_principals:
            self._auditor_principals.add(access.principal)
        else:
            self._accesses.add(access, at_ms, 0, now_ms)

    def _unnamed(self, names: Mapping[str, str], now_ms: int) -> Iterator[NotVisible]:
        for topic_id in self._requests.unknown_topic_ids(names):
            yield _hidden("topic-id", topic_id, "unknown-topic-id", _UNKNOWN_ID, now_ms)

    def _omitted(self, now_ms: int) -> Iterator[NotVisible]:
        for client_id in sorted(self._requests.auditor_clients | self._auditor_clients):
            yield auditor_client(client_id, now_ms)
        for principal in sorted(self._auditor_principals):
            yield _hidden("principal", principal, "auditor-principal", _OMITTED, now_ms)
        if self._sees_anonymous and not self._files.request_logs:
            yield _hidden("source", "authorizer log", "anonymous-principal", _ANONYMOUS, now_ms)

    def _missing_brokers(self, now_ms: int) -> Iterator[NotVisible]:
        logs = max(len(self._files.request_logs), len(self._files.authorizer_logs))
        missing = self._brokers() - logs
        if missing > 0:
            hides = f"what clients do at {missing} more brokers: a log tells of its own broker only"
            yield _hidden("source", _SOURCE, "brokers-without-log", hides, now_ms)


_UNKNOWN_ID: Final = (
    "which topic it is that clients read or write: their requests give an id that the cluster lists no more"
)
_ANONYMOUS: Final = "who reads and who writes where nobody authenticates: the authorizer's lines give no client id"
_OMITTED: Final = "a principal that is the auditor's own; what it reads is not in the graph"


def _followed(kind: str, path: Path, taker: Taker) -> tuple[str, GrowingFile, Taker]:
    return f"{kind} {path.name}", GrowingFile(path), taker


def _hidden(subject: str, name: str, reason: str, hides: str, now_ms: int) -> NotVisible:
    return NotVisible(Provenance(Channel.BROKER_LOG, now_ms, "the brokers' logs"), subject, name, reason, hides)
