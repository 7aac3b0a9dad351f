"""The auditor as an operator runs it: a process of its own with a configuration file and a state directory."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from flowaudit.bootstrap import read_state
from flowaudit.bootstrap.parts import ledger_path
from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Channel, Fact
from flowaudit.graph.fold import fold
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.ledger import Ledger

_UP_S: Final = 120.0
_DOWN_S: Final = 90.0
_LOOK_S: Final = 0.1


class AuditorFailed(SourceUnreachable):
    """The auditor did not come up, or did not end well."""


class Auditor:
    """`flowaudit run` on a cluster, reading every topic; use it as a context, at whose end it is gone."""

    def __init__(self, bootstrap_servers: str, directory: Path, theta: float, request_log: Path | None) -> None:
        self._state = directory / "state"
        self._said = directory / "auditor.log"
        config = directory / "flowaudit.yaml"
        config.write_text(
            f"kafka:\n  bootstrap_servers: ['{bootstrap_servers}']\n"
            f"tap:\n  topics: ['.*']\n  start: earliest\n  theta: {theta}\n"
            f"ledger:\n  directory: '{self._state}'\n"
            "web:\n  port: 0\n" + (f"broker_logs:\n  request_logs: ['{request_log}']\n" if request_log else "")
        )
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flowaudit", "run", "--config", str(config)], stdout=said, stderr=said
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def await_ready(self) -> None:
        """Return when it watches.

        Raises:
            AuditorFailed: it does not within two minutes.
        """
        deadline_s = time.monotonic() + _UP_S
        while not re.search(r"serving\s+http", self._said.read_text()):
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                raise AuditorFailed(self._said.read_text())
            time.sleep(_LOOK_S)

    def finish(self) -> Findings:
        """Let it read what is left and end, and read what it has stored.

        Raises:
            AuditorFailed: it does not end well.
        """
        self._process.terminate()
        if self._process.wait(_DOWN_S) != 0:
            raise AuditorFailed(self._said.read_text())
        return findings_in(self._state)


@dataclass(frozen=True, slots=True)
class Findings:
    """What an audit has concluded."""

    with_metadata: GraphSnapshot
    """Its graph."""
    records_alone: GraphSnapshot
    """The graph of the same records when nothing else is known."""
    metadata: tuple[Fact, ...]
    """What the cluster told."""


def findings_in(state: Path) -> Findings:
    """The findings of a state directory."""
    with Ledger.read(ledger_path(state)) as ledger:
        facts = tuple(fact for _, fact in ledger.facts(0))
    graph = read_state(state)
    records = [fact for fact in facts if fact.provenance.channel is Channel.LINKAGE]
    metadata = tuple(fact for fact in facts if fact.provenance.channel is not Channel.LINKAGE)
    return Findings(graph, fold(graph.cluster, records), metadata)
