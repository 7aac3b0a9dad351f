"""Keys that are UUIDs as sixteen bytes are the same identifiers as UUIDs that are written out."""

from __future__ import annotations

import random
from collections.abc import Callable
from uuid import UUID

import msgspec
import pytest

from tests.unit.tap.records import NOW_MS, MadeRecord, audit_all, in_runs, json_record, sighted

RNG = random.Random(6)
RANDOM = [UUID(int=RNG.getrandbits(128), version=4) for _ in range(600)]
ORDERED = [UUID(int=(NOW_MS + n) << 80 | 7 << 76 | RNG.getrandbits(62) | 1 << 63) for n in range(600)]


@pytest.mark.parametrize("uuids", [RANDOM, ORDERED], ids=["random", "by time"])
@pytest.mark.parametrize("size", [1, 70])
def test_binary_keys_are_the_uuids_that_others_write_out(uuids: list[UUID], size: int) -> None:
    binary = [MadeRecord(n, b'{"a":1}', uuid.bytes, NOW_MS + n) for n, uuid in enumerate(uuids)]
    written = [json_record(n, event=str(uuid)) for n, uuid in enumerate(uuids)]
    audited = audit_all(in_runs(binary, [size]))
    by_key = {token for token, *_, field in sighted(audited) if field == "$key"}
    named = {token for token, *_, field in sighted(audit_all(in_runs(written, [size]))) if field == "$.event"}
    assert by_key <= named
    assert len(by_key) >= len(uuids) - 20
    assert not [told for run in audited for told in run.not_visible]


@pytest.mark.parametrize(
    "key",
    [
        lambda n: f"tenant-{n:09d}".encode(),
        lambda n: msgspec.msgpack.encode({"tenant": 1_000_000 + n, "k": 1}),
        lambda n: RNG.randbytes(15 + n % 2),
    ],
    ids=["text", "message pack", "of two lengths"],
)
def test_other_keys_are_no_uuids(key: Callable[[int], bytes]) -> None:
    records = [MadeRecord(n, b'{"a":1}', key(n), NOW_MS + n) for n in range(300)]
    whole = MadeRecord(300, b'{"event":"x"}', RANDOM[0].bytes, NOW_MS)
    as_uuid = sighted(audit_all(in_runs([json_record(n, e=str(uuid)) for n, uuid in enumerate(RANDOM)], [50])))
    found = sighted(audit_all(in_runs([*records, whole], [50])))
    assert not {token for token, *_ in found} & {token for token, *_ in as_uuid}
