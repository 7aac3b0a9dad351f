"""The policy: which rules apply to an estate, with which parameters, and what is excused until when. Frozen, pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from flowaudit.graph.evidence import Tier

SCHEMA: Final = "flowaudit.policy/v1"
PLACE_KINDS: Final = ("category", "client", "connector", "external", "group", "producer", "system", "topic")

Place = Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(PLACE_KINDS)}):.+")]
"""Nodes of the graph, `kind:pattern`: `system:lock`, `topic:locks.*`, `category:biometric`."""
Fingerprint = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]


class Severity(StrEnum):
    """How bad a finding is, worst first. Each of them makes `check` end with exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One entry of the policy's rules; each rule adds parameters of its own."""

    rule: str
    """The rule's permanent code."""
    id: str = ""
    """The owner's name for this entry."""
    severity: Severity | None = None
    """None: as bad as the rule says."""
    minimum_tier: Tier = Tier.PROBABLE
    """Weaker evidence makes no finding."""


class Suppression(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding that its owner excuses: named by its fingerprint, or by rule and subject."""

    fingerprint: Fingerprint = ""
    rule: str = ""
    """A rule's code, or the id of an entry."""
    subject: tuple[str, ...] = ()
    """The nodes that the finding is about, as it writes them: `[system:lock, system:travel-ban]`."""
    reason: str
    expires: dt.date
    """The last day (UTC) on which it holds."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the owner, or the law, asks of an estate. Rules keep the order of the file."""

    schema: str
    name: str
    title: str
    rules: tuple[Parameters, ...]
    suppressions: tuple[Suppression, ...] = ()
