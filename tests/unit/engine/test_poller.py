"""The poller: each source at its interval, and no source's fault is another's."""

from __future__ import annotations

import time

from flowaudit.engine.poller import Poller, Schedule
from flowaudit.engine.ports import Delivery
from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Channel, Fact, Provenance, TopicSeen


class Source:
    def __init__(self, name: str, error: Exception | None = None) -> None:
        self.name = name
        self.error = error
        self.polls = 0

    def poll(self, now_ms: int) -> list[Fact]:
        self.polls += 1
        if self.error is not None:
            raise self.error
        return [TopicSeen(Provenance(Channel.METADATA, now_ms, ""), self.name, "id", 1)]


def run_for_three_polls(*sources: Source) -> tuple[Poller, list[Delivery], list[str]]:
    delivered: list[Delivery] = []
    warned: list[str] = []
    poller = Poller([Schedule(source, 0.05) for source in sources], lambda: 7, warned.append)
    poller.start(delivered.append)
    deadline = time.monotonic() + 10
    while min(source.polls for source in sources) < 3:
        assert time.monotonic() < deadline, "a source was not polled again"
        time.sleep(0.01)
    poller.stop()
    return poller, delivered, warned


def test_what_a_source_tells_is_delivered_and_its_health_kept() -> None:
    poller, delivered, warned = run_for_three_polls(Source("topics"))
    (health,) = poller.health()
    assert len(delivered) == health.attempts >= 3
    assert (health.errors, health.last_error, health.last_success_ms) == (0, "", 7)
    assert warned == []


def test_a_silent_cluster_is_counted_and_asked_again() -> None:
    poller, delivered, warned = run_for_three_polls(Source("topics", SourceUnreachable("nobody there")))
    (health,) = poller.health()
    assert health.errors == health.attempts >= 3
    assert (health.last_error, health.last_success_ms) == ("SourceUnreachable", 0)
    assert (delivered, warned) == ([], [])


def test_a_fault_of_one_source_is_told_once_without_its_text_and_the_others_go_on() -> None:
    faulty, sound = Source("groups", KeyError("a record's secret")), Source("topics")
    poller, delivered, warned = run_for_three_polls(faulty, sound)
    assert sound.polls >= 3
    assert delivered
    assert len(warned) == 1
    assert "'groups'" in warned[0]
    assert "KeyError" in warned[0]
    assert "secret" not in warned[0]
    assert {health.name: health.last_error for health in poller.health()} == {"groups": "KeyError", "topics": ""}


def test_at_the_end_only_sources_that_answer_are_asked_once_more() -> None:
    silent, sound = Source("groups", SourceUnreachable("nobody there")), Source("topics")
    poller = Poller([Schedule(silent, 1000), Schedule(sound, 1000)], lambda: 7, lambda _: None)
    poller.start(lambda _: None)
    deadline = time.monotonic() + 10
    while not sound.polls:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    poller.stop()
    assert (silent.polls, sound.polls) == (1, 2)
