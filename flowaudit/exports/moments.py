"""Times as people read them: UTC, whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(unix_ms: int, never: str = "never") -> str:
    """`2026-11-22 10:00:05Z`; `never` for 0 and less."""
    if unix_ms <= 0:
        return never
    try:
        return datetime.fromtimestamp(unix_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"{unix_ms} ms"
