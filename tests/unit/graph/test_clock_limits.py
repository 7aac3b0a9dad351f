"""Coverage says whose timestamps are not the time at which records were written."""

from __future__ import annotations

from flowaudit.facts import Channel, Fact, OffsetClass, Provenance, RunAudited, Segment
from flowaudit.graph.fold import fold
from flowaudit.graph.snapshot import Cluster

_START_MS = 1_790_000_000_000


def read(topic: str, delay_ms: int) -> list[Fact]:
    """A minute of reading, each record within a fifth of a second of its arrival."""
    return [
        RunAudited(
            Provenance(Channel.LINKAGE, _START_MS + 1_000 * number + delay_ms + number * 37 % 200, "made for a test"),
            topic,
            f"id-{topic}",
            0,
            (Segment(number, number + 1, OffsetClass.AUDITED),),
            first_timestamp_ms=_START_MS + 1_000 * number,
            last_timestamp_ms=_START_MS + 1_000 * number,
        )
        for number in range(60)
    ]


def test_a_wrong_clock_is_named_with_its_error_and_a_right_one_is_not() -> None:
    facts = [*read("slow", 3_000), *read("fast", -700), *read("right", 5)]
    snapshot = fold(Cluster("c", "kafka://c"), facts, k_anonymity=1)
    found = {limit.name: limit for limit in snapshot.coverage.not_visible if limit.reason == "wrong-clock"}
    assert set(found) == {"slow", "fast"}
    assert "3.0 s behind their reading: a producer's clock is slow, or they tell of the past" in found["slow"].hides
    assert "0.7 s ahead of their reading, by a producer's clock; linkage takes that off" in found["fast"].hides


def test_a_topic_of_which_a_part_is_ahead_is_named_and_left_as_it_is() -> None:
    [right, ahead] = [read("both", 5), read("both", -4_000)]
    snapshot = fold(Cluster("c", "kafka://c"), [*right[::2], *ahead[1::2]], k_anonymity=1)
    [found] = [limit for limit in snapshot.coverage.not_visible if limit.reason == "wrong-clock"]
    assert "a part of its timestamps is up to 4.0 s ahead" in found.hides
    assert found.hides.endswith("linkage takes them as they are")
