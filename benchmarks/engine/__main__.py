"""`python -m benchmarks.engine`: what auditing and linking cost beside decoding, and what live identifiers take.

Throughput is by CPU time of one process, beside a loop that does nothing but decode the same values (`orjson.loads`).
Memory is what a fresh process grows by (its resident set) while a window is given ever more live identifiers.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

import msgspec

from benchmarks.engine.memory import Held
from benchmarks.engine.throughput import Figures, measure

_EVENTS_PER_S = 75_000
_MOST_MIB = 256
_LIVE = 1_000_000


def main() -> int:
    options = _options()
    if options.live:
        print(msgspec.json.encode(_hold(options.live)).decode())
        return 0
    figures = measure(options.events, options.theta, options.per_second)
    _tell(figures)
    met = figures.steady_per_s >= _EVENTS_PER_S
    print(f"target: engine >= {_EVENTS_PER_S:,} events/s: {'met' if met else 'MISSED'}\n")
    print(f"{'identifiers told':>18}{'sightings held':>18}{'theta':>10}{'MiB':>8}")
    fits = True
    for live in (_LIVE // 4, _LIVE, 4 * _LIVE):
        held = _fresh(live)
        print(f"{live:18,}{held.sightings:18,}{held.theta:10g}{held.mib:8.0f}")
        fits &= held.mib <= _MOST_MIB
    print(f"target: <= {_MOST_MIB} MiB: {'met' if fits else 'MISSED'}")
    return 0 if met and fits else 1


def _tell(figures: Figures) -> None:
    print(f"{figures.events:,} events of 24 topics\n")
    print(f"{'':34}{'events/CPU s':>14}{'ratio to decoding':>20}")
    for name, seconds in (
        ("decoding alone", figures.decode_s),
        ("engine, fields still being found", figures.first_s),
        ("engine", figures.steady_s),
        ("  of which the audit", figures.audit_s),
        ("  of which the window", figures.window_s),
    ):
        events = figures.events / 2
        print(f"{name:34}{events / max(seconds, 1e-9):14,.0f}{figures.decode_s / max(seconds, 1e-9):20.3f}")


def _fresh(live: int) -> Held:
    command = [sys.executable, "-m", "benchmarks.engine", "--live", str(live)]
    return msgspec.json.decode(subprocess.run(command, capture_output=True, check=True).stdout, type=Held)


def _hold(live: int) -> Held:
    from benchmarks.engine.memory import hold  # noqa: PLC0415 (a fresh process measures what it has not loaded)

    return hold(live)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--events", type=int, default=1_200_000)
    parser.add_argument("--per-second", type=int, default=5_000, help="events a second of event time")
    parser.add_argument("--theta", type=float, default=0.1)
    parser.add_argument("--live", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
