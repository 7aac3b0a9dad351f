"""What a user does: type a command, read what it says, ask the service over HTTP."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

COMMAND = (sys.executable, "-m", "flowaudit")


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("FLOWAUDIT_")}


def flowaudit(
    *arguments: str | Path, timeout_s: float = 120, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        cwd=cwd,
        env=clean_environment(),
    )


def eventually(found: Callable[[], object], within_s: float, what: str, *, every_s: float = 0.1) -> None:
    """Ask every so often until `found` is true; fail saying `what` was waited for."""
    deadline = time.monotonic() + within_s
    while not found():
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        time.sleep(every_s)


class Service:
    """`flowaudit run` as a child process. Its stderr is kept in memory, its stdout from when it has ended."""

    def __init__(self, config: Path, environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, "run", "--config", str(config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment() | dict(environment or {}),
            cwd=cwd,
        )
        self.stdout = ""
        self.lines: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.kill()

    @property
    def stderr(self) -> str:
        return "".join(self.lines)

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def url(self, within_s: float = 30) -> str:
        def told() -> re.Match[str] | None:
            return re.search(r"serving\s+(http://\S+)", self.stderr)

        eventually(lambda: told() or self.ended, within_s, "the service tells its address")
        match = told()
        assert match, self.stderr
        return match[1]

    def metrics(self) -> str:
        with urllib.request.urlopen(f"{self.url()}/metrics", timeout=10) as answer:
            return str(answer.read().decode())

    def answer(self, path: str, accept: str = "*/*") -> str:
        """What the web server answers, headers included and whatever its status."""
        request = urllib.request.Request(self.url() + path, headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return f"{answer.headers}\n{answer.read().decode()}"
        except urllib.error.HTTPError as error:
            with error:
                return f"{error.headers}\n{error.read().decode()}"

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url()}/readyz", timeout=10) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return False

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        """SIGKILL, or another signal of which a process dies."""
        self._process.send_signal(sign)
        self._end()

    def stop(self, within_s: float = 30) -> int:
        """SIGTERM; returns the exit code."""
        self._process.terminate()
        return self._end(within_s)

    def _end(self, within_s: float = 30) -> int:
        code = self._process.wait(within_s)
        self._listener.join(5)
        if self._process.stdout and not self._process.stdout.closed:
            self.stdout = self._process.stdout.read()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()
        return code

    def _listen(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            self.lines.append(line)


def write_config(folder: Path, bootstrap_servers: str, *, tap: Sequence[str] = (), extra: str = "") -> Path:
    """A configuration file as a user would write it."""
    patterns = ", ".join(f"'{pattern}'" for pattern in tap)
    path = folder / "flowaudit.yaml"
    path.write_text(
        f"""kafka:
  bootstrap_servers: ['{bootstrap_servers}']
tap:
  topics: [{patterns}]
  start: earliest
  theta: 1.0
linkage:
  window_s: 30
  interval_s: 2
groups:
  interval_s: 1
ledger:
  directory: {folder / "state"}
web:
  port: 0
{extra}"""
    )
    return path
