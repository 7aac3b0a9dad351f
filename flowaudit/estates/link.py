"""A process's line to the simulator: its orders, its clock, and the news that it should end."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from io import FileIO
from typing import Final

import msgspec

from flowaudit.estates.city_time import CityClock
from flowaudit.estates.order import GoOrder, Report, StartOrder

GRACE_S: Final = 5.0
"""How long a process may take to leave its group in good order before it ends itself the hard way."""

PARENT_CHECK_S: Final = 1.0
"""How often a process looks whether it still has its parent: a forked sibling may hold the pipe open."""


def wall_s() -> float:
    """The clock on the wall, seconds since 1970."""
    return time.time_ns() / 1e9


class Link:
    """Follows the simulator: `stopping` is set by SIGTERM, and when the simulator's end of the pipe closes.

    A process that has been told to stop and still runs after `GRACE_S` is ended, so none outlives its parent.
    """

    def __init__(self, orders: FileIO, order: StartOrder) -> None:
        self.order = order
        self.stopping = threading.Event()
        self._orders = orders
        self._parent = os.getppid()
        self._clock: CityClock | None = None

    @classmethod
    def open(cls) -> Link:
        """Read the start order from standard input and listen for more."""
        # Unbuffered: a thread that sleeps in a buffered reader would hold its lock when the interpreter ends.
        orders = FileIO(sys.stdin.fileno(), closefd=False)
        link = cls(orders, msgspec.json.decode(orders.readline(), type=StartOrder))
        signal.signal(signal.SIGTERM, lambda *_: link.stop())
        threading.Thread(target=link._listen, name="orders", daemon=True).start()
        return link

    def stop(self) -> None:
        """Begin to end."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        last_resort = threading.Timer(GRACE_S, os._exit, (3,))
        last_resort.daemon = True
        last_resort.start()

    def city_s(self, now_s: float) -> float:
        """City seconds at a wall time; 0 until the simulator says go."""
        return 0.0 if self._clock is None else self._clock.city_s(now_s)

    def report(self, report: Report) -> None:
        """Tell the simulator; a simulator that is gone is not an error."""
        try:
            sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
            sys.stdout.buffer.flush()
        except OSError:
            self.stop()

    def _listen(self) -> None:
        while os.getppid() == self._parent:
            readable, _, _ = select.select([self._orders], [], [], PARENT_CHECK_S)
            if not readable:
                continue
            line = self._orders.readline()
            if not line:
                break
            go = msgspec.json.decode(line, type=GoOrder)
            self._clock = CityClock(go.epoch_s, self.order.parameters.city.speed)
        self.stop()
