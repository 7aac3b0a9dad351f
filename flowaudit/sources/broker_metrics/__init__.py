"""The broker-metrics source: bytes that brokers served, held against the readers that are known."""

from flowaudit.sources.broker_metrics.estimate import TopicReading
from flowaudit.sources.broker_metrics.poll import BrokerMetricsSource, MetricPages, Readings

__all__ = ["BrokerMetricsSource", "MetricPages", "Readings", "TopicReading"]
