"""A digest is its plaintext's, wherever the two meet; what nobody can resolve keeps its own name."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.facts import (
    ALIAS,
    ALIAS_PERIOD_MS,
    SIGHTING,
    DigestsCompared,
    Fact,
    PairObserved,
    Preimage,
    SightingRun,
)
from flowaudit.linkage.aliases import Aliases
from flowaudit.linkage.infer import infer
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow
from flowaudit.sources.tap.sightings import merged_sightings, sharded

START_MS = 1_790_000_000_000
KEY_ID = 3


def _rows(sightings: Sequence[tuple[int, int, int]]) -> bytes:
    return np.array([(*each, 0) for each in sightings], dtype=SIGHTING).tobytes()


def _run(topic: str, partition: int = 0, **parts: bytes) -> SightingRun:
    return SightingRun(topic, partition, ("$.id",), (False,), KEY_ID, 1.0, 100, parts.pop("rows", b""), **parts)


def _aliases(pairs: Sequence[tuple[int, int, int]], preimage: Preimage = Preimage.LOWER) -> bytes:
    """Of (digest, plaintext, when sighted)."""
    rows = {(digest, token, at // ALIAS_PERIOD_MS, 0, preimage) for digest, token, at in pairs}
    return np.array(sorted(rows), dtype=ALIAS).tobytes()


def _flow(count: int = 400, seed: int = 1) -> list[SightingRun]:
    """`plain` → `hashed` → `hashed.again`, a tenth of a second apart, people of a thousand; and a bystander."""
    rng = random.Random(seed)
    people = [rng.getrandbits(64) for _ in range(1_000)]
    digest_of = {person: rng.getrandbits(64) for person in people}
    met = [(rng.choice(people), START_MS + 500 * number + rng.randrange(300)) for number in range(count)]
    plain = [(person, offset, at) for offset, (person, at) in enumerate(met)]
    hashed = [(digest_of[person], offset, at + 90 + rng.randrange(20)) for person, offset, at in plain]
    again = [(digest, offset, at + 40 + rng.randrange(10)) for digest, offset, at in hashed]
    others = [(rng.choice(people), offset, at + rng.randrange(60_000)) for _, offset, at in plain]
    return [
        _run("plain", rows=_rows(plain), aliases=_aliases([(digest_of[p], p, at) for p, at in met])),
        _run("hashed", rows=_rows(hashed), digests=_rows(hashed)),
        _run("hashed.again", rows=_rows(again), digests=_rows(again)),
        _run("bystander", rows=_rows(others)),
    ]


def _facts(runs: Sequence[SightingRun], **changes: int) -> list[Fact]:
    window = LinkageWindow(LinkageSettings(window_ms=60_000, bucket_ms=20_000, **changes))
    for run in runs:
        window.add(run)
    return [*window.close(START_MS + 10**9), *window.provisional()]


def _edges(facts: Sequence[Fact]) -> set[tuple[str, str]]:
    return {(edge.upstream, edge.downstream) for edge in infer(facts).edges}


def test_a_flow_goes_on_under_a_digest() -> None:
    assert ("plain", "hashed") in _edges(_facts(_flow()))
    without = [msgspec.structs.replace(run, aliases=b"") for run in _flow()]
    assert ("plain", "hashed") not in _edges(_facts(without))
    assert ("hashed", "hashed.again") in _edges(_facts(without))


def test_digests_outside_the_sample_count_for_sampled_plaintexts_and_for_nothing_else() -> None:
    unsampled = [msgspec.structs.replace(run, rows=b"") if run.digests else run for run in _flow()]
    assert _facts(unsampled) == _facts(_flow())
    assert not _edges(_facts([msgspec.structs.replace(run, aliases=b"") for run in unsampled]))


@settings(max_examples=10)
@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_order_cuts_and_repetition_change_nothing(rng: random.Random, pieces: int) -> None:
    cut = [_piece(run, piece, pieces) for run in _flow(60) for piece in range(pieces)]
    cut += rng.sample(cut, len(cut) // 2)
    rng.shuffle(cut)
    assert _facts(cut) == _facts(_flow(60))
    assert _facts(merged_sightings(cut)) == _facts(_flow(60))


def _piece(run: SightingRun, piece: int, pieces: int) -> SightingRun:
    tables = {"rows": run.table(), "digests": run.digest_table(), "aliases": run.alias_table()}
    return msgspec.structs.replace(run, **{name: table[piece::pieces].tobytes() for name, table in tables.items()})


def test_one_window_may_be_told_by_shard() -> None:
    assert _facts([part for run in _flow() for part in sharded(run, 4)]) == _facts(_flow())


def test_an_alias_is_in_the_shard_of_its_plaintext_and_every_digest_counts_once() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for shard in range(3):
        seen.update(_linked([sharded(run, 3)[shard] for run in _flow()]))
    whole = _linked(_flow())
    # Each window knows for itself where its data ends, so that the horizons differ by a sighting or two.
    assert seen.keys() == whole.keys()
    assert all(abs(seen[pair] - whole[pair]) <= 0.05 * whole[pair] + 3 for pair in whole)


def _linked(runs: Sequence[SightingRun]) -> Counter[tuple[str, str]]:
    """By upstream and downstream: sightings that an upstream one precedes."""
    window = LinkageWindow(LinkageSettings(window_ms=10**6, bucket_ms=10**6))
    for run in runs:
        window.add(run)
    pairs = [fact for fact in window.provisional() if isinstance(fact, PairObserved)]
    return Counter({(pair.upstream, pair.downstream): sum(pair.preceding) for pair in pairs})


def test_aliases_expire_with_their_period() -> None:
    aliases = Aliases(1_000)
    aliases.add(_run("plain", aliases=_aliases([(1, 2, START_MS)])))
    end_ms = (START_MS // ALIAS_PERIOD_MS + 1) * ALIAS_PERIOD_MS
    assert len(aliases.between(START_MS, START_MS + 1)) == 1
    assert len(aliases.between(end_ms, end_ms + 1)) == 0
    aliases.keep_since(end_ms - 1)
    assert len(aliases) == 1
    aliases.keep_since(end_ms)
    assert len(aliases) == 0


@pytest.mark.parametrize("most", [0, 1, 7, 1_000])
def test_aliases_are_bounded_and_whole_plaintexts_go(most: int) -> None:
    aliases = Aliases(most)
    pairs = [(100 * token + which, token, START_MS) for token in range(50) for which in range(3)]
    aliases.add(_run("plain", aliases=_aliases(pairs)))
    held = aliases.between(START_MS, START_MS + 1)
    assert len(held) <= most or most >= len(pairs)
    _, counts = np.unique(held["token"], return_counts=True)
    assert set(counts.tolist()) <= {3}


def test_too_many_digests_cost_no_plaintext() -> None:
    window = LinkageWindow(LinkageSettings(window_ms=60_000, bucket_ms=20_000, max_sightings=900))
    plain, hashed, *_ = _flow()
    window.add(plain)
    for partition in range(5):
        window.add(msgspec.structs.replace(hashed, rows=b"", partition=partition))
    assert window.theta == 1.0
    assert window.sightings <= 2 * 900


def _compared(facts: Sequence[Fact]) -> list[DigestsCompared]:
    return [fact for fact in facts if isinstance(fact, DigestsCompared)]


def test_for_how_many_plaintexts_there_was_room_is_told_whenever_it_falls() -> None:
    assert {fact.kept for fact in _compared(_facts(_flow()))} == {1.0}
    window = LinkageWindow(LinkageSettings(window_ms=60_000, bucket_ms=20_000, max_aliases=150))
    told = []
    plain, *others = _flow(2_000)
    for run in others:
        window.add(run)
    # Memory is full only after some buckets were told of; by the second time no field is new.
    for piece in range(4):
        window.add(_piece_in_time(plain, piece, 4))
        until_ms = START_MS + (piece + 1) * 250_000
        told += _compared(window.close(until_ms))
    shares = [fact.kept for fact in told]
    assert shares == sorted(shares, reverse=True)
    assert 0 < shares[-1] < 0.5
    assert told[-1].share == shares[-1]


def _piece_in_time(run: SightingRun, piece: int, pieces: int) -> SightingRun:
    def part(data: bytes, dtype: np.dtype[np.void]) -> bytes:
        cuts = np.array_split(np.frombuffer(data, dtype=dtype), pieces)
        return cuts[piece].tobytes()

    return msgspec.structs.replace(run, rows=part(run.rows, SIGHTING), aliases=part(run.aliases, ALIAS))
