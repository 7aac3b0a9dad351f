"""The client-metrics source: what clients themselves push to the brokers (KIP-714), as a broker plugin wrote it."""

from flowaudit.sources.client_metrics.follow import ClientMetricsSource

__all__ = ["ClientMetricsSource"]
