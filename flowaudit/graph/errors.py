"""What reading a graph can raise."""

from __future__ import annotations

from flowaudit.errors import UsageError


class GraphUnreadable(UsageError):
    """A file that is no graph document of this version."""


class NodeUnknown(UsageError):
    """A name that no system, node or topic of the graph bears."""
