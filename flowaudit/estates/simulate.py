"""A topology as real Kafka clients: `simulate` is what a command calls, `Estate` is what a longer program holds."""

from __future__ import annotations

import importlib.util
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from flowaudit.errors import SourceUnreachable, UsageError
from flowaudit.estates.catalogue import ESTATE, PARTS, all_topics
from flowaudit.estates.children import Child, Heard
from flowaudit.estates.link import wall_s
from flowaudit.estates.order import GoOrder, StartOrder
from flowaudit.estates.parameters import Parameters, load_parameters
from flowaudit.estates.truth import Truth, dump_truth, truth_of
from flowaudit.topology.load import load_topology
from flowaudit.topology.model import Topology

READY_WITHIN_S: Final = 45.0
_LISTEN_S: Final = 0.2


class EstateFailed(SourceUnreachable):
    """A system of the estate ended although nobody asked it to, or did not connect."""


class SystemStarted(msgspec.Struct, frozen=True):
    """A system's process is connected and, if it reads, has its partitions."""

    system: str
    process: str
    client: str
    pid: int


class EstateReady(msgspec.Struct, frozen=True):
    """Every system runs; city time starts now."""

    systems: int
    processes: int
    started_in_s: float


class SystemStopped(msgspec.Struct, frozen=True):
    """A system's process has ended."""

    system: str
    process: str
    exit_code: int


