"""Everything that is read of a broker's logs, behind one door: bytes of one line → flows. Pure, no I/O, no clock."""

from __future__ import annotations

from flowaudit.sources.broker_logs.audit_events import AuditedFlow, decode_audit_event
from flowaudit.sources.broker_logs.authorizer_log import Decision, decode_authorizer_line
from flowaudit.sources.broker_logs.request_log import RequestLog
from flowaudit.sources.client_log import LineUndecodable

__all__ = [
    "AuditedFlow",
    "Decision",
    "LineUndecodable",
    "RequestLog",
    "decode_audit_event",
    "decode_authorizer_line",
]
