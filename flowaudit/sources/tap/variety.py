"""How much varies in a field's values: `PIN-0417` and `urn:pin:0417` say no more than four digits do. Pure, bounded.

What is the same in all values hides nobody, nor do zeros before a number. Where digits are all that varies, there are
no more values than these digits can spell; a number's first digits count, though all of them be the same by chance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from flowaudit.linkage.canonical import MIN_DIGITS
from flowaudit.linkage.plain import LOWER, SEPARATORS

_RUN: Final = re.compile(r"\d+", re.ASCII)
_DIALLED: Final = re.compile(r"(?:tel:|\+|00)[\d\s()./+-]+", re.ASCII | re.IGNORECASE)
"""Groups of one number, not several."""
_MOST_FRAMES: Final = 8
"""Where more than so many different things stand around the digits, it is not digits alone that vary."""
_LEAST_ROOM: Final = 10**MIN_DIGITS


@dataclass(slots=True)
class _Run:
    """One run of digits in all values of a frame."""

    first: int
    """A hash of it in the first value."""
    digits: int = 0
    varies: bool = False

    def observe(self, run: str) -> None:
        self.varies = self.varies or hash(run) != self.first
        self.digits = max(self.digits, len(run.lstrip("0")))


class VarietyTally:
    """The digits of the values of one field, by the frame in which they stand. Holds hashes, never values."""

    __slots__ = ("_frames", "_is_open", "_values")

    def __init__(self) -> None:
        self._frames: dict[tuple[int, int], list[_Run]] = {}
        self._values = 0
        self._is_open = False

    def observe(self, text: str, form: bytes) -> None:
        """Take one value and its canonical form, which is what stands behind base64 and the like."""
        if self._is_open:
            return
        self._values += 1
        written = text.strip()
        if _DIALLED.fullmatch(written) or not _is_written_in(form, written):
            written = form.decode("utf-8", "replace")
        runs = _RUN.findall(written)
        frame = (hash(_RUN.sub("0", written)), len(runs))
        known = self._frames.setdefault(frame, [_Run(hash(run)) for run in runs])
        for each, run in zip(known, runs, strict=True):
            each.observe(run)
        # A mailbox names somebody, whatever number is in it.
        if len(self._frames) > _MOST_FRAMES or "@" in written:
            self._is_open = True
            self._frames.clear()

    @property
    def is_small(self) -> bool:
        """Whether the values differ by digits alone, and by fewer than a number has that names somebody."""
        if self._is_open or 2 * len(self._frames) > self._values or not self._frames:
            return False
        digits = (sum(run.digits for run in runs if run.varies) for runs in self._frames.values())
        return sum(10.0 ** min(count, MIN_DIGITS) for count in digits) < _LEAST_ROOM


def _is_written_in(form: bytes, text: str) -> bool:
    return form in text.encode("utf-8", "replace").translate(LOWER, SEPARATORS)
