"""Lines of a broker's authorizer log (`kafka.authorizer.logger` at DEBUG) → which principal reads and writes. Pure.

Both generations of Kafka's own authorizers: AclAuthorizer (before 4.0) and StandardAuthorizer (KRaft).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final

from flowaudit.facts import ClientAction
from flowaudit.sources.broker_logs.line_time import line_time_ms
from flowaudit.sources.client_log import Access, LineUndecodable, topic_name
from flowaudit.sources.client_log.words import short

_DECISION: Final = re.compile(
    r"Principal = (?P<principal>.+?) is (?P<result>Allowed|Denied) [Oo]peration = (?P<operation>\w+)"
    r" from host = (?P<host>\S+) on resource = (?P<kind>\w+):(?P<pattern>\w+):(?P<name>.+?)"
    r" for request = (?P<api>\w+) with resourceRefCount = \d+"
    r"(?: based on rule .+?)?(?: \(kafka\.authorizer\.logger\))?\s*$"
)
_FLOWS: Final = {
    ("READ", "Fetch"): ClientAction.READS,
    ("READ", "ShareFetch"): ClientAction.READS,
    ("WRITE", "Produce"): ClientAction.WRITES,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """A flow that the authorizer allowed. It knows no client id; a follower's fetches are no flow."""

    principal: str
    topic: str
    action: ClientAction
    at_ms: int

    def access(self, reference: str) -> Access:
        """As a sum counts it."""
        return Access("", self.principal, self.topic, self.action, reference)


def decode_authorizer_line(line: bytes, zone: tzinfo = UTC) -> Decision | None:
    """The flow that a line tells of; None when it tells of something else, or of a refusal.

    Raises:
        LineUndecodable: it is no line of an authorizer log.
    """
    found = _DECISION.search(line.decode("utf-8", "replace"))
    if found is None:
        msg = "a line is no decision of an authorizer"
        raise LineUndecodable(msg)
    action = _FLOWS.get((found["operation"].upper(), found["api"]))
    if action is None or found["result"] != "Allowed" or found["kind"] != "Topic":
        return None
    return Decision(short(found["principal"]), topic_name(found["name"]), action, line_time_ms(line, zone))
