"""The producers source: who writes which topics, by DescribeProducers (KIP-664) and by the headers of the batches."""

from flowaudit.sources.producers.follow import BatchHeadersSource, HeaderLimits
from flowaudit.sources.producers.poll import ProducersSource

__all__ = ["BatchHeadersSource", "HeaderLimits", "ProducersSource"]
