"""The producers source: which producer ids write which topics, by DescribeProducers (KIP-664)."""

from flowaudit.sources.producers.poll import ProducersSource

__all__ = ["ProducersSource"]
