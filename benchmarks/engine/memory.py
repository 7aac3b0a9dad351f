"""How much a process grows while a window is given live identifiers, faster and faster, at theta 1."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flowaudit.facts import SIGHTING, SightingRun
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow

_START_MS = 1_790_000_000_000
_LASTS_MS = 240_000
"""All of it within one window: every identifier is live at the end."""
_TOPICS = 24
_SEEN = 3
"""Topics in which each identifier is seen."""
_RUN = 20_000
_MAX_SIGHTINGS = 250_000
"""`linkage.max_sightings` as it is when nobody sets it."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a window held at the end, and how much its process had grown at most."""

    sightings: int
    theta: float
    mib: float


def hold(live: int) -> Held:
    """Tell a window of that many identifiers, then let it link them. Call it in a fresh process."""
    rng = np.random.default_rng(5)
    window = LinkageWindow(LinkageSettings(max_sightings=_MAX_SIGHTINGS))
    before = _peak_mib()
    for number in range(0, live * _SEEN, _RUN):
        window.add(_run(rng, number, live * _SEEN))
    window.provisional()
    return Held(window.sightings, window.theta, _peak_mib() - before)


def _run(rng: np.random.Generator, number: int, total: int) -> SightingRun:
    place = number // _RUN % _TOPICS
    identifier = rng.integers(0, total // _SEEN, _RUN, dtype=np.uint64)
    rows = np.zeros(_RUN, dtype=SIGHTING)
    rows["token"] = identifier * np.uint64(0x9E3779B97F4A7C15)
    rows["offset"] = number + np.arange(_RUN)
    # A rate that rises: half of all comes in the last third of the time.
    rows["timestamp_ms"] = (
        _START_MS + np.sqrt((number + np.arange(_RUN)) / total) * _LASTS_MS + rng.integers(0, 50, _RUN)
    )
    topic = f"topic-{place:02}"
    return SightingRun(topic, 0, ("$.id",), (False,), 1, 1.0, _RUN, rows.tobytes())


def _peak_mib() -> float:
    """The greatest resident set so far."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
