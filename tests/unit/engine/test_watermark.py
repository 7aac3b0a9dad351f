from __future__ import annotations

from flowaudit.engine.watermark import HOLD_MS, IDLE_MS, LATENESS_MS, Level, Watermark
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


def test_a_partition_with_records_left_holds_event_time_back_however_long_it_is_silent() -> None:
    watermark = Watermark()
    watermark.saw([run("live", 500_000), run("history", 20_000)], 500_000)
    watermark.told(Level(frozenset({("history", 0)})))
    assert watermark.at(500_000 + 10 * IDLE_MS) == 20_000 - LATENESS_MS
    watermark.told(Level())
    assert watermark.at(500_000 + 10 * IDLE_MS) == 500_000 + 10 * IDLE_MS - LATENESS_MS


def test_nothing_is_closed_before_the_tap_knows_what_is_left() -> None:
    watermark = Watermark()
    watermark.told(Level(is_known=False))
    assert watermark.at(100_000) < 0
    watermark.told(Level(frozenset({("never read", 0)})))
    assert watermark.at(100_000) < 0


def test_a_backfill_that_is_read_as_it_is_written_holds_nobody_up() -> None:
    watermark = Watermark()
    watermark.told(Level())
    for arrived_ms in range(900_000, 904_000, 500):
        watermark.saw([run("backfill", arrived_ms - HOLD_MS - 1), run("live", arrived_ms)], arrived_ms)
    assert watermark.at(arrived_ms) == arrived_ms - LATENESS_MS
