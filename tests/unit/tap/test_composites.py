"""Values in which several names stand joined: their parts are sighted, whichever of them goes on elsewhere."""

from __future__ import annotations

import base64
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from flowaudit.linkage.canonical import canonical
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.audit import TapAudit
from flowaudit.sources.tap.composites import division_of, parts_of
from flowaudit.sources.tap.hints import FieldHint, HintKind
from flowaudit.sources.tap.paths import Part, path_text
from tests.unit.tap.records import NOW_MS, MadeRecord, audit_all, in_runs, json_record, settings, sighted

Sighted = set[tuple[int, int, int, str]]


def tenant(rng: random.Random) -> str:
    return f"T-{rng.randrange(410_000, 410_400):07d}"


def order(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def pairs(count: int = 400) -> list[tuple[str, str]]:
    rng = random.Random(11)
    return [(tenant(rng), order(rng)) for _ in range(count)]


def token(text: str) -> int:
    return int.from_bytes(Pseudonymiser(settings().key, 7, 1.0).token(canonical(text)), "little")


def paths(found: Sighted) -> set[str]:
    return {path for *_, path in found}


def sightings_of(records: Sequence[MadeRecord], size: int = 50) -> Sighted:
    return sighted(audit_all(in_runs(records, [size])))


@pytest.mark.parametrize("joint", ["|", "#", "~", ";", ",", "/", ":", "_", "-"])
def test_each_part_of_a_composite_meets_the_same_name_elsewhere(joint: str) -> None:
    made = pairs()
    found = sightings_of([json_record(i, no=joint.join(pair)) for i, pair in enumerate(made)])
    assert {(number, offset) for number, offset, *_ in found} >= {
        (token(name), offset) for offset, pair in enumerate(made) for name in pair
    }
    assert joint == "-" or "$.no" not in paths(found)


def test_a_composite_key_and_a_composite_header_are_divided() -> None:
    records = [
        MadeRecord(i, b'{"n": 1}', f"{who}_{what}".encode(), NOW_MS + i, [("ref", f"{what}:{who}".encode())])
        for i, (who, what) in enumerate(pairs())
    ]
    found = sightings_of(records)
    assert paths(found) == {"$headers.ref.<:>[0]", "$headers.ref.<:>[1]"}
    alone = [MadeRecord(record.offset, record.value, record.key, record.timestamp) for record in records]
    assert paths(sightings_of(alone)) == {"$key.<_>[0]", "$key.<_>[1]"}


def test_a_composite_column_of_delimited_text_is_divided() -> None:
    records = [MadeRecord(i, f"a|{who}/{what}|7".encode()) for i, (who, what) in enumerate(pairs())]
    assert paths(sightings_of(records)) == {"$[1].</>[0]", "$[1].</>[1]"}


@pytest.mark.parametrize("spelled", [lambda line, what: f"{what}_{line}", lambda line, what: f"{NOW_MS + line}:{what}"])
def test_a_name_with_a_count_or_a_time_stays_whole_too(spelled: Callable[[int, str], str]) -> None:
    found = sightings_of([json_record(i, no=spelled(i % 3, what)) for i, (_, what) in enumerate(pairs())])
    assert len(paths(found)) == 2
    assert {number for number, *_ in found} >= {token(what) for _, what in pairs()}


@pytest.mark.parametrize(
    "value",
    [
        lambda rng: str(uuid.UUID(int=rng.getrandbits(128))),
        lambda rng: f"urn:uuid:{uuid.UUID(int=rng.getrandbits(128))}",
        lambda rng: f"110{rng.randrange(100, 999)}-19{rng.randrange(50, 99)}0312-{rng.randrange(1000, 9999)}",
        lambda rng: f"+86-13{rng.randrange(9)}-{rng.randrange(1000, 9999)}-{rng.randrange(1000, 9999)}",
        lambda rng: f"wei_li.{rng.randrange(10**6)}@{rng.randrange(10**6)}.example",
        lambda rng: f"urn:ref:{rng.randrange(10**7, 10**8)}",
        lambda rng: f"person/{rng.randrange(10**7, 10**8)}",
        lambda rng: f"evt_{rng.randrange(10**7, 10**8)}",
        lambda rng: f"10.{rng.randrange(256)}.{rng.randrange(256)}.7:{rng.randrange(30_000, 65_536)}",
        lambda rng: f"[fe80::{rng.getrandbits(16):x}:{rng.getrandbits(16):x}]:{rng.randrange(30_000, 65_536)}",
        lambda rng: ":".join(f"{rng.getrandbits(16):04x}" for _ in range(8)),
        lambda rng: (
            f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}.{rng.randrange(10**6):06d}"
        ),
        lambda rng: f"2026-11-{rng.randrange(1, 29):02d}T10:20:{rng.randrange(60):02d}.{rng.randrange(10**6):06d}Z",
        lambda rng: base64.b64encode(rng.randbytes(48)).decode(),
        lambda rng: f"{rng.randrange(1, 99)}/{rng.randrange(1, 99)}",
        lambda rng: f"ORD-2026-{rng.randrange(10**6, 10**7)}",
        lambda rng: f"4G:{rng.getrandbits(8):02x}:{rng.getrandbits(8):02x}:{rng.getrandbits(24):06x}"[:17],
    ],
)
def test_one_name_is_not_divided(value: Callable[[random.Random], str]) -> None:
    rng = random.Random(5)
    found = sightings_of([json_record(i, no=value(rng)) for i in range(400)])
    assert paths(found) <= {"$.no"}


