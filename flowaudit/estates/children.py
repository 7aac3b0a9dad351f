"""The processes of an estate, seen from the simulator: start, listen, tell, end. Each is ended by its own id."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Final

import msgspec

from flowaudit.estates.catalogue import Part
from flowaudit.estates.order import GoOrder, Report, StartOrder

STOP_S: Final = 8.0
"""How long a process may take to end after SIGTERM before it is killed."""


class Heard(msgspec.Struct, frozen=True):
    """A report of one process; `report` is None when its output has ended, that is, when it is gone."""

    part: Part
    report: Report | None


class Child:
    """One part of the estate as a running process; what it reports goes to `heard`."""

    def __init__(self, part: Part, order: StartOrder, heard: queue.Queue[Heard]) -> None:
        self.part = part
        # Without the working folder on the path: a `kafka.py` that lies there would be taken for the library.
        # A session of its own: Ctrl-C in the terminal reaches the simulator, which then ends its children in order.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", "flowaudit.estates.process", part.process],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=_environment(),
        )
        self._tell(order)
        self._listener = threading.Thread(target=self._listen, args=(heard,), name=part.process, daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def go(self, order: GoOrder) -> None:
        """City time starts."""
        self._tell(order)

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def wait(self) -> int:
        """Its exit code, once it has ended; it is killed when it takes longer than `STOP_S`."""
        try:
            code = self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._listener.join(STOP_S)
        for pipe in (self._process.stdin, self._process.stdout):
            _close(pipe)
        return code

    def _tell(self, order: StartOrder | GoOrder) -> None:
        pipe = self._process.stdin
        if pipe is None:
            return
        try:
            pipe.write(msgspec.json.encode(order) + b"\n")
            pipe.flush()
        except OSError:
            # It has ended already; the listener says so.
            return

    def _listen(self, heard: queue.Queue[Heard]) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                try:
                    heard.put(Heard(self.part, msgspec.json.decode(line, type=Report)))
                except msgspec.DecodeError:
                    continue  # a library that prints
        heard.put(Heard(self.part, None))


def _environment() -> dict[str, str]:
    """Ours, with the folder of this very package first on the path, installed or not."""
    package_root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH"))))}


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is None:
        return
    try:
        pipe.close()
    except OSError:
        return
