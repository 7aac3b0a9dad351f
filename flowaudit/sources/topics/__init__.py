"""The topics source: which topics exist, and which of them this principal may read."""

from flowaudit.sources.topics.poll import TopicsSource

__all__ = ["TopicsSource"]
