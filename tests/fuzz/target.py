"""What a fuzz target is: a decoder, the only error that it may raise, and real bytes to begin from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One raw decoder. Whatever bytes it is given, it returns or raises `error`."""

    name: str
    decode: Callable[[bytes], object]
    error: type[Exception]
    seeds: tuple[bytes, ...]
