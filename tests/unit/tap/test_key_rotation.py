"""A change of keys in the middle of a stream: every link goes on, and nothing is counted twice."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from flowaudit.facts import (
    DigestsCompared,
    Fact,
    FieldName,
    IdentifierKind,
    PairObserved,
    PeopleCounted,
    RowsObserved,
    SightingRun,
)
from flowaudit.graph.identity_view import Sampling
from flowaudit.graph.people_facts import PeopleFacts
from flowaudit.linkage.form_column import FormColumn
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.linkage.window import LinkageWindow
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.partition_audit import Resumed
from flowaudit.sources.tap.plan import TapPartition
from flowaudit.sources.tap.settings import AuditSettings
from tests.unit.tap.records import NOW_MS, MadeRecord, json_record

OLD, NEW = b"the key before the change", b"the key after the change"
WINDOW_MS = 60_000
COUNT = 900
"""Records of each topic, five a second: three minutes, the change after the first."""

Counted = Counter[tuple[str, str, IdentifierKind, int]]


@cache
def _topics(people: int = 400, count: int = COUNT, apart_ms: int = 200) -> dict[str, list[MadeRecord]]:
    """`asked` → `answered` a second later."""
    rng = random.Random(4)
    met = [f"T-{rng.randrange(410_000, 410_000 + people):07d}" for _ in range(count)]
    return {
        topic: [_at(json_record(n, who=who), NOW_MS + apart_ms * n + later_ms) for n, who in enumerate(met)]
        for topic, later_ms in (("asked", 0), ("answered", 900))
    }


def _at(record: MadeRecord, timestamp_ms: int) -> MadeRecord:
    return MadeRecord(record.offset, record.value, timestamp=timestamp_ms)


def _who(record: MadeRecord) -> str:
    return str(json.loads(record.value or b"{}")["who"])


def _told(
    settings: AuditSettings, start: int, end: int, topics: dict[str, list[MadeRecord]] | None = None
) -> list[SightingRun]:
    """What a tap tells that was begun again at `start`: it has read what was before, and tells no sighting of it."""
    resumed = {TapPartition(topic, "id", 0): Resumed(0, start, -1) for topic in ("asked", "answered")}
    audit = TapAudit(settings, resumed)
    runs = [
        audit.audit(TappedRun(topic, "id", 0, low, low + 50, records[low : low + 50]), NOW_MS).sightings
        for topic, records in (topics or _topics()).items()
        for low in range(0, end, 50)
    ]
    return [run for run in runs if run is not None]


def _linked(runs: Sequence[SightingRun]) -> tuple[Counted, int]:
    """Sightings that an upstream one precedes, by pair, kind and bucket; and how many records were drawn."""
    facts = _facts(runs)
    pairs = [fact for fact in facts if isinstance(fact, PairObserved)]
    counted = Counter({(p.upstream, p.downstream, p.identifiers, p.bucket_ms): sum(p.preceding) for p in pairs})
    return counted, sum(fact.records for fact in facts if isinstance(fact, RowsObserved))


def _facts(runs: Sequence[SightingRun], max_aliases: int = 1_000_000) -> list[Fact]:
    window = LinkageWindow(LinkageSettings(window_ms=WINDOW_MS, bucket_ms=20_000, max_aliases=max_aliases))
    for run in runs:
        window.add(run)
    return [*window.close(NOW_MS + 10**8), *window.provisional()]


@cache
def _under_one_key(theta: float) -> tuple[Counted, int]:
    return _linked(_told(_settings(OLD, 1, theta), 0, COUNT))


def _settings(key: bytes, key_id: int, theta: float, previous: bytes | None = None) -> AuditSettings:
    return AuditSettings(key, key_id, previous_key=previous, previous_key_id=1, theta=theta)


def test_with_an_overlap_the_statistics_are_those_of_one_key() -> None:
    change = 300
    before = _told(_settings(OLD, 1, 1.0), 0, change)
    overlap = _told(_settings(NEW, 2, 1.0, OLD), change, COUNT)
    assert _linked([*before, *overlap]) == _under_one_key(1.0)
    without = _told(_settings(NEW, 2, 1.0), change, COUNT)
    assert sum(_linked([*before, *without])[0].values()) < sum(_under_one_key(1.0)[0].values())


def test_old_names_that_memory_had_no_room_for_are_told_of() -> None:
    before = _told(_settings(OLD, 1, 1.0), 0, 300)
    overlap = _told(_settings(NEW, 2, 1.0, OLD), 300, COUNT)
    assert not [fact for fact in _facts([*before, *overlap]) if isinstance(fact, DigestsCompared)]
    told = [fact for fact in _facts([*before, *overlap], max_aliases=40) if isinstance(fact, DigestsCompared)]
    assert told
    assert all(0 < fact.kept < 1 and not (fact.resolved or fact.unresolved) for fact in told)


def test_after_the_overlap_the_old_key_may_go() -> None:
    """The overlap lasts a window and more, so nothing that is still compared has the old key alone."""
    before = _told(_settings(OLD, 1, 1.0), 0, 300)
    overlap = _told(_settings(NEW, 2, 1.0, OLD), 300, 700)
    after = _told(_settings(NEW, 2, 1.0), 700, COUNT)
    assert _linked([*before, *overlap, *after]) == _under_one_key(1.0)


def test_what_is_read_again_under_the_new_key_is_counted_once() -> None:
    before = _told(_settings(OLD, 1, 1.0), 0, 400)
    overlap = _told(_settings(NEW, 2, 1.0, OLD), 300, COUNT)
    assert _linked([*before, *overlap]) == _under_one_key(1.0)


def test_what_the_old_sample_held_is_held_to_the_end_of_the_overlap() -> None:
    one_key = _under_one_key(0.2)[0]
    before = _told(_settings(OLD, 1, 0.2), 0, 300)
    across = _linked([*before, *_told(_settings(NEW, 2, 0.2, OLD), 300, COUNT)])[0]
    assert all(across[pair] >= count for pair, count in one_key.items() if pair[:2] == ("asked", "answered"))


@pytest.mark.parametrize("theta", [0.1, 0.3, 1.0])
def test_people_are_not_counted_too_high(theta: float) -> None:
    """Both samples are kept through the overlap, but neither is counted with the other."""
    of_many = _topics(people=3_000, count=4_500, apart_ms=40)
    met = len({_who(record) for record in of_many["asked"]})
    before = _told(_settings(OLD, 1, theta), 0, 1_500, of_many)
    overlap = _told(_settings(NEW, 2, theta, OLD), 1_500, 4_500, of_many)
    people = PeopleFacts()
    for fact in _facts([*before, *overlap]):
        if isinstance(fact, PeopleCounted):
            people.add(fact)
    assert people.sampling() == Sampling(theta, theta)
    asked, answered = FieldName("asked", "$.who"), FieldName("answered", "$.who")
    for pair in ((asked, asked), (answered, answered), (answered, asked)):
        assert 0.75 * met <= people.people(*pair).count().people <= 1.25 * met


@pytest.mark.parametrize("theta", [0.1, 0.5, 1.0])
@how(max_examples=20)
@given(st.lists(st.binary(min_size=6, max_size=30).filter(lambda form: b"\0" not in form), min_size=1, max_size=30))
def test_during_an_overlap_both_samples_are_kept(theta: float, forms: list[bytes]) -> None:
    old = Pseudonymiser(OLD, 1, theta)
    both = Pseudonymiser(NEW, 2, theta, old)
    new = Pseudonymiser(NEW, 2, theta)
    kept = set(both.kept(FormColumn.of(forms)).tolist())
    assert kept == {row for row, form in enumerate(forms) if new.keeps(form) or old.keeps(form)}
    for form in forms:
        assert both.keeps(form) == (new.keeps(form) or old.keeps(form))
        assert both.token(form) == (old if old.keeps(form) and not new.keeps(form) else new).token(form)
