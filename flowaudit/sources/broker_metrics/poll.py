"""Holds the egress of topics, as the brokers count it, against their known readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Channel, EgressEstimated, Fact, NotVisible, Provenance
from flowaudit.sources.broker_metrics.decode import PageUndecodable, bytes_by_topic
from flowaudit.sources.broker_metrics.estimate import Sample, TopicReading, began_anew, estimate
from flowaudit.sources.broker_metrics.pages import fetch_page
from flowaudit.sources.news import News

_STEPS: Final = 10
Readings = Callable[[], Mapping[str, TopicReading]]
"""What is known of each data topic at this moment. A topic that is missing is not estimated."""


@dataclass(frozen=True, slots=True)
class MetricPages:
    """Where the brokers' counters are: one page of every broker, and what the series are called there."""

    urls: Sequence[str]
    bytes_out: str = "kafka_server_brokertopicmetrics_bytesout_total"
    bytes_in: str = "kafka_server_brokertopicmetrics_bytesin_total"


class BrokerMetricsSource:
    """Reads all pages at each poll and tells one estimate a topic for each window of ten polls."""

    name = "broker-metrics"

    def __init__(
        self, pages: MetricPages, readings: Readings, *, brokers: Callable[[], int], steps: int = _STEPS
    ) -> None:
        """`readings` is asked right after the pages were read; `brokers` says how many there are in the cluster."""
        self._pages = pages
        self._readings = readings
        self._brokers = brokers
        self._steps = steps
        self._windows: dict[str, list[Sample]] = {}
        self._before: dict[str, Mapping[str, int]] = {}
        self._news = News()

    def poll(self, now_ms: int) -> list[Fact]:
        """Take a sample; tell the estimates of the windows that it completes.

        Nothing is estimated while there are more brokers than pages, nor of a topic that no page has.

        Raises:
            SourceUnreachable: a page cannot be read: a sum over some brokers is no sum.
        """
        counters_out, counters_in = self._counters()
        facts: list[Fact] = []
        readings = self._readings()
        is_whole = self._brokers() <= len(self._pages.urls)
        measured = {topic: reading for topic, reading in readings.items() if is_whole and topic in counters_out}
        for topic, reading in measured.items():
            sample = Sample(now_ms, counters_out[topic], counters_in.get(topic, 0), reading)
            facts += self._advance(topic, sample)
        self._windows = {topic: window for topic, window in self._windows.items() if topic in measured}
        return [*facts, *self._missing(bool(counters_out or counters_in), now_ms)]

    def _counters(self) -> tuple[dict[str, int], dict[str, int]]:
        out: dict[str, int] = {}
        into: dict[str, int] = {}
        for url in self._pages.urls:
            page = fetch_page(url)
            try:
                served = bytes_by_topic(page, self._pages.bytes_out)
                self._look_back(url, served)
                _add(out, served)
                _add(into, bytes_by_topic(page, self._pages.bytes_in))
            except PageUndecodable as error:
                raise SourceUnreachable(str(error)) from None
        return out, into

    def _look_back(self, url: str, served: Mapping[str, int]) -> None:
        """One broker that starts anew hides in a sum behind the others' growth."""
        before = self._before.get(url, {})
        for topic in [topic for topic, count in before.items() if served.get(topic, 0) < count]:
            self._windows.pop(topic, None)
        self._before[url] = served

    def _advance(self, topic: str, sample: Sample) -> list[Fact]:
        window = self._windows.setdefault(topic, [])
        if window and began_anew(window[-1], sample):
            window.clear()
        window.append(sample)
        if len(window) <= self._steps:
            return []
        self._windows[topic] = [sample]
        result = estimate(window)
        reference = f"{self._pages.bytes_out}{{topic}} of {len(self._pages.urls)} brokers"
        return [
            EgressEstimated(
                provenance=Provenance(Channel.BROKER_LOG, sample.at_ms, reference),
                topic=topic,
                window_ms=result.window_ms,
                served_bytes=result.served_bytes,
                accounted_bytes=result.accounted_bytes,
                error_bytes=result.error_bytes,
            )
        ]

    def _missing(self, has_series: bool, now_ms: int) -> list[Fact]:
        missing = self._brokers() - len(self._pages.urls)
        told: list[tuple[object, Fact]] = []
        provenance = Provenance(Channel.BROKER_LOG, now_ms, self._pages.bytes_out)
        if missing > 0:
            hides = f"what {missing} more brokers served: bytes out are each broker's own"
            told.append(("brokers", NotVisible(provenance, "source", self.name, "brokers-without-metrics", hides)))
        if not has_series:
            hides = f"what topics serve: no page has the series {self._pages.bytes_out} with a label topic"
            told.append(("series", NotVisible(provenance, "source", self.name, "no-such-series", hides)))
        self._news.forget_all_but(key for key, _ in told)
        return list(self._news.of(told))


def _add(sums: dict[str, int], page: Mapping[str, int]) -> None:
    for topic, count in page.items():
        sums[topic] = sums.get(topic, 0) + count
