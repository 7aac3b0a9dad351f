"""How verdicts and evidence are said to people."""

from __future__ import annotations

from flowaudit.exports.short_memory import short_memory_words
from flowaudit.graph.evidence import Verdict
from flowaudit.graph.identity_view import Sampling
from flowaudit.graph.snapshot import Edge
from flowaudit.graph.verdicts import NO_TOPOLOGY

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


def reason_words(edge: Edge) -> str:
    """Why the verdict is what it is; empty when nothing was declared that an edge could be held against."""
    return "" if edge.verdict_reason == NO_TOPOLOGY.reason else edge.verdict_reason


def channels(edge: Edge) -> str:
    """The channels behind an edge, strongest first, each once."""
    return ", ".join(dict.fromkeys(evidence.channel.value for evidence in edge.evidence))


def sureness(edge: Edge) -> str:
    """`probable (.93) · records alone: suspected · settled by committed-offsets · or else: x, y`."""
    found = edge.inference
    words = [edge.tier.value]
    if found is not None:
        words = [f"{edge.tier.value} ({confidence_words(found.confidence)})"]
        if found.records_alone is not edge.tier:
            words.append(f"records alone: {found.records_alone.value if found.records_alone else 'nothing'}")
        if found.settled_by:
            words.append(f"settled by {', '.join(found.settled_by)}")
        if found.through:
            words.append(f"by way of {', '.join(found.through)}, where nothing can be followed")
    if edge.alternates:
        words.append(f"or else: {', '.join(edge.alternates)}")
    return " · ".join(words)


def confidence_words(confidence: float) -> str:
    """`.93`; rounded down, so that only certainty reads 1."""
    hundredths = int(confidence * 100 + 1e-9)
    return "1" if hundredths >= 100 else f".{hundredths:02d}"


def people_words(people: int) -> str:
    """`about 4,100 identities`: whether they are people's or those of places, the records do not say."""
    return f"about {people:,} identities" if people else "too few identities to tell"


def sampling_words(sampling: Sampling | None) -> str:
    """`Linkage looked at 2.5% to 10% of the identifiers (theta 0.025 to 0.1).`, as a sentence."""
    if sampling is None:
        return "Linkage looked at no identifiers."
    if sampling.lowest >= 1:
        return f"Linkage looked at all identifiers (theta 1).{short_memory_words(sampling)}"
    bounds = dict.fromkeys((sampling.lowest, sampling.highest))
    shares = " to ".join(f"{theta * 100:.3g}%" for theta in bounds)
    thetas = " to ".join(f"{theta:.3g}" for theta in bounds)
    return f"Linkage looked at {shares} of the identifiers (theta {thetas}).{short_memory_words(sampling)}"


def counted(number: int, noun: str) -> str:
    """`1 hop`, `3 hops`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
