"""What a rule found, and the name under which it stays known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from flowaudit.graph.evidence import Tier, weakest
from flowaudit.graph.flow_path import FlowPath, Hop
from flowaudit.graph.identity import NodeId
from flowaudit.policy.model import Parameters, Severity

_NOT_IDENTITY = frozenset({"rule", "id", "severity", "minimum_tier"})


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule tells of one thing that it found."""

    subject: tuple[NodeId, ...]
    """What the finding is about, apart from how it came to light: it does not change as evidence is added."""
    message: str
    """One sentence."""
    ways: tuple[FlowPath, ...] = ()
    """How the data goes, hop by hop; the first is the witness, others show what only several ways together show."""
    cut: tuple[Hop, ...] = ()
    """A smallest set of hops without which this would not be; empty when no hop would end it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a policy does not admit."""

    rule: str
    """The rule's permanent code."""
    title: str
    """The rule's title."""
    entry: str
    """The id of the policy's entry; empty when it has none."""
    severity: Severity
    fingerprint: str
    """16 hexadecimal digits; see `fingerprint`."""
    case: Case

    @property
    def message(self) -> str:
        """What was found, in one sentence."""
        return self.case.message

    @property
    def subject(self) -> tuple[str, ...]:
        """The nodes that it is about, as suppressions write them."""
        return tuple(node.document_id for node in self.case.subject)

    @property
    def witness(self) -> FlowPath | None:
        """A shortest way of the data, or None where the finding is not about a way."""
        return self.case.ways[0] if self.case.ways else None

    @property
    def tier(self) -> Tier | None:
        """The weakest evidence that it rests on; None where it rests on no way."""
        return weakest(way.tier for way in self.case.ways) if self.case.ways else None

    @property
    def first_seen_ms(self) -> int | None:
        """Since when all hops of its ways are known, Unix milliseconds; None where it rests on no way."""
        return max((hop.first_seen_ms for way in self.case.ways for hop in way.hops), default=None)


def fingerprint(parameters: Parameters, subject: Iterable[NodeId], namespace: str) -> str:
    """The name of a finding: the same as long as the rule, what it asks for, and the nodes are the same.

    Evidence, times, tiers and severity do not enter. Neither does the address of the cluster (`namespace`), so that
    the same estate is known again behind another address; nodes of other clusters keep theirs.
    """
    asked = {key: value for key, value in msgspec.to_builtins(parameters).items() if key not in _NOT_IDENTITY}
    nodes = [[node.kind.value, "" if node.namespace == namespace else node.namespace, node.name] for node in subject]
    text = json.dumps([parameters.rule, asked, nodes], sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:16]
