"""Audit events in CloudEvents form, as Confluent Server writes them → who reads and who writes. Pure.

The layout is the documented one (types `io.confluent.kafka.server/authorization` and `…/request`); events of produce
and fetch requests are off by default there. Other audit logs (OCSF, as Redpanda writes it) are not read.
"""

# ruff: noqa: N815  the names are those of the events

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from flowaudit.facts import ClientAction
from flowaudit.sources.client_log import Access, LineUndecodable, topic_name
from flowaudit.sources.client_log.words import short

_METHODS: Final = {
    "kafka.FetchConsumer": ClientAction.READS,
    "kafka.Fetch": ClientAction.READS,
    "kafka.ShareFetch": ClientAction.READS,
    "kafka.Produce": ClientAction.WRITES,
}
_TOPIC_IN_NAME: Final = re.compile(r"/topic=([^/]+)$")


class _Authentication(msgspec.Struct):
    principal: object = None


class _Authorization(msgspec.Struct):
    granted: bool | None = None
    operation: str = ""
    resourceType: str = ""
    resourceName: str = ""


class _Request(msgspec.Struct):
    client_id: str | None = None


class _Result(msgspec.Struct):
    status: str = ""


class _Data(msgspec.Struct):
    methodName: str = ""
    resourceName: str = ""
    authenticationInfo: _Authentication | None = None
    authorizationInfo: _Authorization | None = None
    request: _Request | None = None
    result: _Result | None = None


class _Event(msgspec.Struct):
    specversion: str
    time: str
    subject: str = ""
    data: _Data | None = None


_EVENT: Final = msgspec.json.Decoder(_Event)


@dataclass(frozen=True, slots=True)
class AuditedFlow:
    """A flow that was granted."""

    client_id: str
    principal: str
    topic: str
    action: ClientAction
    at_ms: int

    def access(self, reference: str) -> Access:
        """As a sum counts it."""
        return Access(self.client_id, self.principal, self.topic, self.action, reference)


def decode_audit_event(event: bytes) -> AuditedFlow | None:
    """The flow that an event tells of; None when it tells of something else, or of a refusal.

    Raises:
        LineUndecodable: it is no CloudEvent with a time.
    """
    start = event.find(b"{")
    try:
        decoded = _EVENT.decode(event[max(start, 0) :])
        data = decoded.data
        action = _METHODS.get(data.methodName) if data else None
        if data is None or action is None or not _was_granted(data):
            return None
        topic = _topic(decoded, data)
        at_ms = _at_ms(decoded.time)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, OverflowError, RecursionError):
        msg = "an audit event cannot be read as a CloudEvent with a time"
        raise LineUndecodable(msg) from None
    if not topic:
        return None
    principal = data.authenticationInfo.principal if data.authenticationInfo else ""
    client_id = data.request.client_id if data.request else ""
    return AuditedFlow(
        short(client_id or ""), short(principal) if isinstance(principal, str) else "", topic_name(topic), action, at_ms
    )


def _was_granted(data: _Data) -> bool:
    if data.authorizationInfo is not None:
        return data.authorizationInfo.granted is True
    return data.result is not None and data.result.status == "SUCCESS"


def _topic(event: _Event, data: _Data) -> str:
    told = data.authorizationInfo
    if told is not None and told.resourceName:
        return told.resourceName if told.resourceType == "Topic" else ""
    found = _TOPIC_IN_NAME.search(data.resourceName) or _TOPIC_IN_NAME.search(event.subject)
    return found[1] if found else ""


def _at_ms(time: str) -> int:
    moment = datetime.fromisoformat(time)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
