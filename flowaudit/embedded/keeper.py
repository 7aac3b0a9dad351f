"""Our end of the supervisor process: commands go down one pipe, replies come up another."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING

from flowaudit.embedded import supervisor
from flowaudit.embedded.errors import KeeperFailed

if TYPE_CHECKING:
    from pathlib import Path

_ENDS_S = supervisor.GRACE_S + 5.0
_POLL_S = 0.1


class Keeper:
    """A supervisor process (`flowaudit.embedded.supervisor`) for one node folder.

    It ends when `end` is called or when this process is gone.

    Deadlines are moments of `time.monotonic`, in seconds.
    """

    def __init__(self, node_dir: Path, commands: supervisor.Commands, *, stop_gracefully: bool) -> None:
        end = "stop" if stop_gracefully else "kill"
        arguments = [sys.executable, "-I", "-S", supervisor.__file__, str(os.getpid()), str(node_dir), end]
        # A session of its own: Ctrl-C in the terminal is for us, we then end the broker in our order.
        self._process = subprocess.Popen(  # noqa: S603  our own script
            [*arguments, commands.to_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._unread = b""

    def ask(self, command: str, answer: str, deadline_s: float) -> int:
        """Send a command and return the number in its answer, e.g. ``ask("start", "started", …)`` the process id.

        Raises:
            KeeperFailed: the supervisor ended, or did not answer before the deadline.
        """
        try:
            os.write(_descriptor(self._process.stdin), f"{command}\n".encode())
        except (BrokenPipeError, ValueError):  # the supervisor is gone, or `end` closed the pipe
            raise KeeperFailed from None
        while time.monotonic() < deadline_s:
            word, number = self._reply(_POLL_S) or ("", 0)
            if word == answer:
                return number
        raise KeeperFailed

    def broker_exited(self, wait_s: float) -> bool:
        """Wait a moment for the news that the broker ended by itself."""
        return self._reply(wait_s) is not None

    def end(self) -> None:
        """End the broker and the supervisor; the supervisor removes the folder."""
        with contextlib.suppress(BrokenPipeError):
            os.write(_descriptor(self._process.stdin), b"end\n")
        for give_up in (self._process.terminate, self._process.kill):
            try:
                self._process.communicate(timeout=_ENDS_S)
                break
            except subprocess.TimeoutExpired:
                give_up()

    def _reply(self, wait_s: float) -> tuple[str, int] | None:
        stdout = _descriptor(self._process.stdout)
        if b"\n" not in self._unread and select.select([stdout], [], [], wait_s)[0]:
            chunk = os.read(stdout, 4096)
            if not chunk:
                raise KeeperFailed
            self._unread += chunk
        if b"\n" not in self._unread:
            return None
        line, _, self._unread = self._unread.partition(b"\n")
        word, _, number = line.decode().partition(" ")
        return word, int(number)


def _descriptor(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise KeeperFailed
    return pipe.fileno()
