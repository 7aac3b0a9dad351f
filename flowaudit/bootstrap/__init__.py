"""The composition root: the one place that names concrete parts and joins them; starts in order, stops in reverse."""

from flowaudit.bootstrap.service import read_state, run_service, run_snapshot

__all__ = ["read_state", "run_service", "run_snapshot"]
