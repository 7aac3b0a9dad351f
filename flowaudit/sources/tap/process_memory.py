"""Memory settings for a process that does nothing but tap. Called by entry points, never by a library."""

from __future__ import annotations

import ctypes
import gc
from typing import Final

_GENERATIONS: Final = (500_000, 20, 100)
"""The parser's records are objects that the collector tracks: by default it would run every 350 of them."""

_M_TRIM_THRESHOLD: Final = -1
_M_TOP_PAD: Final = -2
_M_MMAP_THRESHOLD: Final = -3
_KEPT_BYTES: Final = 256 * 1024 * 1024
_PAD_BYTES: Final = 16 * 1024 * 1024


def settle_memory() -> None:
    """Let the collector run seldom, and glibc keep the memory of fetched records instead of returning it each time.

    Saves a fifth to a quarter of the tap's CPU time. Memory for fetches, tens of megabytes, stays with the process.
    Without glibc only the collector is set.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GENERATIONS)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_TOP_PAD, _PAD_BYTES)
