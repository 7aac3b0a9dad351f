"""What the simulator and its processes say to one another, one JSON line at a time.

Simulator → process, on its standard input: a :class:`StartOrder`, later a :class:`GoOrder`. Process → simulator, on
its standard output: a :class:`Report`. The end of the input means that the simulator is gone.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from flowaudit.estates.parameters import Parameters


class StartOrder(msgspec.Struct, frozen=True):
    """Everything that a process needs to connect."""

    process: str
    bootstrap_servers: str
    seed: int
    parameters: Parameters


class GoOrder(msgspec.Struct, frozen=True):
    """City time starts at this wall time."""

    epoch_s: float


class Report(msgspec.Struct, frozen=True):
    """`ready`: the client is connected and, if it reads, has its partitions. `failed`: it ends, and why."""

    state: Literal["ready", "failed"]
    reason: str = ""
