"""What the auditor's one thread does, step by step: write, link, publish. After each step the process may die."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from flowaudit.engine.ports import Delivery
from flowaudit.engine.watermark import Watermark
from flowaudit.facts import BucketsClosed, Fact, RowsObserved, RunAudited
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.ledger import Ledger
from flowaudit.linkage.clocks import TopicClocks
from flowaudit.linkage.event_time import AHEAD_MS
from flowaudit.linkage.window import LinkageWindow

_EARLIEST_MS = 946_684_800_000
"""The year 2000: what claims to be older has no clock."""


class Writer:
    """Owns the ledger, the fold and the linkage window; nobody else writes to them.

    What a step returned from is durable, or is made again from what is: a new writer on the same ledger, to which the
    records that its open buckets look at are delivered once more, comes to the same facts.
    """

    def __init__(self, ledger: Ledger, fold: GraphFold, window: LinkageWindow, clock: Callable[[], int]) -> None:
        self._ledger = ledger
        self._fold = fold
        self._window = window
        self._clock = clock
        self._watermark = Watermark()
        self._clocks = TopicClocks()
        self._provisional: Sequence[Fact] = ()
        self._folded_seq = 0
        self._closed: BucketsClosed | None = None

    @property
    def facts_stored(self) -> int:
        """How many facts of the ledger the latest snapshot is made of."""
        return self._folded_seq

    def resume(self) -> None:
        """Fold what earlier runs stored, and leave out of linkage the buckets that they closed."""
        for fact in self._newly_stored():
            if isinstance(fact, RunAudited):
                # What is read again is not told again, and a partition with nothing left still says how late it is.
                self._watermark.saw([fact], self._clock())
                self._clocks.saw(fact)
            elif isinstance(fact, RowsObserved):
                self._window.remember(fact)
            elif isinstance(fact, BucketsClosed):
                self._closed = max(self._closed or fact, fact, key=lambda closed: closed.until_ms)
        if self._closed is not None:
            self._window.resume(self._closed)

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Store facts, in one transaction; then take in sightings."""
        if not deliveries:
            return
        facts = [fact for delivery in deliveries for fact in delivery.facts]
        positions = {feed: offset for delivery in deliveries for feed, offset in delivery.feed_positions.items()}
        self._ledger.append(facts, positions)
        runs = [fact for fact in facts if isinstance(fact, RunAudited)]
        self._watermark.saw(runs, self._clock())
        for audited in runs:
            self._clocks.saw(audited)
        for delivery in deliveries:
            for run in delivery.sightings:
                self._window.add(run.between(_EARLIEST_MS, self._clock() + AHEAD_MS))
            if delivery.level is not None:
                self._watermark.told(delivery.level)

    def link(self) -> None:
        """Close the buckets that event time has passed, and look at the open ones."""
        self._window.correct(self._clocks.ahead_ms())
        self._ledger.append(self._window.close(self._watermark.at(self._clock())))
        if self._is_whole:
            self._provisional = self._window.provisional()

    def leave(self) -> None:
        """Link for the last time and store what the open buckets tell. A later run reads their records again.

        A run that ends before it has read them again leaves what an earlier one stored.
        """
        self.link()
        if self._is_whole:
            self._ledger.append([self._window.open_buckets(self._clock())])

    def snapshot(self) -> GraphSnapshot:
        """The graph as it stands: a fold of what the ledger holds, not of what was delivered; replays are trimmed."""
        for _ in self._newly_stored():
            pass
        return self._fold.snapshot(extra_facts=self._provisional)

    @property
    def _is_whole(self) -> bool:
        """Does the window hold all that the open buckets look at, or is there nothing stored that would be better?"""
        return self._closed is None or not self._watermark.is_reading_again

    def _newly_stored(self) -> Iterator[Fact]:
        for seq, fact in self._ledger.facts(self._folded_seq):
            self._fold.add(fact)
            self._folded_seq = seq
            yield fact
