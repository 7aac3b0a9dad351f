"""How verdicts and evidence are said to people."""

from __future__ import annotations

from flowaudit.graph.evidence import Verdict
from flowaudit.graph.snapshot import Edge

_WORDS = {
    Verdict.VERIFIED: "DECLARED",
    Verdict.UNDECLARED: "NEVER DECLARED",
    Verdict.PHANTOM: "DECLARED, NOT SEEN",
    Verdict.PERMITTED: "PERMITTED",
    Verdict.UNJUDGED: "",
}
_STYLES = {
    Verdict.VERIFIED: "green",
    Verdict.UNDECLARED: "red bold",
    Verdict.PHANTOM: "yellow",
    Verdict.PERMITTED: "yellow",
    Verdict.UNJUDGED: "",
}


def verdict_words(verdict: Verdict) -> str:
    """`NEVER DECLARED`; empty when nothing was declared that an edge could be held against."""
    return _WORDS[verdict]


def verdict_style(verdict: Verdict) -> str:
    """The colour of a verdict (rich style); the words say the same without it."""
    return _STYLES[verdict]


def channels(edge: Edge) -> str:
    """The channels behind an edge, strongest first, each once."""
    return ", ".join(dict.fromkeys(evidence.channel.value for evidence in edge.evidence))


def counted(number: int, noun: str) -> str:
    """`1 hop`, `3 hops`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
