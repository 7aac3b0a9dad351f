"""What the trial and its processes of clients say to one another, one line of JSON at a time.

Trial → process, on its standard input: `Start`, `Go`, `Stop`; the end of the input stands for the last. Process →
trial, on its standard output: `Ready` after the first, `Done` after the last.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Library = Literal["confluent-kafka", "aiokafka", "kafka-python"]


class Start(msgspec.Struct, frozen=True, tag=True):
    """Which applications of which estate to connect, and by what library."""

    seed: int
    """Of the small estate that every process draws for itself."""
    library: Library
    apps: tuple[str, ...]
    bootstrap_servers: str


class Go(msgspec.Struct, frozen=True, tag=True):
    """Life begins at this time."""

    start_ms: int


class Stop(msgspec.Struct, frozen=True, tag=True):
    """Write and commit what is due, then end."""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """Every application is connected and has the partitions that it reads."""


class Carried(msgspec.Struct, frozen=True, array_like=True):
    """So many records of `downstream` were made from records of `upstream`."""

    upstream: str
    downstream: str
    records: int


class Done(msgspec.Struct, frozen=True, tag=True):
    """What the applications have done. `failed` names the errors of those that ended before their time."""

    carried: tuple[Carried, ...]
    failed: tuple[str, ...]


Order = Start | Go | Stop
Report = Ready | Done
