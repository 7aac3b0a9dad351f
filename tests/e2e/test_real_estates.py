"""A small generated estate as real clients: they do what its truth says, and the auditor is scored by it."""

from __future__ import annotations

from collections import defaultdict

import pytest

from benchmarks.linkage.encode import Encoded, decode
from benchmarks.linkage.estate import EstateSpec, PlayedEstate, kind_of
from benchmarks.linkage.flows import direct_flows
from benchmarks.linkage.real.estates import applications_by_library
from benchmarks.linkage.real.recording import kept_in
from benchmarks.linkage.real.trial import Trial, replay, run_trial
from flowaudit.facts import GroupSeen, ProducerSeen

pytestmark = [pytest.mark.kafka, pytest.mark.e2e]

SEED = 0
SECONDS = 20.0


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trial, PlayedEstate]:
    folder = tmp_path_factory.mktemp("recordings")
    trial = run_trial(SEED, SECONDS, 1.0, folder)
    return trial, kept_in(folder / f"{SEED}.msgpack")


def test_its_clients_wrote_what_its_truth_says(trial: tuple[Trial, PlayedEstate]) -> None:
    _, estate = trial
    true = {(case.source, case.target) for case in estate.cases}
    assert true | set(estate.not_exercised) == set(direct_flows(estate.spec))
    assert len(true) >= 5
    said = values_by_topic(estate)
    quoted = {pair for pair in true if len(said[pair[0]] & said[pair[1]]) >= 5}
    translated = {pair for pair in true if not common_slots(estate.spec, *pair)}
    assert quoted | translated == true
    assert quoted


def test_every_library_ran_and_every_group_was_seen(trial: tuple[Trial, PlayedEstate]) -> None:
    _, estate = trial
    assert applications_by_library(estate.spec).keys() == {"confluent-kafka", "aiokafka", "kafka-python"}
    groups = {fact.group for fact in estate.metadata_facts if isinstance(fact, GroupSeen)}
    assert groups == {app.group for app in estate.spec.apps if app.group}
    signed = {fact.topic for fact in estate.metadata_facts if isinstance(fact, ProducerSeen)}
    assert signed <= {topic for app in estate.spec.apps if app.producer_ids for topic in app.writes}
    assert signed


def test_it_is_scored_live_and_as_recorded_alike(trial: tuple[Trial, PlayedEstate]) -> None:
    live, estate = trial
    again = replay(estate, 1.0)
    for mode, result in live.results.items():
        direct = result.direct["suspected"]
        assert direct.correct + direct.missed == len(estate.cases)
        assert direct.correct > 0, mode
        assert again.results[mode].direct["suspected"].correct > 0, mode
        assert again.results[mode].decoys == result.decoys


def values_by_topic(estate: PlayedEstate) -> dict[str, set[tuple[str, str]]]:
    """What each topic's records say, as (kind, plain value)."""
    said: dict[str, set[tuple[str, str]]] = defaultdict(set)
    topics = {topic.name: topic for topic in estate.spec.topics}
    for record in estate.log:
        fields = decode(topics[record.topic], Encoded(record.key, record.value, record.headers))
        said[record.topic].update((kind_of(slot), value) for slot, value in fields.items())
    return said


def common_slots(spec: EstateSpec, source: str, target: str) -> set[str]:
    return set(spec.topic(source).slots) & set(spec.topic(target).slots)