def test_what_is_joined_now_and_then_is_no_composite() -> None:
    made = pairs()
    found = sightings_of([json_record(i, no="_".join(pair) if i % 3 == 0 else pair[1]) for i, pair in enumerate(made)])
    assert paths(found) == {"$.no"}


def test_a_field_of_which_the_user_says_that_it_names_nobody_shows_no_parts() -> None:
    told = replace(settings(), hints=(FieldHint(".*", "$.no", HintKind.NONE),))
    audit = TapAudit(told)
    records = [json_record(i, no="_".join(pair)) for i, pair in enumerate(pairs())]
    assert not sighted([audit.audit(run, NOW_MS) for run in in_runs(records, [50])])


def test_a_part_is_what_the_user_says_that_it_is() -> None:
    told = replace(settings(), hints=(FieldHint(".*", "$.no.<_>[1]", HintKind.NONE),))
    audit = TapAudit(told)
    records = [json_record(i, no="_".join(pair)) for i, pair in enumerate(pairs())]
    found = sighted([audit.audit(run, NOW_MS) for run in in_runs(records, [50])])
    assert not {number for number, *_ in found} & {token(what) for _, what in pairs()}
    assert {number for number, *_ in found} >= {token(who) for who, _ in pairs()}


def test_batching_changes_nothing() -> None:
    rng = random.Random(8)
    records = [
        json_record(i, no="_".join(pair) if rng.random() < 0.8 else "SYSTEM", who=f"{pair[0]}:{pair[1]}")
        for i, pair in enumerate(pairs(900))
    ]
    whole = sightings_of(records, len(records))
    assert paths(whole) - {"$.no"} == {"$.no.<_>[0]", "$.no.<_>[1]", "$.who.<:>[0]", "$.who.<:>[1]"}
    assert all(sightings_of(records, size) == whole for size in (1, 7, 100))


def test_the_joint_that_is_rarest_within_names_divides() -> None:
    division = division_of("T-0012345:ORD_998877", NOW_MS)
    assert division is not None
    assert (division.joint, division.parts, division.named) == (":", 2, (0, 1))


def test_parts_of_what_is_divided_otherwise_are_none() -> None:
    assert parts_of(["12345_67890", "12345", None, 7, "1_2_3"], Part("_", 1)) == ["67890", None, None, None, "2"]
    assert path_text(("no", Part("_", 1))) == "$.no.<_>[1]"
