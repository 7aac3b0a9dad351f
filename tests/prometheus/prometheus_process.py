"""A real Prometheus on an ephemeral loopback port, for as long as a test needs it."""

from __future__ import annotations

import ctypes
import json
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Linux: the child gets SIGKILL when its parent is gone, however the parent ended."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Prometheus:
    """Scrapes `target` every second."""

    def __init__(self, target: str, directory: Path) -> None:
        self._directory = directory
        self._config = directory / "prometheus.yml"
        self._config.write_text(
            "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\n"
            "scrape_configs:\n"
            "  - job_name: flowaudit\n"
            f"    static_configs: [{{targets: ['{target}']}}]\n",
            encoding="utf-8",
        )
        self._port = free_port()

    def __enter__(self) -> Self:
        self._log = (self._directory / "prometheus.log").open("wb")
        self._process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={self._config}",
                f"--storage.tsdb.path={self._directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{self._port}",
                "--web.enable-lifecycle",
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - prctl takes no lock
        )
        self._wait(lambda: self._get("/-/ready") is not None, "it did not get ready")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._log.close()

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The answer to an instant query: a list of series."""
        answer = self._get("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        assert answer is not None, f"Prometheus refused {expression}"
        result: list[dict[str, Any]] = json.loads(answer)["data"]["result"]
        return result

    def wait_for(self, expression: str, timeout_s: float = 30) -> list[dict[str, Any]]:
        """Ask until there is an answer."""
        self._wait(lambda: bool(self.query(expression)), f"it has no data for {expression}", timeout_s)
        return self.query(expression)

    def targets(self) -> list[dict[str, Any]]:
        """What it scrapes, and how that goes."""
        answer = self._get("/api/v1/targets")
        assert answer is not None
        active: list[dict[str, Any]] = json.loads(answer)["data"]["activeTargets"]
        return active

    def _get(self, path: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=10) as response:
                body: bytes = response.read()
                return body
        except OSError:
            return None

    def _wait(self, done: Callable[[], bool], complaint: str, timeout_s: float = 30) -> None:
        deadline = time.monotonic() + timeout_s
        while not done():
            log = (self._directory / "prometheus.log").read_text(encoding="utf-8", errors="replace")[-2000:]
            assert self._process.poll() is None, f"Prometheus ended: {log}"
            assert time.monotonic() < deadline, f"Prometheus: {complaint}; {log}"
            time.sleep(0.2)
