"""`simulate`: a topology as real Kafka clients."""

from __future__ import annotations

import threading
from pathlib import Path

from flowaudit.bootstrap.parts import topology_file
from flowaudit.engine.progress import Note, Progress, SystemStarted
from flowaudit.estates import simulate as estate


def run_simulation(  # noqa: PLR0913 - one parameter an option of the command
    topology: Path,
    *,
    bootstrap_servers: str,
    rate: float | None,
    duration_s: float | None,
    truth_path: Path | None,
    seed: int,
    scale: float | None,
    progress: Progress,
    stop: threading.Event,
) -> None:
    """Run the estate until its time is over or `stop` is set; then write the truth document.

    Raises:
        SourceUnreachable: the cluster does not answer, or a system of the estate died.
        TopologyInvalid: the topology cannot be used.
    """
    wanted = estate.plan(
        topology_file(topology), bootstrap_servers=bootstrap_servers, seed=seed, scale=scale, rate=rate
    )
    estate.simulate(wanted, duration_s=duration_s, truth_path=truth_path, on_event=teller(progress), stop=stop)


def teller(progress: Progress) -> estate.Listener:
    """Translate what an estate tells into progress."""

    def tell(event: estate.EstateEvent) -> None:
        match event:
            case estate.SystemStarted():
                progress.tell(SystemStarted(event.system, event.client, event.pid))
            case estate.EstateReady():
                progress.tell(Note(f"the estate runs: {event.systems} systems, {event.processes} processes"))
            case estate.SystemStopped():
                pass

    return tell
