"""What decoding a record of the offsets log may raise."""

from __future__ import annotations

from flowaudit.errors import FlowAuditError


class RecordUndecodable(FlowAuditError):
    """A record of a layout that this version does not know, or one that does not fit its own layout."""

    def __init__(self, record_type: int, version: int) -> None:
        super().__init__(f"a record of type {record_type}, version {version}, cannot be decoded")
        self.record_type = record_type
        self.version = version
        """-1: of the key, or not known."""
