"""One attempt to run one node: its folder, its files and its broker."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flowaudit.embedded.errors import EmbeddedKafkaUnavailable, KeeperFailed, PortTaken
from flowaudit.embedded.java import BROKER_CLASS, FORMAT_CLASS
from flowaudit.embedded.keeper import Keeper
from flowaudit.embedded.properties import READY_LINE, log4j2_config, render_properties
from flowaudit.embedded.supervisor import Commands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowaudit.embedded.java import JavaRuntime

_NOTED_LINES = 12
_POLL_S = 0.02


@dataclass(slots=True)
class Node:
    """A folder with a broker in it, kept by a supervisor process.

    The folder holds ``server.properties``, ``kafka.log`` (the broker's own log), ``loggers/`` (a file for each of
    `loggers`, which are levels by logger name), ``console.log`` (what the JVM prints) and, unless the broker's logs
    live elsewhere, ``data/``. It is removed by `close`, or by the supervisor if this process dies first. Deadlines are
    moments of `time.monotonic`, in seconds.
    """

    node_dir: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="flowaudit-kafka-")))
    loggers: Mapping[str, str] = field(default_factory=dict)
    broker_pid: int = 0
    _keeper: Keeper | None = None
    _log_read_bytes: int = 0

    @property
    def log_file(self) -> Path:
        """The broker's own log."""
        return self.node_dir / "kafka.log"

    def logger_file(self, name: str) -> Path:
        """The file of one of `loggers`; the broker makes it while it starts."""
        return self.node_dir / "loggers" / f"{name}.log"

    def write_files(self, properties: Mapping[str, str]) -> None:
        """Write the broker's configuration; only this user may read it, for it can hold passwords."""
        extra = {self.logger_file(name): (name, level) for name, level in self.loggers.items()}
        for name, text in (
            ("server.properties", render_properties(properties)),
            ("log4j2.xml", log4j2_config(self.log_file, extra)),
        ):
            path = self.node_dir / name
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")

    def format(self, runtime: JavaRuntime, cluster_id: str, deadline_s: float, *, stop_gracefully: bool) -> None:
        """Start the supervisor and format the logs folder; one that is formatted already stays as it is.

        Raises:
            EmbeddedKafkaUnavailable: Kafka's storage tool refused the configuration or the folder.
        """
        config = str(self.node_dir / "server.properties")
        format_arguments = ("format", "--standalone", "--ignore-formatted", "-t", cluster_id, "-c", config)
        commands = Commands(
            runtime.command(FORMAT_CLASS, format_arguments, self.node_dir),
            runtime.command(BROKER_CLASS, (config,), self.node_dir),
        )
        self._keeper = Keeper(self.node_dir, commands, stop_gracefully=stop_gracefully)
        if self._ask("format", "formatted", deadline_s) != 0:
            problem = "its logs folder could not be formatted"
            raise self._failure(problem)

    def start_broker(self, deadline_s: float) -> None:
        """Start the broker and wait until it says in its own log that it serves.

        Raises:
            PortTaken: the broker ended because another process holds its port.
            EmbeddedKafkaUnavailable: the broker ended, or did not come up in time.
        """
        self._log_read_bytes = self.log_file.stat().st_size if self.log_file.exists() else 0
        self.broker_pid = self._ask("start", "started", deadline_s)
        while READY_LINE not in self._new_log():
            if self._running().broker_exited(_POLL_S):
                raise self._early_end()
            if time.monotonic() > deadline_s:
                problem = "it did not answer in time"
                raise self._failure(problem)

    def stop_broker(self, deadline_s: float) -> None:
        """Stop the broker in good order; its logs stay."""
        self._ask("stop", "exited", deadline_s)
        self.broker_pid = 0

    def close(self) -> None:
        """End the broker and the supervisor, and remove the folder."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.end()
        shutil.rmtree(self.node_dir, ignore_errors=True)

    def _ask(self, command: str, answer: str, deadline_s: float) -> int:
        try:
            return self._running().ask(command, answer, deadline_s)
        except KeeperFailed:
            problem = f"its supervisor process did not {command} it in time"
            raise self._failure(problem) from None

    def _running(self) -> Keeper:
        if self._keeper is None:
            raise KeeperFailed
        return self._keeper

    def _new_log(self) -> str:
        if not self.log_file.exists():
            return ""
        with self.log_file.open("rb") as stream:
            stream.seek(self._log_read_bytes)
            return stream.read().decode(errors="replace")

    def _early_end(self) -> EmbeddedKafkaUnavailable:
        if "Address already in use" in self._new_log() + self._console():
            return PortTaken("another process took a port of the embedded Kafka while it started; start it again")
        return self._failure("it ended while starting")

    def _failure(self, what: str) -> EmbeddedKafkaUnavailable:
        """Build the error: the folder goes away with the node, so what it logged is kept in a file of its own."""
        text = self._console() + self._new_log()
        lines = [line for line in text.splitlines() if line.strip()]
        telling = next((line for line in lines if "ERROR" in line or "Exception" in line), "".join(lines[-1:]))
        descriptor, kept = tempfile.mkstemp(prefix="flowaudit-kafka-failed-", suffix=".log")
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        error = EmbeddedKafkaUnavailable(
            f"the embedded Kafka did not start: {what} ({telling or 'it logged nothing'}); its log is in {kept}"
        )
        for line in lines[-_NOTED_LINES:]:
            error.add_note(line)
        return error

    def _console(self) -> str:
        console = self.node_dir / "console.log"
        return console.read_text(encoding="utf-8", errors="replace") if console.exists() else ""
