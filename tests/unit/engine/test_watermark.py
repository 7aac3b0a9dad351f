from __future__ import annotations

from flowaudit.engine.watermark import IDLE_MS, LATENESS_MS, Watermark
from flowaudit.facts import Channel, OffsetClass, Provenance, RunAudited, Segment


def run(topic: str, last_timestamp_ms: int) -> RunAudited:
    provenance = Provenance(Channel.LINKAGE, 0, "")
    return RunAudited(provenance, topic, "id", 0, (Segment(0, 1, OffsetClass.AUDITED),), 0, last_timestamp_ms)


def test_with_nothing_tapped_event_time_is_wall_time() -> None:
    assert Watermark().at(100_000) == 100_000 - LATENESS_MS


def test_the_slowest_partition_that_delivers_holds_event_time_back() -> None:
    watermark = Watermark()
    watermark.saw([run("fast", 90_000), run("slow", 20_000)], 100_000)
    assert watermark.at(100_100) == 20_000 - LATENESS_MS


def test_a_partition_that_has_gone_quiet_holds_nobody_up() -> None:
    watermark = Watermark()
    watermark.saw([run("slow", 20_000)], 100_000)
    watermark.saw([run("fast", 105_000)], 100_000 + IDLE_MS)
    assert watermark.at(100_000 + IDLE_MS) == 105_000 - LATENESS_MS


def test_records_from_the_future_do_not_push_event_time_past_now() -> None:
    watermark = Watermark()
    watermark.saw([run("t", 10**15)], 100_000)
    assert watermark.at(100_000) == 100_000 - LATENESS_MS


def test_a_clock_that_stands_still_holds_nobody_up() -> None:
    watermark = Watermark()
    for arrived_ms in range(100_000, 100_000 + 2 * IDLE_MS, 500):
        watermark.saw([run("stuck", 1), run("sound", arrived_ms)], arrived_ms)
    assert watermark.at(arrived_ms) == arrived_ms - LATENESS_MS
