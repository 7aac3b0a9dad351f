"""The connect source: which connectors move what between Kafka and the world, from the workers' REST API."""

from flowaudit.sources.connect.poll import ConnectSource
from flowaudit.sources.connect.rest import Credentials
from flowaudit.sources.connect.worker_groups import worker_groups

__all__ = ["ConnectSource", "Credentials", "worker_groups"]
