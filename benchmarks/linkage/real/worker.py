"""A process of clients of one library: `python -m benchmarks.linkage.real.worker`, started by a trial."""

from __future__ import annotations

import importlib
import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final

import msgspec

from benchmarks.linkage.programs.make import Workshop
from benchmarks.linkage.real.app import App
from benchmarks.linkage.real.clients.running import Running
from benchmarks.linkage.real.estates import small_estate
from benchmarks.linkage.real.orders import Carried, Done, Go, Library, Order, Ready, Report, Start, Stop

_MODULES: Final[dict[Library, str]] = {
    "confluent-kafka": "benchmarks.linkage.real.clients.confluent",
    "aiokafka": "benchmarks.linkage.real.clients.aiokafka",
    "kafka-python": "benchmarks.linkage.real.clients.kafka_python",
}
_END_S: Final = 15.0


def main() -> int:
    """Connect, live, end, tell; each when the trial says so."""
    start = _hear()
    if not isinstance(start, Start):
        return 2
    spec = small_estate(start.seed)
    applications = [Running(App(spec, app), start.bootstrap_servers) for app in spec.apps if app.name in start.apps]
    threads = _threads(importlib.import_module(_MODULES[start.library]), applications)
    for thread in threads:
        thread.start()
    for running in applications:
        running.ready.wait()
    _tell(Ready())
    go = _hear()
    if isinstance(go, Go):
        workshop = Workshop(spec, go.start_ms)
        for running in applications:
            running.app.begin(workshop, go.start_ms)
            running.begun.set()
        _hear()
    for running in applications:
        running.stopping.set()
    for thread in threads:
        thread.join(_END_S)
    _tell(_done(applications))
    return 0


def _threads(client: object, applications: list[Running]) -> list[threading.Thread]:
    """One event loop for all where the library has one, else a thread each."""
    run_all: Callable[[list[Running]], None] | None = getattr(client, "run_all", None)
    if run_all is not None:
        return [threading.Thread(target=run_all, args=(applications,), daemon=True)]
    run: Callable[[Running], None] = client.run  # type: ignore[attr-defined]  # every client module has one of the two
    return [threading.Thread(target=_guarded, args=(run, running), daemon=True) for running in applications]


def _guarded(run: Callable[[Running], None], running: Running) -> None:
    try:
        run(running)
    except Exception as error:  # noqa: BLE001 - whatever ends an application is told to the trial
        running.failure = f"{type(error).__name__}: {error}"
        running.ready.set()


def _done(applications: list[Running]) -> Done:
    carried: Counter[tuple[str, str]] = sum((running.app.carried for running in applications), Counter())
    return Done(
        tuple(Carried(*pair, records) for pair, records in sorted(carried.items())),
        tuple(f"{running.app.spec.name}: {running.failure}" for running in applications if running.failure),
    )


def _hear() -> Order:
    line = sys.stdin.buffer.readline()
    order: Order = msgspec.json.decode(line, type=Order) if line else Stop()
    return order


def _tell(report: Report) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
