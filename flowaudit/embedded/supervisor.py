"""The broker's keeper: a small process of its own that ends the broker and removes its folder when its parent is gone.

A parent that is killed with SIGKILL cannot clean up, so somebody else must. The keeper notices the end by two signs
that every POSIX system has: the pipe on its standard input closes, or its parent process id changes (a forked
sibling may still hold the pipe). On Linux the broker also asks the kernel to be killed if the keeper is.

Runs as a plain script with the standard library only: ``python -I -S supervisor.py PARENT_PID NODE_DIR END COMMANDS``.
END is ``stop`` (the broker's logs live elsewhere and stay: end it in good order) or ``kill``; COMMANDS is
`Commands.to_json`. It answers each line on its standard input with one line: ``format`` → ``formatted CODE``,
``start`` → ``started PID``, ``stop`` → ``exited CODE``; anything else ends it. A broker that exits unasked is reported
as ``exited CODE``.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

GRACE_S = 15.0
_POLL_S = 0.2
_STDIN, _STDOUT = 0, 1
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Commands:
    """The argument vectors of the two programs that a keeper runs."""

    format: list[str]
    broker: list[str]

    def to_json(self) -> str:
        """Return the text from which `from_json` makes the same commands."""
        return json.dumps([self.format, self.broker])

    @classmethod
    def from_json(cls, text: str) -> Commands:
        """Read what `to_json` wrote."""
        return cls(*json.loads(text))


@dataclass(slots=True)
class BrokerKeeper:
    """Holds at most one child process (the storage tool or the broker) and the folder in which it works."""

    parent_pid: int
    node_dir: Path
    stop_gracefully: bool
    commands: Commands
    child: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Serve commands until the parent says so, closes the pipe or dies; then end the child and tidy up."""
        try:
            while self._parent_lives() and self._serve():
                pass
        finally:
            self._end_child(graceful=self.stop_gracefully)
            shutil.rmtree(self.node_dir, ignore_errors=True)

    def _parent_lives(self) -> bool:
        return os.getppid() == self.parent_pid

    def _serve(self) -> bool:
        readable, _, _ = select.select([_STDIN], [], [], _POLL_S)
        if self.child is not None and self.child.poll() is not None:
            _say(f"exited {self.child.returncode}")
            self.child = None
        return self._obey(_read_line()) if readable else True

    def _obey(self, command: str) -> bool:
        if command == "format":
            self.child = self._spawn(self.commands.format)
            _say(f"formatted {self._wait_for_child(self.child)}")
        elif command == "start":
            self._end_child(graceful=True)
            self.child = self._spawn(self.commands.broker)
            _say(f"started {self.child.pid}")
        elif command == "stop":
            _say(f"exited {self._end_child(graceful=True)}")
        return command in {"format", "start", "stop"}

    def _wait_for_child(self, child: subprocess.Popen[bytes]) -> int:
        while self._parent_lives():
            try:
                code = child.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                continue
            self.child = None
            return code
        raise SystemExit(1)

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.node_dir / "console.log").open("ab") as console:
            return subprocess.Popen(  # noqa: S603  the command line that our parent built
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                cwd=self.node_dir,
                preexec_fn=_die_with_keeper if sys.platform == "linux" else None,  # noqa: PLW1509  we have one thread
            )

    def _end_child(self, *, graceful: bool) -> int:
        child, self.child = self.child, None
        if child is None:
            return 0
        if graceful:
            child.terminate()
            try:
                return child.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                pass
        child.kill()
        return child.wait()


def _read_line() -> str:
    """Read one line, unbuffered: what `select` looks at and what is read must be the same pipe."""
    line = bytearray()
    while (byte := os.read(_STDIN, 1)) not in {b"", b"\n"}:
        line += byte
    return line.decode()


def _say(line: str) -> None:
    try:
        os.write(_STDOUT, f"{line}\n".encode())
    except BrokenPipeError:
        raise SystemExit(1) from None


def _die_with_keeper() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(arguments: list[str]) -> None:
    """Keep a broker as the module's description says."""
    parent_pid, node_dir, end, commands = arguments
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    BrokerKeeper(int(parent_pid), Path(node_dir), end == "stop", Commands.from_json(commands)).run()


if __name__ == "__main__":
    main(sys.argv[1:])
