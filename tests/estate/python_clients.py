"""Python clients of the estate, real ones in processes of their own, and what is true of them.

`start_python_clients` returns when each client has done its job several times. What it made is known by construction:
no word of the auditor goes into it.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from kafka.admin import KafkaAdminClient, NewTopic

from tests.estate.python_programs import CHANGELOGS, PROCESSES, PROGRAMS, TOPICS, Program

_READY_WITHIN_S: Final = 90.0
_LAST_LINES: Final = 20
_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class PythonTruth:
    """What the clients do, by names of the graph document."""

    consumes: Mapping[str, frozenset[tuple[str, str]]]
    """Class of client → (topic, group)."""
    produces: Mapping[str, frozenset[tuple[str, str]]]
    """Class of client → (group, topic); only what Kafka lets anybody attribute to a group."""
    signed_topics: Mapping[str, int] = field(default_factory=dict)
    """Topic → how many producers without a group write it with a producer id."""
    unsigned_topics: frozenset[str] = frozenset()
    """Topics whose writers use no producer id."""
    silent_topics: frozenset[str] = frozenset()
    """Topics with a reader that commits nothing and is in no group."""
    aborted_topics: frozenset[str] = frozenset()
    """Topics of which every transaction was aborted."""


class PythonClients:
    """The running processes. `stop` ends them by their ids."""

    def __init__(self, bootstrap_servers: str, directory: Path) -> None:
        self._heard: queue.Queue[str] = queue.Queue()
        self._directory = directory
        self._processes = [self._start(each, bootstrap_servers) for each in PROCESSES]
        self.truth = _truth()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def wait(self) -> None:
        """Return when every program has done its job; fail naming those that have not, with their last words."""
        waiting = {program.name: program.process for program in PROGRAMS}
        deadline = time.monotonic() + _READY_WITHIN_S
        while waiting:
            try:
                line = self._heard.get(timeout=max(deadline - time.monotonic(), 0.01))
            except queue.Empty:
                msg = f"not ready within {_READY_WITHIN_S:.0f} s: {', '.join(sorted(waiting))}"
                raise TimeoutError("\n".join((msg, *map(self._last_words, sorted({*waiting.values()}))))) from None
            word, _, name = line.partition(" ")
            if word == "failed":
                msg = f"a client of the estate failed: {name}"
                raise RuntimeError(msg)
            waiting.pop(name, None)

    def stop(self) -> None:
        """End all processes."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _log(self, process: str) -> Path:
        return self._directory / f"python-{process}.log"

    def _last_words(self, process: str) -> str:
        lines = self._log(process).read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join((f"{process}, its last lines:", *lines[-_LAST_LINES:]))

    def _start(self, name: str, bootstrap_servers: str) -> subprocess.Popen[str]:
        with self._log(name).open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.estate.python_programs", name, bootstrap_servers],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=self._directory,
                env={**os.environ, "PYTHONPATH": str(_ROOT)},
            )
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(("ready ", "failed ")):
                self._heard.put(line.strip())


def start_python_clients(bootstrap_servers: str, directory: Path) -> PythonClients:
    """Make their topics, start them, and wait until each has done its job several times."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers)
    compacted = {"cleanup.policy": "compact"}
    admin.create_topics(
        [NewTopic(topic, 2, 1, topic_configs=compacted if topic in CHANGELOGS else None) for topic in TOPICS]
    )
    admin.close()
    clients = PythonClients(bootstrap_servers, directory)
    try:
        clients.wait()
    except BaseException:
        clients.stop()
        raise
    return clients


def _truth() -> PythonTruth:
    consumes: dict[str, frozenset[tuple[str, str]]] = {}
    produces: dict[str, frozenset[tuple[str, str]]] = {}
    for program in PROGRAMS:
        if program.group:
            consumes[program.name] = frozenset((topic, program.group) for topic in program.reads)
            produces[program.name] = frozenset((program.group, topic) for topic in program.writes_as_group)
    return PythonTruth(
        consumes=consumes,
        produces={name: edges for name, edges in produces.items() if edges},
        signed_topics=_counted(PROGRAMS),
        unsigned_topics=frozenset(topic for program in PROGRAMS for topic in program.writes_unsigned),
        silent_topics=frozenset(topic for program in PROGRAMS if not program.group for topic in program.reads),
        aborted_topics=frozenset(topic for program in PROGRAMS for topic in program.aborts),
    )


def _counted(programs: Iterable[Program]) -> dict[str, int]:
    return dict(Counter(topic for program in programs for topic in program.signs))
