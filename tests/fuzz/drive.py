"""Drives targets: collects them, gives them damaged inputs, and says which input broke one."""

from __future__ import annotations

import importlib
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType
from typing import Final
from zlib import crc32

from tests.fuzz.mutate import mutated
from tests.fuzz.target import Target

SLOW_S: Final = 1.0
"""A single input may take no longer, in processor time."""
_HANGS_S: Final = 20.0
_CHECKED_EVERY: Final = 256
_NUMBERS: Final = 1 << 40


class TookTooLong(BaseException):
    """A decoder did not come back. No `Exception`, so that no decoder can swallow it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that a decoder did not stand."""

    target: str
    number: int
    """`--from` this to see it again."""
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Tally:
    """What a stretch of inputs came to."""

    inputs: int
    rejected: int
    """Inputs that the decoder refused with its own error."""
    failures: tuple[Failure, ...]


def collect(directory: Path = Path(__file__).parent) -> dict[str, Target]:
    """All targets of the `targets_*` modules beside this one, by name."""
    modules = sorted(path.stem for path in directory.glob("targets_*.py"))
    found = [target for name in modules for target in importlib.import_module(f"tests.fuzz.{name}").TARGETS]
    by_name = {target.name: target for target in found}
    if len(by_name) != len(found):
        msg = f"two targets have one name: {sorted(target.name for target in found)}"
        raise ValueError(msg)
    return by_name


def drive(target: Target, first: int, count: int, seed: int = 0) -> Tally:
    """Give the target the inputs number `first` to `first + count`; stops at the first one that it does not stand."""
    random = Random()
    rejected = 0
    base = (crc32(target.name.encode()) * 1009 + seed) * _NUMBERS
    for start in range(first, first + count, _CHECKED_EVERY):
        numbers = range(start, min(start + _CHECKED_EVERY, first + count))
        began_s = time.process_time()
        with _Watched():
            for number in numbers:
                data = mutated(target.seeds, base + number, random)
                refused, failure = _try(target, number, data)
                rejected += refused
                if failure is not None:
                    return Tally(number - first + 1, rejected, (failure,))
        if time.process_time() - began_s > SLOW_S:
            slow = _slowest(target, numbers, base)
            if slow is not None:
                return Tally(numbers.stop - first, rejected, (slow,))
    return Tally(count, rejected, ())


def _try(target: Target, number: int, data: bytes) -> tuple[bool, Failure | None]:
    try:
        target.decode(data)
    except target.error:
        return True, None
    except TookTooLong:
        return False, Failure(target.name, number, f"no answer within {_HANGS_S} s", data)
    except Exception as error:  # noqa: BLE001 (that is what is looked for)
        return False, Failure(target.name, number, type(error).__name__, data)
    return False, None


def _slowest(target: Target, numbers: range, base: int) -> Failure | None:
    """The stretch was slow: was it one input?"""
    random = Random()
    for number in numbers:
        data = mutated(target.seeds, base + number, random)
        began_s = time.process_time()
        _try(target, number, data)
        taken_s = time.process_time() - began_s
        if taken_s > SLOW_S:
            return Failure(target.name, number, f"took {taken_s:.1f} s", data)
    return None


class _Watched:
    """Within it, a decoder that does not come back raises `TookTooLong`. Does nothing outside the main thread."""

    def __enter__(self) -> None:
        self._is_armed = threading.current_thread() is threading.main_thread()
        if self._is_armed:
            self._before = signal.signal(signal.SIGPROF, _hangs)
            signal.setitimer(signal.ITIMER_PROF, _HANGS_S)

    def __exit__(self, *_: object) -> None:
        if self._is_armed:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, self._before)


def _hangs(_number: int, _frame: FrameType | None) -> None:
    raise TookTooLong
