"""What the real linkage window and the real graph make of a tapped estate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from benchmarks.linkage.tapped import Question
from flowaudit.facts import Fact
from flowaudit.graph.fold import fold
from flowaudit.graph.snapshot import Cluster, GraphSnapshot
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow

_CLUSTER: Final = Cluster("linkage-benchmark", "kafka://generated")


def linkage_facts(question: Question) -> list[Fact]:
    """The window's facts: closed buckets as the watermark passes, and what is open at the end."""
    window = LinkageWindow(LinkageSettings())
    facts: list[Fact] = []
    for step in question.steps:
        for run in step.runs:
            window.add(run)
        window.correct(step.ahead_ms)
        facts += window.close(step.watermark_ms)
    return [*facts, *window.provisional()]


def conclude(question: Question, linkage: Iterable[Fact], *, with_metadata: bool) -> GraphSnapshot:
    """The graph, with what the cluster tells or from the records alone."""
    metadata = question.metadata if with_metadata else ()
    return fold(_CLUSTER, [*question.tapped, *metadata, *linkage], k_anonymity=1)
