"""The groups source: who reads what, by membership and by committed offsets, from the Admin API."""

from flowaudit.sources.groups.poll import GroupsSource

__all__ = ["GroupsSource"]
