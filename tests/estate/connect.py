"""A real Kafka Connect worker in distributed mode: jars by lock, a port of its own, gone with the test."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from flowaudit.embedded.jars import render_lock
from flowaudit.embedded.java import JavaRuntime, find_java
from flowaudit.embedded.lock import KAFKA_VERSION, resolve_lock
from flowaudit.embedded.properties import HOST, log4j2_config, render_properties
from tests.estate.jars import class_path

LOCK_FILE: Final = Path(__file__).with_name("connect.lock.toml")
ROOTS: Final = (
    f"org.apache.kafka:connect-runtime:{KAFKA_VERSION}",
    f"org.apache.kafka:connect-file:{KAFKA_VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
)
_MAIN_CLASS: Final = "org.apache.kafka.connect.cli.ConnectDistributed"
_HEAP_MEBIBYTES: Final = 256
_START_ATTEMPTS: Final = 3
_PR_SET_PDEATHSIG: Final = 1
_STRING_CONVERTER: Final = "org.apache.kafka.connect.storage.StringConverter"


class ConnectFailed(Exception):
    """The worker did not start, or refused what it was asked."""


class ConnectWorker:
    """One worker. Several with one `group` are one Connect cluster.

    ::

        with ConnectWorker(kafka.bootstrap_servers, tmp_path / "worker") as worker:
            worker.create("archive", {"connector.class": "FileStreamSink", "topics": "locks", "file": "/tmp/locks"})
    """

    def __init__(
        self,
        bootstrap_servers: str,
        directory: Path,
        *,
        group: str = "connect-workers",
        properties: Mapping[str, str] | None = None,
        start_timeout_s: float = 90.0,
    ) -> None:
        """Everything that the worker writes goes below `directory`; `properties` win over the settings made here."""
        self._bootstrap_servers = bootstrap_servers
        self._directory = directory
        self._group = group
        self._properties = properties or {}
        self._start_timeout_s = start_timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """`http://127.0.0.1:port` of its REST API."""
        return f"http://{self.address}"

    @property
    def address(self) -> str:
        """`127.0.0.1:port`, which is also how the worker names itself."""
        return f"{HOST}:{self._port}"

    @property
    def log_file(self) -> Path:
        """The worker's own log: warnings and worse."""
        return self._directory / "connect.log"

    def start(self) -> Self:
        """Start the worker, unless `launch` did, and return when its REST API serves.

        Raises:
            ConnectFailed: it ended, or did not serve in time.
        """
        for attempt in range(_START_ATTEMPTS):
            if self._process is None:
                self.launch()
            try:
                self._wait_until_serving(time.monotonic() + self._start_timeout_s)
            except ConnectFailed:
                self.stop()
                if "Address already in use" not in self._log() or attempt == _START_ATTEMPTS - 1:
                    raise
            else:
                break
        return self

    def launch(self) -> None:
        """Begin to start, and return at once: so that several workers start side by side; then call `start`.

        Call it from a thread that lives as long as the worker shall: on Linux the worker ends with that thread.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        self._port = _free_port()
        self._launch()

    def stop(self) -> None:
        """End the worker in good order. May be called more than once."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def create(self, name: str, config: Mapping[str, str]) -> None:
        """Create a connector, or change its configuration, and return when it and its tasks run.

        Raises:
            ConnectFailed: the worker refuses it, or it does not run within 30 seconds.
        """
        self.configure(name, config)
        self._wait_for(name, {"RUNNING"})

    def configure(self, name: str, config: Mapping[str, str]) -> None:
        """Create a connector, or change its configuration, whatever becomes of it.

        Raises:
            ConnectFailed: the worker refuses it.
        """
        deadline_s = time.monotonic() + 30
        while (answer := self.ask("PUT", f"/connectors/{quote(name, safe='')}/config", config))[0] == 409:
            if time.monotonic() > deadline_s:
                break
            time.sleep(0.2)  # the workers are sharing out their connectors
        if answer[0] not in {200, 201}:
            msg = f"connector {name!r} is refused with HTTP status {answer[0]}"
            raise ConnectFailed(msg)

    def delete(self, name: str) -> None:
        """Remove a connector."""
        self.ask("DELETE", f"/connectors/{quote(name, safe='')}")

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and decoded body of one REST call."""
        connection = http.client.HTTPConnection(HOST, self._port, timeout=30)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        return response.status, json.loads(text) if text else None

    def _wait_for(self, name: str, states: set[str]) -> None:
        deadline_s = time.monotonic() + 30
        while time.monotonic() < deadline_s:
            status, found = self.ask("GET", f"/connectors/{quote(name, safe='')}/status")
            if status == 200 and found["tasks"]:
                seen = {found["connector"]["state"], *(task["state"] for task in found["tasks"])}
                if seen <= states:
                    return
            time.sleep(0.1)
        msg = f"connector {name!r} does not run; the worker's log is {self.log_file}"
        raise ConnectFailed(msg)

    def _launch(self) -> None:
        config = self._directory / "worker.properties"
        config.write_text(render_properties(self._settings() | dict(self._properties)), encoding="utf-8")
        (self._directory / "log4j2.xml").write_text(log4j2_config(self.log_file), encoding="utf-8")
        runtime = JavaRuntime(find_java(None), class_path(LOCK_FILE), _HEAP_MEBIBYTES)
        with (self._directory / "console.log").open("wb") as console:
            self._process = subprocess.Popen(
                runtime.command(_MAIN_CLASS, (str(config),), self._directory),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                cwd=self._directory,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )

    def _settings(self) -> dict[str, str]:
        return {
            "bootstrap.servers": self._bootstrap_servers,
            "group.id": self._group,
            "listeners": self.url,
            "rest.advertised.host.name": HOST,
            "key.converter": _STRING_CONVERTER,
            "value.converter": _STRING_CONVERTER,
            "config.storage.topic": f"{self._group}-configs",
            "config.storage.replication.factor": "1",
            "offset.storage.topic": f"{self._group}-offsets",
            "offset.storage.replication.factor": "1",
            "offset.storage.partitions": "1",
            "status.storage.topic": f"{self._group}-status",
            "status.storage.replication.factor": "1",
            "status.storage.partitions": "1",
            "offset.flush.interval.ms": "500",
            "scheduled.rebalance.max.delay.ms": "0",
            # Scanning the class path by reflection takes seconds; these plugins all have service files.
            "plugin.discovery": "service_load",
        }

    def _wait_until_serving(self, deadline_s: float) -> None:
        while time.monotonic() < deadline_s:
            if self._process is None or self._process.poll() is not None:
                break
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                # Nobody but our own child may be taken for the worker: another process may hold the port.
                if _listens(self._process.pid, self._port) and self.ask("GET", "/connectors")[0] == 200:
                    return
            time.sleep(0.1)
        msg = f"the Connect worker did not start; its log is {self.log_file}"
        error = ConnectFailed(msg)
        for line in self._log().splitlines()[-12:]:
            error.add_note(line)
        raise error

    def _log(self) -> str:
        logs = [self.log_file, self._directory / "console.log"]
        return "\n".join(log.read_text(encoding="utf-8", errors="replace") for log in logs if log.exists())


def _free_port() -> int:
    with socket.socket() as reserved:
        reserved.bind((HOST, 0))
        port: int = reserved.getsockname()[1]
        return port


def _listens(pid: int, port: int) -> bool:
    """Is it this process that listens on the port? Told on Linux; elsewhere taken for granted."""
    if sys.platform != "linux":
        return True
    local = f":{port:04X}"
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]
    ]
    inodes = {row[9] for row in rows if row[1].endswith(local) and row[3] == "0A"}
    held = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    return any(f"socket:[{inode}]" in held for inode in inodes)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Resolve the jars anew and write the lock."""
    _, _, rest = render_lock(resolve_lock(ROOTS), ROOTS).partition("\n")
    note = "# The jars of a Kafka Connect worker with the file connectors. Written by `python -m tests.estate.connect`."
    LOCK_FILE.write_text(f"{note}\n{rest}", encoding="utf-8")


if __name__ == "__main__":
    main()
