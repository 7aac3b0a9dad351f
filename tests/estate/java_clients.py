"""Real Java clients in one JVM: compiled from `java/`, each program a thread, what they did heard from their output."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from flowaudit.embedded.java import JavaRuntime, find_java
from flowaudit.embedded.properties import log4j2_config
from tests.estate.jars import CLIENTS_LOCK, class_path

SOURCES: Final = Path(__file__).with_name("java")
_HEAP_MEBIBYTES: Final = 256
_STOP_WITHIN_S: Final = 30.0


class NoJavaCompiler(Exception):
    """There is no `javac` on the PATH."""


class JavaClientFailed(Exception):
    """A program ended with an exception, or was not ready in time."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of ground truth: what `program` says that it did."""

    word: str
    program: str
    rest: tuple[str, ...]


def compile_clients(directory: Path) -> tuple[Path, ...]:
    """Compile the programs into `directory`; returns the class path that runs them.

    Raises:
        NoJavaCompiler: nothing can be compiled here.
    """
    javac = shutil.which("javac")
    if javac is None:
        msg = "no javac on the PATH: the Java clients need a JDK 17 or newer"
        raise NoJavaCompiler(msg)
    jars = class_path(CLIENTS_LOCK)
    classes = directory / "classes"
    on_path = os.pathsep.join(map(str, jars))
    sources = [str(source) for source in sorted(SOURCES.glob("*.java"))]
    command = [javac, "--release", "17", "-Xlint:all", "-d", str(classes), "-cp", on_path, *sources]
    subprocess.run(command, check=True, timeout=120)
    return classes, *jars


class JavaClients:
    """Running programs, each given as one line: its name and its arguments."""

    def __init__(
        self, runs: tuple[Path, ...], bootstrap_servers: str, directory: Path, programs: Sequence[str]
    ) -> None:
        """`runs` is what `compile_clients` returned; everything that the programs write goes below `directory`."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "log4j2.xml").write_text(log4j2_config(directory / "clients.log"), encoding="utf-8")
        runtime = JavaRuntime(find_java(None), runs, _HEAP_MEBIBYTES)
        self.told: list[Told] = []
        """What was said so far, in the order of `await_ready` and `await_told`."""
        self._programs = programs
        self._heard: queue.Queue[Told | None] = queue.Queue()
        with (directory / "console.log").open("wb") as console:
            self._process = subprocess.Popen(
                runtime.command("Main", (bootstrap_servers, *programs), directory),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=console,
                text=True,
                cwd=directory,
            )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def await_ready(self, within_s: float) -> None:
        """Return when every program has done its job.

        Raises:
            JavaClientFailed: one has not; the message names it.
        """
        waiting = sorted(line.split()[0] for line in self._programs)
        for told in self._hear(within_s, waiting):
            if told.word == "ready":
                waiting.remove(told.program)
            if not waiting:
                return

    def await_told(self, word: str, within_s: float) -> Told:
        """The first line with this word from now on.

        Raises:
            JavaClientFailed: there was none.
        """
        return next(told for told in self._hear(within_s, [word]) if told.word == word)

    def stop(self) -> None:
        """Close the programs' input, and return when they have left their groups. May be called more than once."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(5)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _hear(self, within_s: float, waiting: Sequence[str]) -> Iterator[Told]:
        deadline_s = time.monotonic() + within_s
        while True:
            try:
                told = self._heard.get(timeout=max(deadline_s - time.monotonic(), 0.01))
            except queue.Empty:
                msg = f"not within {within_s:.0f} s: {', '.join(waiting)}"
                raise JavaClientFailed(msg) from None
            if told is None or told.word == "failed":
                msg = "the Java clients ended" if told is None else f"{told.program} failed: {' '.join(told.rest)}"
                raise JavaClientFailed(msg)
            self.told.append(told)
            yield told

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            word, program, *rest = line.split()
            self._heard.put(Told(word, program, tuple(rest)))
        self._heard.put(None)
