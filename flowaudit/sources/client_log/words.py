"""Words that all lines about clients have in common. Pure."""

from __future__ import annotations

import re
from typing import Final

from flowaudit.errors import FlowAuditError

ANONYMOUS: Final = "User:ANONYMOUS"
"""The principal of everybody on a listener that authenticates nobody."""
_AUDITOR_PREFIX: Final = "flowaudit"
_LEGAL_TOPIC: Final = re.compile(r"[a-zA-Z0-9._-]{1,249}")
_LONGEST_NAME: Final = 1_000


class LineUndecodable(FlowAuditError):
    """A line that is not of the kind that its file is said to hold. Its text is not part of the message."""


def is_auditor(client_id: str) -> bool:
    """Does the client call itself one of the auditor's own? Anyone may: reports name those that are left out."""
    return client_id.startswith(_AUDITOR_PREFIX)


def topic_name(text: str) -> str:
    """The text, if Kafka allows it as a topic's name.

    Raises:
        LineUndecodable: it does not.
    """
    if not _LEGAL_TOPIC.fullmatch(text):
        msg = "a line names a topic as Kafka allows none"
        raise LineUndecodable(msg)
    return text


def short(text: str) -> str:
    """A name that its owner chose, within bounds: Kafka allows 32 KiB of client id."""
    return text[:_LONGEST_NAME]
