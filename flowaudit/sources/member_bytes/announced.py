"""What the members of one group ask for, hold and say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flowaudit.sources.member_bytes.layouts import MemberUndecodable, assigned_topics, member_url, subscribed_topics


class Announced(NamedTuple):
    """All that could be read, each name once, sorted."""

    subscribed: tuple[str, ...]
    assigned: tuple[str, ...]
    urls: tuple[str, ...]
    has_undecodable: bool
    """Is there anything that could not?"""


def announced(protocol_type: str, protocol: str, members: Iterable[tuple[bytes, bytes]]) -> Announced:
    """Read (metadata, assignment) of all members. What cannot be read hides nothing but itself."""
    subscribed: set[str] = set()
    assigned: set[str] = set()
    urls: set[str] = set()
    has_undecodable = False
    for metadata, assignment in members:
        try:
            subscribed.update(subscribed_topics(protocol_type, metadata))
            urls.add(member_url(protocol_type, protocol, metadata))
        except MemberUndecodable:
            has_undecodable = True
        try:
            assigned.update(assigned_topics(protocol_type, assignment))
        except MemberUndecodable:
            has_undecodable = True
    return Announced(tuple(sorted(subscribed)), tuple(sorted(assigned)), tuple(sorted(urls - {""})), has_undecodable)
