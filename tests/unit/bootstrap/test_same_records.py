"""The same records give the same graph document, however they are cut, interleaved and interrupted."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.unit.bootstrap.streams import at_once, at_random, made_logs

RECORDS = made_logs(1)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return at_once(RECORDS, tmp_path_factory.mktemp("once") / "ledger.sqlite")


def test_the_made_estate_has_flows_to_be_found(expected: bytes) -> None:
    document = orjson.loads(expected)
    flows = {
        (e["source"], e["target"]) for e in document["edges"] if e["kind"] == "derives" and e["tier"] != "suspected"
    }
    assert flows == {("topic:doors", "topic:sightings"), ("topic:sightings", "topic:scores")}


@pytest.mark.parametrize("seed", range(50))
def test_pieces_interleavings_stops_and_crashes_change_not_a_byte(seed: int, expected: bytes, tmp_path: Path) -> None:
    published, stored = at_random(RECORDS, tmp_path / "ledger.sqlite", seed)
    assert published == expected
    assert stored == expected
