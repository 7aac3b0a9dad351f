"""Which clocks a writer corrects: what its ledger holds of them counts as if it had never stopped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from typing_extensions import override

from flowaudit.engine.ports import Delivery
from flowaudit.engine.writer import Writer
from flowaudit.facts import Channel, OffsetClass, Provenance, RunAudited, Segment
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.snapshot import Cluster
from flowaudit.ledger import Ledger
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow

_START_MS = 1_800_000_000_000
_WRONG = 600


class NotingWindow(LinkageWindow):
    """Keeps by which clocks it was told to compare."""

    ahead_ms: Mapping[str, int]

    @override
    def correct(self, ahead_ms: Mapping[str, int]) -> None:
        self.ahead_ms = ahead_ms
        super().correct(ahead_ms)


def run(number: int, delay_ms: int) -> RunAudited:
    written_ms = _START_MS + 1_000 * number
    seen = Provenance(Channel.LINKAGE, written_ms + delay_ms + number * 37 % 200, "made for a test")
    segments = (Segment(number, number + 1, OffsetClass.AUDITED),)
    return RunAudited(seen, "t", "id", 0, segments, first_timestamp_ms=written_ms, last_timestamp_ms=written_ms)


def corrected(ledger: Path, runs: range) -> dict[str, int]:
    """What a writer that begins on the ledger corrects after some more runs: the first ones were 3 s ahead."""
    with Ledger.open(ledger, "c") as held:
        window = NotingWindow(LinkageSettings())
        writer = Writer(held, GraphFold(Cluster("c", "kafka://c"), 1), window, lambda: _START_MS + 10**7)
        writer.resume()
        writer.write([Delivery(facts=tuple(run(number, -3_000 if number < _WRONG else 5) for number in runs))])
        writer.link()
        return dict(window.ahead_ms)


def test_a_clock_is_still_wrong_after_a_restart_and_one_that_was_set_is_right(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    assert corrected(path, range(_WRONG)).keys() == {"t"}
    assert corrected(path, range(0)).keys() == {"t"}
    assert corrected(path, range(_WRONG, 2 * _WRONG + 400)) == {}
    assert corrected(path, range(0)) == {}
