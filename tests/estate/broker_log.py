"""What a broker's own log files say that clients did, read by Kafka's own tool: a truth beside the clients' words.

No code of the auditor decodes anything here: `DumpLogSegments` (kafka-tools) does, and prints it.
"""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flowaudit.embedded.fetch import locked_class_path, user_cache_dir
from flowaudit.embedded.jars import load_lock
from flowaudit.embedded.java import JavaRuntime, find_java
from tests.estate.jars import TOOLS_LOCK, class_path

UNSIGNED: Final = -1
"""The producer id of records without one."""
_OFFSETS: Final = "__consumer_offsets"
_MAIN_CLASS: Final = "org.apache.kafka.tools.DumpLogSegments"
_HEAP_MEBIBYTES: Final = 256
_FILE: Final = re.compile(r"Dumping .*/(?P<topic>[^/]+)-(?P<partition>\d+)/\d+\.log")
_BATCH: Final = re.compile(
    r"baseOffset: .* producerId: (?P<id>-?\d+) .* isTransactional: (?P<in_transaction>\w+) isControl: (?P<control>\w+) "
)
_MARKER: Final = re.compile(r"\| offset: .* endTxnMarker: (?P<outcome>COMMIT|ABORT) ")
_COMMIT: Final = re.compile(
    r'\| offset: .* key: \{"type":"1","data":\{"group":"(?P<group>[^"]+)","topic":"(?P<topic>[^"]+)",.*?\}\}'
    r' payload: \{"version"'
)


@dataclass(frozen=True, slots=True)
class BrokerLog:
    """What came to stay. Open transactions count for nothing."""

    writes: frozenset[tuple[str, int]]
    """(topic, producer id), of records outside of transactions and in committed ones."""
    aborted: frozenset[tuple[str, int]]
    """(topic, producer id), of records in aborted transactions."""
    commits: frozenset[tuple[str, str]]
    """(topic, group)"""
    groups: Mapping[int, frozenset[str]]
    """Producer id → groups whose offsets it committed in its transactions."""


def read_broker_log(data: Path) -> BrokerLog:
    """Read the log folder of a broker, which may be running."""
    offsets = sorted(data.glob(f"{_OFFSETS}-*/*.log"))
    records = sorted(file for file in data.glob("*-*/*.log") if not file.parent.name.startswith("__"))
    with ThreadPoolExecutor(2) as both:
        dumped_offsets = both.submit(_dump, offsets, "--offsets-decoder")
        dumped_records = both.submit(_dump, records, "--print-data-log")
        return parse_dump([*dumped_records.result().splitlines(), *dumped_offsets.result().splitlines()])


def parse_dump(lines: Iterable[str]) -> BrokerLog:
    """Read what the tool printed, of one partition after another, each from its beginning."""
    reading = _Reading()
    for line in lines:
        reading.take(line)
    return reading.result()


class _Reading:
    """Goes through a dump: what is written in a transaction waits for its partition's marker."""

    def __init__(self) -> None:
        self._at = ("", "")
        self._id, self._in_transaction, self._is_control = UNSIGNED, False, False
        self._open: dict[tuple[str, str, int], set[tuple[str, str]]] = defaultdict(set)
        self._writes: set[tuple[str, int]] = set()
        self._aborted: set[tuple[str, int]] = set()
        self._commits: set[tuple[str, str]] = set()
        self._groups: dict[int, set[str]] = defaultdict(set)

    def take(self, line: str) -> None:
        if found := _FILE.match(line):
            self._at = (found["topic"], found["partition"])
        elif found := _BATCH.match(line):
            self._id, self._is_control = int(found["id"]), found["control"] == "true"
            self._in_transaction = found["in_transaction"] == "true"
            if not self._is_control and self._at[0] != _OFFSETS:
                self._wrote()
        elif found := _COMMIT.match(line):
            self._committed(found["topic"], found["group"])
        elif found := _MARKER.match(line):
            self._ended(stays=found["outcome"] == "COMMIT")

    def result(self) -> BrokerLog:
        return BrokerLog(
            frozenset(self._writes),
            frozenset(self._aborted),
            frozenset(self._commits),
            {producer_id: frozenset(groups) for producer_id, groups in self._groups.items()},
        )

    def _wrote(self) -> None:
        if self._in_transaction:
            self._open[*self._at, self._id]  # remembered by being there
        else:
            self._writes.add((self._at[0], self._id))

    def _committed(self, topic: str, group: str) -> None:
        if self._in_transaction:
            self._open[*self._at, self._id].add((topic, group))
        else:
            self._commits.add((topic, group))

    def _ended(self, *, stays: bool) -> None:
        commits = self._open.pop((*self._at, self._id), None)
        if commits is None:
            return
        if self._at[0] != _OFFSETS:
            (self._writes if stays else self._aborted).add((self._at[0], self._id))
        elif stays:
            self._commits |= commits
            self._groups[self._id] |= {group for _, group in commits}


def _dump(files: Sequence[Path], *how: str) -> str:
    broker = locked_class_path(load_lock(), user_cache_dir(), ())
    runtime = JavaRuntime(find_java(None), (*class_path(TOOLS_LOCK), *broker), _HEAP_MEBIBYTES)
    arguments = ("--files", ",".join(map(str, files)), *how)
    directory = files[0].parent.parent.parent
    done = subprocess.run(
        runtime.command(_MAIN_CLASS, arguments, directory), capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout
