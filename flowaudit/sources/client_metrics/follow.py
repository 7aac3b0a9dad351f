"""Follows the files that a broker plugin writes of clients' own metrics (KIP-714)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flowaudit.facts import Fact
from flowaudit.sources.client_log import (
    Accesses,
    FileTroubles,
    FileUnreadable,
    GrowingFile,
    LineUndecodable,
    auditor_client,
    is_auditor,
)
from flowaudit.sources.client_metrics.decode import decode_push

_BYTES_A_POLL: Final = 16 << 20


class ClientMetricsSource:
    """Follows each file, at most 16 MiB a poll, from what it holds already. Subscriptions are the operator's to make.

    Only clients that push are seen: Java clients since 3.7 and librdkafka since 2.5, of a subscription that matches.
    """

    name = "client-metrics"

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = [GrowingFile(path) for path in files]
        self._accesses = Accesses()
        self._troubles = FileTroubles("client metrics")
        self._auditor_clients: set[str] = set()

    def poll(self, now_ms: int) -> list[Fact]:
        """What was pushed since the last call, summed up by client and topic."""
        for file in self._files:
            self._read(file, now_ms)
        omitted = [auditor_client(client_id, now_ms) for client_id in sorted(self._auditor_clients)]
        return [*self._accesses.facts(now_ms), *self._troubles.facts(now_ms, omitted)]

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files:
            file.close()

    def _read(self, file: GrowingFile, now_ms: int) -> None:
        try:
            read = file.read(_BYTES_A_POLL)
        except FileUnreadable:
            self._troubles.unreadable(file.name)
            return
        self._troubles.readable(file.name)
        self._troubles.begins_late(file.name, file.skipped_bytes)
        undecodable = read.skipped_lines
        for line in read.lines:
            try:
                uses = decode_push(line, f"client metrics {file.name}")
            except LineUndecodable:
                undecodable += 1
                continue
            for use in uses:
                if is_auditor(use.access.client_id):
                    self._auditor_clients.add(use.access.client_id)
                else:
                    self._accesses.add(use.access, use.at_ms, use.read_bytes, now_ms)
        self._troubles.undecodable(file.name, undecodable)
