"""Follows the files that a broker plugin writes of clients' own metrics (KIP-714)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flowaudit.facts import Fact
from flowaudit.sources.client_log import (
    Accesses,
    FileTroubles,
    GrowingFile,
    auditor_client,
    is_auditor,
    take_new_lines,
)
from flowaudit.sources.client_metrics.decode import decode_push


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
        def take(line: bytes) -> None:
            for use in decode_push(line, f"client metrics {file.name}"):
                if is_auditor(use.access.client_id):
                    self._auditor_clients.add(use.access.client_id)
                else:
                    self._accesses.add(use.access, use.at_ms, use.read_bytes, now_ms)

        take_new_lines(file, self._troubles, take)
