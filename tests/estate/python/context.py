"""What a Python program of the estate is given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

PAUSE_S: Final = 0.1
"""Between two turns of a writer."""


@dataclass(frozen=True, slots=True)
class Context:
    """The cluster's address, when to end, and whom to tell of each turn that is done."""

    servers: str
    stopping: threading.Event
    done: Callable[[], None]

    def rest(self) -> None:
        """Sleep a little, or return at once when the estate ends."""
        self.stopping.wait(PAUSE_S)