EstateEvent = SystemStarted | EstateReady | SystemStopped
Listener = Callable[[EstateEvent], None]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to run, and where. `parameters` already hold the wanted scale and rate."""

    bootstrap_servers: str
    topology: Topology
    parameters: Parameters
    seed: int = 1


def plan(
    topology_path: Path,
    *,
    bootstrap_servers: str,
    seed: int = 1,
    scale: float | None = None,
    rate: float | None = None,
) -> Plan:
    """A plan from a topology file and the `estate.yaml` beside it; `rate` is lock events a second, weekly mean.

    Raises:
        UsageError: a file or a number cannot be used; the text says where and why.
    """
    if importlib.util.find_spec("confluent_kafka") is None:
        msg = "the estate's clients are not installed (confluent-kafka); install 'flowaudit[demo]'"
        raise UsageError(msg)
    topology = load_topology(topology_path)
    if topology.name != ESTATE:
        msg = f"{topology_path}: nothing is known about how to run the topology {topology.name!r}; known: {ESTATE!r}"
        raise UsageError(msg)
    parameters = load_parameters(topology_path.with_name("estate.yaml"))
    for name, value in (("scale", scale), ("rate", rate)):
        if value is not None and not 0 < value <= (1 if name == "scale" else 100_000):
            msg = f"{name} is {value:g}; it must be above 0 and at most {1 if name == 'scale' else 100_000}"
            raise UsageError(msg)
    if not 0 <= seed < 1 << 64:
        msg = f"seed is {seed}; it must be a whole number from 0 to 2^64 - 1"
        raise UsageError(msg)
    city = msgspec.structs.replace(
        parameters.city,
        scale=parameters.city.scale if scale is None else scale,
        lock_events_per_s=parameters.city.lock_events_per_s if rate is None else rate,
    )
    parameters = msgspec.structs.replace(parameters, city=city)
    return Plan(bootstrap_servers=bootstrap_servers, topology=topology, parameters=parameters, seed=seed)


class Estate:
    """A running estate; use it as a context, or call `stop`. Events come on the thread that calls its methods."""

    def __init__(self, wanted: Plan, on_event: Listener) -> None:
        self._plan = wanted
        self._tell = on_event
        self._heard: queue.Queue[Heard] = queue.Queue()
        self._children: dict[str, Child] = {}

    @classmethod
    def start(cls, wanted: Plan, on_event: Listener, stop: threading.Event | None = None) -> Estate:
        """Create the topics, start every system, and let city time begin when all of them are connected.

        When `stop` is set meanwhile, city time does not begin; the estate is returned as far as it came.

        Raises:
            SourceUnreachable: the cluster does not answer.
            EstateFailed: a system did not come up.
        """
        from flowaudit.estates.topics import create_topics  # noqa: PLC0415 - needs the extra `demo`, see `plan`

        estate = cls(wanted, on_event)
        began_s = time.monotonic()
        try:
            create_topics(wanted.bootstrap_servers, all_topics(), wanted.parameters.topics)
            estate._start_all()
            estate._await_all(began_s, stop or threading.Event())
        except BaseException:
            estate.stop()
            raise
        return estate

    def truth(self) -> Truth:
        """What is true about the estate that runs."""
        return truth_of(PARTS, self._plan.topology)

    def watch(self, duration_s: float | None, stop: threading.Event) -> None:
        """Return after `duration_s`, or when `stop` is set.

        Raises:
            EstateFailed: a system ended by itself in the meantime.
        """
        ends_s = None if duration_s is None else time.monotonic() + duration_s
        while not stop.is_set() and (ends_s is None or time.monotonic() < ends_s):
            try:
                heard = self._heard.get(timeout=_LISTEN_S)
            except queue.Empty:
                continue
            self._refuse_end(heard)

    def stop(self) -> None:
        """End every system: SIGTERM to all, then a wait for each, which kills what does not end. Harmless twice."""
        for child in self._children.values():
            child.terminate()
        while self._children:
            _, child = self._children.popitem()
            code = child.wait()
            self._tell(SystemStopped(child.part.system, child.part.process, code))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _start_all(self) -> None:
        wanted = self._plan
        for part in PARTS:
            order = StartOrder(part.process, wanted.bootstrap_servers, wanted.seed, wanted.parameters)
            self._children[part.process] = Child(part, order, self._heard)

    def _await_all(self, began_s: float, stop: threading.Event) -> None:
        waiting = set(self._children)
        while waiting and not stop.is_set():
            left_s = began_s + READY_WITHIN_S - time.monotonic()
            if left_s <= 0:
                names = ", ".join(sorted(waiting))
                msg = f"not connected after {READY_WITHIN_S:.0f} s: {names}; see whether the broker is busy"
                raise EstateFailed(msg)
            try:
                heard = self._heard.get(timeout=min(left_s, _LISTEN_S))
            except queue.Empty:
                continue
            self._refuse_end(heard)
            waiting.discard(heard.part.process)
            part, pid = heard.part, self._children[heard.part.process].pid
            self._tell(SystemStarted(part.system, part.process, part.client, pid))
        if stop.is_set():
            return
        epoch = GoOrder(wall_s())
        for child in self._children.values():
            child.go(epoch)
        systems = {part.system for part in PARTS}
        self._tell(EstateReady(len(systems), len(PARTS), time.monotonic() - began_s))

    def _refuse_end(self, heard: Heard) -> None:
        if heard.report is None or heard.report.state == "failed":
            reason = f" ({heard.report.reason})" if heard.report and heard.report.reason else ""
            msg = f"the system {heard.part.process!r} ended by itself{reason}; the estate is stopped"
            raise EstateFailed(msg)


def simulate(
    wanted: Plan,
    *,
    duration_s: float | None,
    truth_path: Path | None,
    on_event: Listener,
    stop: threading.Event,
) -> Truth:
    """Run an estate for `duration_s` (None: until `stop` is set), write its truth first, and end it in good order.

    Raises:
        UsageError: the truth file cannot be written.
        SourceUnreachable: the cluster does not answer.
        EstateFailed: a system did not come up, or ended by itself.
    """
    truth = truth_of(PARTS, wanted.topology)
    if truth_path is not None:
        try:
            truth_path.write_bytes(dump_truth(truth))
        except OSError as error:
            msg = f"{truth_path}: cannot be written ({error.strerror}); name a file in a folder that you may write to"
            raise UsageError(msg) from None
    with Estate.start(wanted, on_event, stop) as estate:
        estate.watch(duration_s, stop)
    return truth
