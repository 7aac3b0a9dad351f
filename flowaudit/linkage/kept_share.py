"""How many tokens memory has room for: fewer in a burst, more again when it is over."""

from __future__ import annotations

from typing import Final

_ROOM: Final = 0.25
"""The share rises while memory would stay less full than this: doubled, it is half full at most."""


class KeptShare:
    """The share (0-1) of all tokens that a window keeps, halved when memory is full and doubled when there is room.

    Tokens are uniform 64-bit numbers, and those below a limit are kept: the same ones in all topics. What a halving
    drops is gone for good, so for a while after a rise the older sightings lack tokens that the newer ones have.
    Comparing those would find them later but never earlier; `over` names the share at which nothing is missing.
    """

    def __init__(self) -> None:
        self.newest = 1.0
        """The share of what comes in now."""
        self._older = 1.0
        self._risen_at_ms = 0

    def over(self, from_ms: int) -> float:
        """The share of the tokens of which everything since this event time was kept."""
        return self.newest if from_ms >= self._risen_at_ms else self._older

    def halve(self) -> None:
        """Keep every second token from now on; the window must drop the others, whatever their event time."""
        self.newest /= 2
        self._older = min(self._older, self.newest)

    def rise(self, held_since_ms: int, latest_ms: int, filled: float) -> None:
        """Double the share as often as there is room, once the window has forgotten the time before the last rise.

        Args:
            held_since_ms: event time from which on the window still looks at sightings.
            latest_ms: the latest event time that the window was ever told of; what it drops has no later one.
            filled: how full memory is, 0-1.
        """
        if self.over(held_since_ms) < self.newest:
            return
        self._older = self.newest
        self._risen_at_ms = latest_ms + 1
        while self.newest < 1.0 and filled < _ROOM:
            self.newest *= 2
            filled *= 2


def token_limit(share: float) -> int | None:
    """The limit below which this share of all tokens lies; None for all of them."""
    return None if share >= 1.0 else int(share * 2.0**64)
