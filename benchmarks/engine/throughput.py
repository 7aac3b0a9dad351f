"""Events a CPU second of the audit and the window, the first half of the stream and the second told apart."""

from __future__ import annotations

import time
from dataclasses import dataclass

import orjson

from benchmarks.engine.estate import Batch, batches
from flowaudit.linkage.event_time import LATENESS_MS
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.settings import AuditSettings

_CLOSE_MS = 5_000
"""Buckets are looked after so often."""
_FETCH_S = 10.0
"""Seconds of event time a fetch: a tap that is busy takes large pieces."""


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU seconds for half of the events each."""

    events: int
    decode_s: float
    first_s: float
    audit_s: float
    window_s: float

    @property
    def steady_s(self) -> float:
        """Of the second half, when fields are known."""
        return self.audit_s + self.window_s

    @property
    def steady_per_s(self) -> float:
        """Events a CPU second in the second half."""
        return self.events / 2 / self.steady_s


def measure(events: int, theta: float, per_second: int) -> Figures:
    """Play the estate through decoding alone, then through the engine."""
    made = list(batches(events, per_second, batch_s=_FETCH_S))
    middle = len(made) // 2
    engine = _Engine(theta)
    first = engine.take(made[:middle])
    audit_s, window_s = engine.take(made[middle:])
    return Figures(events, _decoding(made) / 2, sum(first), audit_s, window_s)


def _decoding(made: list[Batch]) -> float:
    started_s = time.process_time()
    for batch in made:
        for record in batch.records:
            orjson.loads(record.value)
    return time.process_time() - started_s


class _Engine:
    def __init__(self, theta: float) -> None:
        self._audit = TapAudit(AuditSettings(key=b"a key of the benchmark", theta=theta))
        self._window = LinkageWindow(LinkageSettings(max_sightings=250_000))
        self._closed_ms = 0

    def _close(self, watermark_ms: int) -> None:
        if watermark_ms >= self._closed_ms + _CLOSE_MS:
            self._closed_ms = watermark_ms
            self._window.close(watermark_ms)

    def take(self, made: list[Batch]) -> tuple[float, float]:
        """CPU seconds of the audit and of the window."""
        audit_s = window_s = 0.0
        for batch in made:
            low, high = batch.records[0].offset, batch.records[-1].offset + 1
            started_s = time.process_time()
            audited = self._audit.audit(
                TappedRun(batch.topic, "id", batch.partition, low, high, batch.records), 1 << 60
            )
            audited_s = time.process_time()
            if audited.sightings is not None:
                self._window.add(audited.sightings)
            self._close(batch.records[0].timestamp - LATENESS_MS)
            audit_s += audited_s - started_s
            window_s += time.process_time() - audited_s
        return audit_s, window_s
