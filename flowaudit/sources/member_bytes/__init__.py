"""The opaque bytes that members of classic groups leave with their coordinator → topics and addresses. Pure.

DescribeGroups and `__consumer_offsets` hold the same bytes.
"""

from __future__ import annotations

from flowaudit.sources.member_bytes.announced import Announced, announced
from flowaudit.sources.member_bytes.layouts import (
    MemberUndecodable,
    assigned_topics,
    member_url,
    subscribed_topics,
)
from flowaudit.sources.member_bytes.urls import announced_url

__all__ = [
    "Announced",
    "MemberUndecodable",
    "announced",
    "announced_url",
    "assigned_topics",
    "member_url",
    "subscribed_topics",
]
