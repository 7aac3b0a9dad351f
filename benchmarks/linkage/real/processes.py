"""The processes of clients, seen from the trial. Each is ended by its own id, whatever happens."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from benchmarks.linkage.real.orders import Done, Go, Order, Ready, Report, Start, Stop
from flowaudit.errors import SourceUnreachable

_ANSWER_S: Final = 120.0


class ClientsFailed(SourceUnreachable):
    """A process of clients did not come up, or ended before its time."""


class ClientProcess:
    """One process of clients; use it as a context, at whose end it is gone."""

    def __init__(self, start: Start) -> None:
        self._library = start.library
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "benchmarks.linkage.real.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        self._tell(start)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def await_ready(self) -> None:
        """Return when all its applications are connected.

        Raises:
            ClientsFailed: they are not within two minutes.
        """
        if not isinstance(self._hear(), Ready):
            raise ClientsFailed(self._library)

    def go(self, start_ms: int) -> None:
        """Let life begin at this time."""
        self._tell(Go(start_ms))

    def stop(self) -> None:
        """Tell it to end."""
        self._tell(Stop())

    def done(self) -> Done:
        """What it has done; call it after `stop`.

        Raises:
            ClientsFailed: it does not tell within two minutes, or an application of it ended before its time.
        """
        done = self._hear()
        if not isinstance(done, Done) or done.failed:
            reasons = "; ".join(done.failed) if isinstance(done, Done) else "no word of what was done"
            msg = f"{self._library}: {reasons}"
            raise ClientsFailed(msg)
        return done

    def _tell(self, order: Order) -> None:
        pipe = self._process.stdin
        try:
            if pipe is not None:
                pipe.write(msgspec.json.encode(order) + b"\n")
                pipe.flush()
        except BrokenPipeError:
            return  # it has ended; whoever listens next learns of it

    def _hear(self) -> Report | None:
        """Its next report; None when it ends, or stays silent for two minutes, upon which it is ended."""
        out = self._process.stdout
        if out is None:
            return None
        silent_too_long = threading.Timer(_ANSWER_S, self._process.kill)
        silent_too_long.start()
        try:
            line = out.readline()
        finally:
            silent_too_long.cancel()
        report: Report | None = msgspec.json.decode(line, type=Report) if line else None
        return report


def _environment() -> dict[str, str]:
    """Ours, with the folder of this repository first on the path."""
    root = str(Path(__file__).resolve().parents[3])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))}
