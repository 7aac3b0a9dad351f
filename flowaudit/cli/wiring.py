"""What the commands call: the composition root and the readers of graphs, each imported when it is first needed."""
# ruff: noqa: PLC0415 - the Kafka clients and networkx take seconds to import; `flowaudit --help` must not wait for them

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from flowaudit.bootstrap import DemoOptions, DemoResult, DoctorReport
    from flowaudit.config import Settings
    from flowaudit.engine.progress import Progress
    from flowaudit.graph.snapshot import GraphSnapshot


@dataclass(frozen=True, slots=True)
class Simulation:
    """What `simulate` was asked for."""

    topology: Path
    bootstrap_servers: str
    rate: float | None
    """Records a second over the whole estate; None takes the topology's own rhythm."""
    duration_s: float | None
    truth_path: Path | None
    seed: int
    scale: float | None
    """Share of the whole population; None takes the topology's own."""


class Wiring(Protocol):
    """The port between the commands and everything that runs. Tests give one of their own."""

    def snapshot(
        self, settings: Settings, *, duration_s: float, progress: Progress, stop: threading.Event
    ) -> GraphSnapshot:
        """One audit run; it ends early when `stop` is set."""
        ...

    def service(self, settings: Settings, *, progress: Progress, stop: threading.Event) -> None:
        """The service, until `stop` is set."""
        ...

    def worker(self, settings: Settings, *, progress: Progress, stop: threading.Event) -> None:
        """One tap worker, until `stop` is set."""
        ...

    def demo(self, options: DemoOptions, *, progress: Progress, stop: threading.Event) -> DemoResult:
        """The demo, until its time is over or `stop` is set."""
        ...

    def simulation(self, simulation: Simulation, *, progress: Progress, stop: threading.Event) -> None:
        """A topology as real Kafka clients, until its time is over or `stop` is set."""
        ...

    def doctor(self, settings: Settings) -> DoctorReport:
        """What may be watched, and what is missing."""
        ...

    def state(self, directory: Path) -> GraphSnapshot:
        """The graph of a state directory's ledger."""
        ...


class Bootstrap:
    """The real wiring: `flowaudit.bootstrap`."""

    def snapshot(
        self, settings: Settings, *, duration_s: float, progress: Progress, stop: threading.Event
    ) -> GraphSnapshot:
        """One audit run; it ends early when `stop` is set."""
        from flowaudit import bootstrap

        return bootstrap.run_snapshot(settings, duration_s=duration_s, progress=progress, stop=stop)

    def service(self, settings: Settings, *, progress: Progress, stop: threading.Event) -> None:
        """The service, until `stop` is set."""
        from flowaudit import bootstrap

        bootstrap.run_service(settings, progress=progress, stop=stop)

    def worker(self, settings: Settings, *, progress: Progress, stop: threading.Event) -> None:
        """One tap worker, until `stop` is set."""
        from flowaudit import bootstrap

        bootstrap.run_worker(settings, progress=progress, stop=stop)

    def demo(self, options: DemoOptions, *, progress: Progress, stop: threading.Event) -> DemoResult:
        """The demo, until its time is over or `stop` is set."""
        from flowaudit import bootstrap

        return bootstrap.run_demo(options, progress=progress, stop=stop)

    def simulation(self, simulation: Simulation, *, progress: Progress, stop: threading.Event) -> None:
        """A topology as real Kafka clients, until its time is over or `stop` is set."""
        from flowaudit import bootstrap

        bootstrap.run_simulation(
            simulation.topology,
            bootstrap_servers=simulation.bootstrap_servers,
            rate=simulation.rate,
            duration_s=simulation.duration_s,
            truth_path=simulation.truth_path,
            seed=simulation.seed,
            scale=simulation.scale,
            progress=progress,
            stop=stop,
        )

    def doctor(self, settings: Settings) -> DoctorReport:
        """What may be watched, and what is missing."""
        from flowaudit import bootstrap

        return bootstrap.run_doctor(settings)

    def state(self, directory: Path) -> GraphSnapshot:
        """The graph of a state directory's ledger."""
        from flowaudit import bootstrap

        return bootstrap.read_state(directory)
