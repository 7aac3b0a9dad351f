"""What is too small to hide in is never tokenised, whatever stands around it, and whatever the user says of it."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable

import pytest

from flowaudit.sources.tap.audit import AuditedRun, TapAudit
from flowaudit.sources.tap.hints import FieldHint, HintKind
from flowaudit.sources.tap.settings import AuditSettings
from tests.unit.tap.records import NOW_MS, in_runs, json_record

TOLD = (FieldHint(".*", "$.it", HintKind.PERSON),)


def _audited(values: Callable[[random.Random], object], hints: tuple[FieldHint, ...], count: int) -> list[AuditedRun]:
    rng = random.Random(21)
    audit = TapAudit(AuditSettings(b"a key of the tests only", theta=1.0, hints=hints))
    runs = in_runs([json_record(offset, it=values(rng)) for offset in range(count)], [100])
    return [audit.audit(run, NOW_MS) for run in runs]


def _sighted(runs: list[AuditedRun]) -> int:
    return sum(len(run.sightings.table()) for run in runs if run.sightings is not None)


def _pin(rng: random.Random) -> str:
    return f"{rng.randrange(10_000):04d}"


def _day(rng: random.Random) -> tuple[int, int, int]:
    return rng.randrange(1940, 2008), rng.randrange(1, 13), rng.randrange(1, 29)


@pytest.mark.parametrize("hints", [(), TOLD])
@pytest.mark.parametrize(
    "values",
    [
        lambda rng: f"PIN-{_pin(rng)}",
        lambda rng: f"PIN-2026-{_pin(rng)}",
        lambda rng: f"{rng.choice(['front', 'back'])} door, code {_pin(rng)}",
        lambda rng: f"urn:pin:{_pin(rng)}",
        lambda rng: f"https://doors.example/v2/open?code={_pin(rng)}",
        lambda rng: f"Room {rng.randrange(1, 2_000)}",
        lambda rng: f"{rng.randrange(1, 2_000)}-suite",
        lambda rng: _pin(rng).zfill(6),
        lambda rng: _pin(rng).zfill(8),
        lambda rng: f"T-{_pin(rng):0>7}",
        lambda rng: f"{_pin(rng)}.0",
        lambda rng: _pin(rng).encode().hex(),
        lambda rng: base64.b64encode(_pin(rng).encode()).decode(),
        lambda rng: base64.urlsafe_b64encode(_pin(rng).encode()).decode().rstrip("="),
        lambda rng: base64.b64encode(f"PIN-{_pin(rng)}".encode()).decode(),
        lambda rng: f"PIN-{_pin(rng)}".encode().hex(),
        lambda rng: f"{rng.randrange(24):02d}:{rng.randrange(60):02d}",
        lambda rng: f"PT{rng.randrange(10_000, 100_000)}S",
        lambda rng: "{:04d}-{:02d}-{:02d}".format(*_day(rng)),
        lambda rng: "{:04d}/{:02d}/{:02d}".format(*_day(rng)),
        lambda rng: "{:04d}{:02d}{:02d}".format(*_day(rng)),
        lambda rng: int("{:04d}{:02d}{:02d}".format(*_day(rng))),
        lambda rng: "{2:02d}/{1:02d}/{0:04d}".format(*_day(rng)),
        lambda rng: "{2:02d}.{1:02d}.{0:04d} 08:30".format(*_day(rng)),
        lambda rng: "{1}/{2}/{0}".format(*_day(rng)),
        lambda rng: "{2} March {0}".format(*_day(rng)),
        lambda rng: "Mar {2}, {0}".format(*_day(rng)),
        lambda rng: f"EUR {rng.randrange(1_000)}.{rng.randrange(100):02d}",
        lambda rng: f"{rng.randrange(1, 1_000)},{rng.randrange(1_000):03d}.{rng.randrange(100):02d}",
        lambda rng: f"${rng.randrange(1, 1_000)},{rng.randrange(1_000):03d}.{rng.randrange(100):02d}",
        lambda rng: f"{rng.randrange(1, 100_000)},{rng.randrange(100):02d} €",
        lambda rng: f"{rng.uniform(39, 41):.4f},{rng.uniform(115, 117):.4f}",
        lambda rng: f"v{rng.randrange(10)}.{rng.randrange(100)}.{rng.randrange(1_000)}",
    ],
)
def test_what_is_small_stays_small(values: Callable[[random.Random], object], hints: tuple[FieldHint, ...]) -> None:
    runs = _audited(values, hints, 600)
    assert {each.tokenised for run in runs for each in run.profiled if each.path == "$.it"} == {False}
    assert not _sighted(runs)


@pytest.mark.parametrize("count", [12, 40, 600])
@pytest.mark.parametrize(
    "values",
    [
        lambda rng: f"{rng.randrange(10**6):06d}",
        lambda rng: f"PIN-{rng.randrange(10**6):06d}",
        lambda rng: f"{rng.randrange(10**6):010d}",
        lambda rng: f"T-{rng.randrange(410_000, 410_300):07d}",
        lambda rng: f"urn:ref:{rng.randrange(10**6, 10**6 + 900)}",
        lambda rng: f"A{rng.randrange(100, 1000)}-{rng.randrange(100, 1000)}",
        lambda rng: f"{rng.choice('ABCDEFGHJKLMNPQRSTUVWXYZ')}{_pin(rng)}{rng.choice('ABCDEFGHJKLMNPQRSTUVWXYZ')}",
        lambda rng: f"user{_pin(rng)}@example.org",
        lambda rng: base64.b64encode(f"T-{rng.randrange(10**6, 10**7)}".encode()).decode(),
        lambda rng: f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}",
        lambda rng: f"{rng.getrandbits(40):010x}",
        lambda rng: f"{rng.randrange(10**6)}.0",
        lambda rng: f"tel:+86-138-{rng.randrange(1_000, 10_000)}-5678",
        lambda rng: "-".join(f"{rng.randrange(10)}" for _ in range(100)),
    ],
)
def test_what_is_large_is_followed(values: Callable[[random.Random], object], count: int) -> None:
    assert _sighted(_audited(values, (), count)) > 0.8 * count
