"""How a page says that linkage looked at fewer records and digests than there were, for want of memory."""

from __future__ import annotations

from collections.abc import Iterator

from flowaudit.graph.identity_view import Sampling


def short_memory_words(sampling: Sampling) -> str:
    """Sentences to go on with, each after a space; empty when memory sufficed."""
    return "".join(f" {sentence}" for sentence in _sentences(sampling))


def _sentences(sampling: Sampling) -> Iterator[str]:
    if sampling.records < 1:
        yield f"Of the records of the busiest topic it asked {_percent(sampling.records)} what they come from."
    if sampling.digests < 1:
        yield f"It had room for the digests of {_percent(sampling.digests)} of these identifiers (linkage.max_aliases)."


def _percent(share: float) -> str:
    return f"{share * 100:.3g}%"
