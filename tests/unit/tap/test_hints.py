"""What the user says of a field is true, unless its values are too small to hide in."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from flowaudit.facts import FieldClass, FieldProfiled
from flowaudit.linkage.canonical import canonical
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.audit import AuditedRun, TapAudit
from flowaudit.sources.tap.hints import FieldHint, HintKind
from flowaudit.sources.tap.settings import AuditSettings
from tests.unit.tap.records import NOW_MS, MadeRecord, in_runs, json_record

KEY = b"a key of the tests only"


def _audited(hint: FieldHint, records: list[MadeRecord]) -> list[AuditedRun]:
    audit = TapAudit(AuditSettings(KEY, theta=1.0, hints=(hint,)))
    return [audit.audit(run, NOW_MS) for run in in_runs(records, [100])]


def _records(values: Callable[[int, random.Random], object], count: int = 600) -> list[MadeRecord]:
    rng = random.Random(4)
    return [json_record(offset, it=values(offset, rng)) for offset in range(count)]


def _last(runs: list[AuditedRun], path: str = "$.it") -> FieldProfiled:
    return {each.path: each for run in runs for each in run.profiled}[path]


@pytest.mark.parametrize("kind", [HintKind.PERSON, HintKind.PLACE, HintKind.EVENT])
@pytest.mark.parametrize(
    "values",
    [
        lambda _, rng: f"{rng.randrange(10_000):04d}",
        lambda _, rng: rng.random() < 0.5,
        lambda _, rng: rng.choice(["granted", "refused", "unknown"]),
        lambda _, rng: rng.choice(["100001", "100002", "100003"]),
        lambda _, rng: rng.random(),
    ],
)
def test_what_is_too_small_is_never_tokenised(kind: HintKind, values: Callable[[int, random.Random], object]) -> None:
    runs = _audited(FieldHint(".*", "$.it", kind), _records(values))
    assert not _last(runs).tokenised
    assert not any(run.sightings is not None and run.sightings.rows for run in runs)


@pytest.mark.parametrize(
    "values",
    [
        lambda i, _: 100_000 + i,
        lambda _, rng: f"T-{rng.randrange(410_000, 410_020):07d}",
        lambda _, rng: NOW_MS + rng.randrange(10_000),
    ],
)
def test_what_was_not_found_is_tokenised_when_the_user_says_so(values: Callable[[int, random.Random], object]) -> None:
    found = _last(_audited(FieldHint("locks.*", "$.it", HintKind.PERSON), _records(values)))
    assert (found.tokenised, found.field_class) == (True, FieldClass.ENTITY)
    assert not _last(_audited(FieldHint("other", "$.it", HintKind.PERSON), _records(values))).tokenised


def test_what_was_found_is_left_alone_when_the_user_says_so() -> None:
    runs = _audited(FieldHint(".*", "$.it", HintKind.NONE), _records(lambda _, rng: f"T-{rng.randrange(10**6):07d}"))
    assert (_last(runs).tokenised, _last(runs).reason) == (False, "told-not-to")
    assert not any(run.sightings is not None and run.sightings.rows for run in runs)


def test_the_user_says_what_the_values_name() -> None:
    values = _records(lambda _, rng: f"T-{rng.randrange(410_000, 410_300):07d}")
    assert _last(_audited(FieldHint(".*", "$.it", HintKind.EVENT), values)).field_class is FieldClass.INSTANCE


def test_a_region_makes_national_numbers_meet_international_ones() -> None:
    hint = FieldHint(".*", "$.it", HintKind.PERSON, "RU")
    numbers = [9_120_000_000 + 7_919 * number for number in range(300)]
    runs = _audited(hint, [json_record(i, it=f"8{number}") for i, number in enumerate(numbers)])
    token = Pseudonymiser(KEY, 0, 1.0).token
    expected = {int.from_bytes(token(canonical(f"+7 {number}")), "little") for number in numbers}
    assert {row["token"] for run in runs if run.sightings is not None for row in run.sightings.table()} == expected
