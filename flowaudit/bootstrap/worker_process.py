"""A tap worker as a child process that ends with its parent, whatever becomes of the parent.

Its settings travel in the environment, under the names that the configuration documents; its standard input is a pipe
whose end means that the parent is gone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from flowaudit.bootstrap.worker import run_worker
from flowaudit.config import Settings, load_settings
from flowaudit.config.sections import SchemaRegistrySettings
from flowaudit.crashes import leave_no_data
from flowaudit.engine.progress import Silence
from flowaudit.errors import FlowAuditError

_STOP_WITHIN_S = 12.0
_LEFT_ALONE = 75
"""Exit code of a worker that could not stop in time (EX_TEMPFAIL of sysexits.h). What it did not ship is read again."""


class WorkerProcess:
    """One worker; started on entering, stopped on leaving (killed when it does not end in time)."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._environment = environment_of(settings)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flowaudit.bootstrap.worker_process"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=os.environ | self._environment,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Its process id; 0 before it is started."""
        return self._process.pid if self._process else 0

    @property
    def has_ended(self) -> bool:
        """Is it over, for whatever reason?"""
        return self._process is None or self._process.poll() is not None

    def abandon(self) -> None:
        """Close its pipe and leave it to itself, as the death of this process would."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def kill(self) -> None:
        """End it without a word, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Close its pipe, wait, and kill it when it takes too long. Harmless twice."""
        process = self._process
        if process is None:
            return
        self.abandon()
        try:
            process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment variables that a worker on PLAINTEXT brokers needs to share this deployment's work."""
    audited, own = settings.kafka, settings.audit_cluster
    key, registry = settings.tap.key, settings.schema_registry
    return (
        {
            "FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS": ",".join(audited.bootstrap_servers),
            "FLOWAUDIT_AUDIT_CLUSTER__BOOTSTRAP_SERVERS": ",".join(own.bootstrap_servers) if own else "",
            "FLOWAUDIT_TAP__TOPICS": json.dumps(settings.tap.topics),
            "FLOWAUDIT_TAP__EXCLUDE": json.dumps(settings.tap.exclude),
            "FLOWAUDIT_TAP__START": settings.tap.start,
            "FLOWAUDIT_TAP__THETA": str(settings.tap.theta),
            "FLOWAUDIT_TAP__SLOTS": str(settings.tap.slots),
            "FLOWAUDIT_TAP__KEY": key.get_secret_value() if key else "",
            "FLOWAUDIT_TAP__IDENTIFIERS": json.dumps([hint.model_dump() for hint in settings.tap.identifiers]),
            "FLOWAUDIT_LINKAGE__WINDOW_S": str(settings.linkage.window_s),
            "FLOWAUDIT_LINKAGE__MAX_FIELDS": str(settings.linkage.max_fields),
        }
        | _environment_of_previous_key(settings.tap.previous_key)
        | _environment_of_registry(registry)
    )


def _environment_of_previous_key(key: SecretStr | None) -> dict[str, str]:
    return {"FLOWAUDIT_TAP__PREVIOUS_KEY": key.get_secret_value()} if key else {}


def _environment_of_registry(registry: SchemaRegistrySettings) -> dict[str, str]:
    if registry.url is None:
        return {}
    return {
        "FLOWAUDIT_SCHEMA_REGISTRY__URL": registry.url,
        "FLOWAUDIT_SCHEMA_REGISTRY__USERNAME": registry.username or "",
        "FLOWAUDIT_SCHEMA_REGISTRY__PASSWORD": registry.password.get_secret_value() if registry.password else "",
    }


def main() -> None:
    """Run a worker until standard input ends."""
    leave_no_data()
    stop = threading.Event()

    def wait_for_the_end() -> None:
        # not sys.stdin: its lock, held by a daemon thread, would abort the interpreter's shutdown
        while os.read(sys.stdin.fileno(), 4096):
            continue
        stop.set()
        # Nobody is left to kill it when the audit cluster is gone, too, and what it waits for never comes.
        time.sleep(_STOP_WITHIN_S)
        os._exit(_LEFT_ALONE)

    threading.Thread(target=wait_for_the_end, name="flowaudit-parent", daemon=True).start()
    try:
        run_worker(load_settings(None, os.environ), progress=Silence(), stop=stop)
    except FlowAuditError as error:
        sys.exit(str(error))
    except Exception as error:  # noqa: BLE001 (its text may hold what came out of a record)
        sys.exit(f"the tap worker ended by itself: {type(error).__name__}")


if __name__ == "__main__":
    main()
