"""For each sighting: the nearest sighting of the same token in another topic: before, after, and from elsewhere.

The last two are the null models. *Time reversal*: in a world without flow the nearest following sighting is as near
as the nearest preceding one. *Time shift*: seen from a moment a little earlier or later, the nearest preceding one is
as near as it is now, unless something happens at this very moment. The shift must fit the window: U(W/10, W/4); a
longer one finds no predecessors in a short window, and everything looks significant.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.slice import Bools, Ints, Slice

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_NONE: Final = -1


class Neighbours:
    """Nearest-neighbour queries against one slice.

    Args:
        data: the slice.
        window_ms: the longest lag that counts.
    """

    def __init__(self, data: Slice, window_ms: int) -> None:
        self._data = data
        span = min(window_ms, max(data.to_ms - data.from_ms, 1))
        self._window_ms = window_ms
        since, until = data.time - data.from_ms, data.to_ms - data.time
        self.horizon: Ints = np.minimum(np.minimum(since, until), span)
        """The longest lag that a sighting may count, the same into the past and into the future."""
        shift = _shifts(data.bits, span)
        moment = np.where(since >= shift + self.horizon, data.time - shift, data.time + shift)
        self._times = np.unique(data.time)
        self._ordered = self._order(data.time)
        self._before = np.searchsorted(self._ordered, self._ordered, side="left") - 1
        self._after = np.searchsorted(self._ordered, self._ordered, side="right")
        self._elsewhere = np.searchsorted(self._ordered, self._order(moment), side="left") - 1
        self._moment = moment
        self._last: Ints = np.empty(0, dtype=np.int64)
        self._next: Ints = np.empty(0, dtype=np.int64)
        self.preceding: Ints = np.empty(0, dtype=np.int64)
        """Index of the latest strictly earlier sighting in the topic within the window, or -1; set by `look_at`."""

    def look_at(self, topic: int) -> None:
        """Choose the topic that the following queries are about."""
        places = np.arange(len(self._data), dtype=np.int64)
        here = self._data.topic == topic
        self._last = np.maximum.accumulate(np.where(here, places, -1))
        later = np.where(here, places, len(self._data))
        self._next = np.minimum.accumulate(later[::-1])[::-1]
        found = self._at(self._last, self._before)
        near = (found >= self._data.group_start) & (self._data.time - self._data.time[found] <= self._window_ms)
        self.preceding = np.where(near, found, _NONE)

    def following(self) -> Ints:
        """Index of the earliest strictly later sighting in the topic within the window, or -1."""
        found = self._at(self._next, np.minimum(self._after, len(self._data) - 1))
        inside = (self._after < self._data.group_end) & (found < self._data.group_end)
        found = np.minimum(found, len(self._data) - 1)
        near = inside & (self._data.time[found] - self._data.time <= self._window_ms)
        return np.where(near, found, _NONE)

    def shifted_lag(self) -> Ints:
        """Lag from the shifted moment back to the latest sighting before it, or -1."""
        found = self._at(self._last, self._elsewhere)
        inside = found >= self._data.group_start
        return np.where(inside, self._moment - self._data.time[found], _NONE)

    def _at(self, table: Ints, place: Ints) -> Ints:
        return np.where(place >= 0, table[np.maximum(place, 0)], _NONE)

    def _order(self, moment: Ints) -> Ints:
        """(token, moment) as one number that sorts alike; moments are ranked among the times that occur."""
        return self._data.token * (len(self._times) + 1) + np.searchsorted(self._times, moment, side="left")


def _shifts(token_bits: NDArray[np.uint64], span_ms: int) -> Ints:
    """A shift for each token, U(span/10, span/4): the same one for all of its sightings, whoever computes it."""
    mixed = (token_bits * _MIX) >> np.uint64(40)
    share = mixed.astype(np.float64) / float(1 << 24)
    return np.asarray(span_ms * (0.1 + 0.15 * share), dtype=np.int64) + 1


def seen_before_elsewhere(data: Slice) -> Bools:
    """Was the token seen strictly earlier in another topic?"""
    if not len(data):
        return np.zeros(0, dtype=bool)
    starts = np.flatnonzero(np.append(True, data.token[1:] != data.token[:-1]))
    first_topic = data.topic[data.group_start]
    late = np.iinfo(np.int64).max
    others = np.where(data.topic != first_topic, data.time, late)
    first_elsewhere = np.minimum.reduceat(others, starts)[data.token]
    first_time = data.time[data.group_start]
    return np.where(data.topic == first_topic, first_elsewhere < data.time, first_time < data.time)
