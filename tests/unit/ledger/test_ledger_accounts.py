"""Any sequence of overlapping replays, restarts and gaps accounts for each offset exactly once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from typing_extensions import override

from flowaudit.facts import Channel, OffsetClass, Provenance, RunAudited, Segment
from flowaudit.ledger import Ledger, LedgerGap, PartitionKey

CLASSES = st.sampled_from(list(OffsetClass))
KEYS = st.builds(PartitionKey, st.sampled_from(["a", "b"]), st.sampled_from(["old", "new"]), st.integers(0, 1))


class Accounting(RuleBasedStateMachine):
    """The ledger beside a dictionary: offset → class, by partition."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = tempfile.TemporaryDirectory()
        self._path = Path(self._directory.name) / "ledger.db"
        self._ledger = Ledger.open(self._path, "cluster")
        self._accounted: dict[PartitionKey, dict[int, OffsetClass]] = {}
        self._told_ms = 0

    @rule(
        key=KEYS, low=st.integers(0, 25), parts=st.lists(st.tuples(st.integers(1, 6), CLASSES), min_size=1, max_size=4)
    )
    def tell(self, key: PartitionKey, low: int, parts: list[tuple[int, OffsetClass]]) -> None:
        self._told_ms += 1
        segments, at = [], low
        for length, offset_class in parts:
            segments.append(Segment(at, at + length, offset_class))
            at += length
        told = RunAudited(
            Provenance(Channel.LINKAGE, self._told_ms, ""), key.topic, key.topic_id, key.partition, tuple(segments)
        )
        known = self._accounted.setdefault(key, {})
        end = max(known, default=low - 1) + 1
        if low > end:
            with pytest.raises(LedgerGap):
                self._ledger.append([told])
            return
        self._ledger.append([told])
        start = min(known, default=low)
        for segment in segments:
            for offset in range(segment.low, segment.high):
                if offset >= start:
                    known.setdefault(offset, segment.offset_class)

    @rule()
    def restart(self) -> None:
        self._ledger.close()
        self._ledger = Ledger.open(self._path, "cluster")

    @invariant()
    def facts_and_intervals_say_what_the_dictionary_says(self) -> None:
        expected = {key: known for key, known in self._accounted.items() if known}
        assert self._ledger.positions() == {key: max(known) + 1 for key, known in expected.items()}
        assert self._ledger.starts() == {key: min(known) for key, known in expected.items()}
        by_facts: dict[PartitionKey, list[tuple[int, OffsetClass]]] = {}
        for _, fact in self._ledger.facts():
            assert isinstance(fact, RunAudited)
            key = PartitionKey(fact.topic, fact.topic_id, fact.partition)
            for segment in fact.segments:
                spread = [(offset, segment.offset_class) for offset in range(segment.low, segment.high)]
                by_facts.setdefault(key, []).extend(spread)
        assert by_facts == {key: sorted(known.items()) for key, known in expected.items()}
        for account in self._ledger.accounts():
            mine = [
                known
                for key, known in expected.items()
                if (key.topic, key.topic_id) == (account.topic, account.topic_id)
            ]
            for offset_class in OffsetClass:
                assert account.count(offset_class) == sum(list(known.values()).count(offset_class) for known in mine)

    @override
    def teardown(self) -> None:
        self._ledger.verify()
        self._ledger.close()
        self._directory.cleanup()


Accounting.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestAccounting = Accounting.TestCase
