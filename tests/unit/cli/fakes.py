"""A wiring that runs nothing: it remembers what the commands asked for and tells what the test gave it."""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path

from flowaudit.bootstrap import DemoOptions, DemoResult, DoctorReport
from flowaudit.cli.wiring import Simulation
from flowaudit.config import Settings
from flowaudit.engine.progress import Progress, ProgressEvent
from flowaudit.estates.truth import Truth
from flowaudit.graph.snapshot import GraphSnapshot
from tests.unit.metrics.samples import estate

NO_TRUTH = Truth(topology="none", nodes=(), edges=(), decoys=(), systems=())


@dataclass
class FakeWiring:
    """Tells `events`, then raises `error` if there is one."""

    graph: GraphSnapshot = field(default_factory=estate)
    report: DoctorReport | None = None
    events: tuple[ProgressEvent, ...] = ()
    error: BaseException | None = None
    interrupts: int = 0
    """How many SIGINTs arrive while a long-running command runs."""
    asked: list[object] = field(default_factory=list)

    def snapshot(
        self, settings: Settings, *, duration_s: float, progress: Progress, stop: threading.Event
    ) -> GraphSnapshot:
        self._act("snapshot", settings, duration_s, progress=progress, stop=stop)
        return self.graph

    def service(self, settings: Settings, *, progress: Progress, stop: threading.Event) -> None:
        self._act("service", settings, progress=progress, stop=stop)

    def worker(self, settings: Settings, *, progress: Progress, stop: threading.Event) -> None:
        self._act("worker", settings, progress=progress, stop=stop)

    def demo(self, options: DemoOptions, *, progress: Progress, stop: threading.Event) -> DemoResult:
        self._act("demo", options, progress=progress, stop=stop)
        return DemoResult(self.graph, NO_TRUTH)

    def simulation(self, simulation: Simulation, *, progress: Progress, stop: threading.Event) -> None:
        self._act("simulation", simulation, progress=progress, stop=stop)

    def doctor(self, settings: Settings) -> DoctorReport:
        self._act("doctor", settings)
        assert self.report is not None
        return self.report

    def state(self, directory: Path) -> GraphSnapshot:
        self._act("state", directory)
        return self.graph

    def _act(self, *asked: object, progress: Progress | None = None, stop: threading.Event | None = None) -> None:
        self.asked += asked
        if progress:
            for event in self.events:
                progress.tell(event)
        for _ in range(self.interrupts if stop else 0):
            signal.raise_signal(signal.SIGINT)
        if self.interrupts and stop:
            assert stop.wait(5)
        if self.error:
            raise self.error
