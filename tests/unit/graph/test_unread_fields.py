"""Coverage names the fields of salted or keyed digests and of ciphertext, and no others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import uuid
from collections.abc import Callable, Mapping, Sequence

import pytest

from flowaudit.facts import Fact, SightingRun
from flowaudit.graph.fold import fold
from flowaudit.graph.snapshot import Cluster, Hidden
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.sightings import sharded
from tests.unit.tap.records import NOW_MS, json_record, settings

PEOPLE = [f"T-{number:07d}" for number in range(412_000, 412_150)]
Values = Sequence[object]


def _met(count: int = 600, seed: int = 11) -> list[str]:
    rng = random.Random(seed)
    return [rng.choice(PEOPLE) for _ in range(count)]


def _sha256(person: str) -> str:
    return hashlib.sha256(person.lower().encode()).hexdigest()


def _keyed(person: str, key: bytes = b"whose key?") -> str:
    return hmac.digest(key, person.encode(), "sha256").hex()


def _estate(topics: Mapping[str, Values], theta: float = 1.0) -> tuple[list[Fact], list[SightingRun]]:
    facts: list[Fact] = []
    sightings = []
    for topic, values in topics.items():
        audit = TapAudit(settings(theta))
        for start in range(0, len(values), 50):
            records = [json_record(start + n, it=value) for n, value in enumerate(values[start : start + 50])]
            run = TappedRun(topic, topic, 0, start, start + len(records), records)
            audited = audit.audit(run, NOW_MS)
            facts += audited.facts
            sightings += [audited.sightings] if audited.sightings else []
    return facts, sightings


def _hidden(topics: Mapping[str, Values], theta: float = 1.0, shards: int = 1) -> dict[str, Hidden]:
    facts, sightings = _estate(topics, theta)
    for shard in range(shards):
        window = LinkageWindow(LinkageSettings(window_ms=60_000, bucket_ms=20_000, shard=shard))
        for run in sightings:
            window.add(sharded(run, shards)[shard])
        facts += window.close(NOW_MS + 10**9)
    snapshot = fold(Cluster("made", "made"), facts)
    return {one.name: one for one in snapshot.coverage.not_visible if one.subject == "field"}


@pytest.mark.parametrize(("theta", "shards"), [(1.0, 1), (0.3, 1), (1.0, 3)])
def test_keyed_digests_are_named_and_resolved_ones_are_not(theta: float, shards: int) -> None:
    topics = {
        "plain": _met(),
        "hashed": list(map(_sha256, _met())),
        "keyed": list(map(_keyed, _met())),
        "keyed.in.base64": [base64.b64encode(bytes.fromhex(_keyed(person, b"another"))).decode() for person in _met()],
    }
    found = _hidden(topics, theta, shards)
    assert {name: one.reason for name, one in found.items()} == {
        "keyed $.it": "digests-unresolved",
        "keyed.in.base64 $.it": "digests-unresolved",
    }
    assert "salted, keyed" in found["keyed $.it"].hides


def test_where_no_plaintext_is_seen_nothing_is_said() -> None:
    assert _hidden({"keyed": list(map(_keyed, _met()))}) == {}


@pytest.mark.parametrize(
    "mint",
    [
        lambda rng: rng.randbytes(16).hex(),
        lambda rng: rng.randbytes(32).hex(),
        lambda rng: uuid.UUID(int=rng.getrandbits(128), version=4).hex,
        lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    ],
)
def test_events_are_no_salted_people(mint: Callable[[random.Random], str]) -> None:
    rng = random.Random(3)
    events = [mint(rng) for _ in range(400)]
    later = [event for event in events for _ in range(rng.choice([1, 1, 2, 4]))]
    assert _hidden({"plain": _met(), "events": events, "events.told.again": later}) == {}


def test_a_hash_of_a_few_is_enough_not_to_be_called_salted() -> None:
    some = [_sha256(person) if person < PEOPLE[8] else _keyed(person) for person in _met()]
    assert _hidden({"plain": _met(), "mixed": some}) == {}


def test_too_few_people_show_nothing() -> None:
    few = [_keyed(rng_person) for rng_person in _met() if rng_person < PEOPLE[30]]
    assert _hidden({"plain": _met(3_000), "keyed": few}, theta=0.1) == {}


def test_ciphertext_is_named_and_long_text_is_not() -> None:
    rng = random.Random(5)
    topics = {
        "sealed": [base64.b64encode(rng.randbytes(rng.randrange(120, 900))).decode() for _ in range(60)],
        "sealed.by.vault": [f"vault:v1:{base64.b64encode(rng.randbytes(200)).decode()}" for _ in range(60)],
        "sealed.in.hex": [rng.randbytes(200).hex() for _ in range(60)],
        "told": [" ".join(rng.choices(PEOPLE, k=40)) for _ in range(60)],
        "packed": [base64.b64encode(" ".join(rng.choices(PEOPLE, k=40)).encode()).decode() for _ in range(60)],
        "numbers": ["".join(rng.choices("0123456789", k=300)) for _ in range(60)],
        "genes": ["".join(rng.choices("ACGT", k=700)) for _ in range(60)],
    }
    found = _hidden(topics)
    assert sorted(found) == ["sealed $.it", "sealed.by.vault $.it", "sealed.in.hex $.it"]
    assert {one.reason for one in found.values()} == {"encrypted"}


def test_the_same_is_said_whatever_the_order_and_however_often() -> None:
    facts, sightings = _estate({"plain": _met(), "hashed": list(map(_sha256, _met())), "keyed": [*map(_keyed, _met())]})
    window = LinkageWindow(LinkageSettings(window_ms=60_000, bucket_ms=200))
    for run in sightings:
        window.add(run)
    facts += window.close(NOW_MS + 10**9)
    once = fold(Cluster("made", "made"), facts)
    random.Random(8).shuffle(facts)
    assert fold(Cluster("made", "made"), [*facts, *facts]) == once
    assert [one.name for one in once.coverage.not_visible if one.subject == "field"] == ["keyed $.it"]
