"""Metadata alone: what a group reads flows into what its program writes. No record is looked at."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.linkage.baselines.leaves import Pair
from flowaudit.facts import Fact
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.snapshot import Cluster
from flowaudit.linkage.derived import Inferred
from flowaudit.linkage.readers import Programs


def metadata_flows(facts: Iterable[Fact]) -> set[Pair]:
    """What follows from what the cluster tells, as flowaudit's graph understands it."""
    known = Programs()

    def note(_: Iterable[Fact], programs: Programs) -> Inferred:
        nonlocal known
        known = programs
        return Inferred()

    fold = GraphFold(Cluster("baseline", "kafka://generated"), inference=note)
    fold.add_all(facts)
    fold.snapshot()
    return programs_flows(known)


def programs_flows(programs: Programs) -> set[Pair]:
    """From each topic that a group reads to each topic that the same program writes.

    Which writer a group is, is known where a transaction or a name ties them; nobody else is guessed at.
    """
    read_by = dict(programs.read_by)
    return {
        (source, target)
        for writer in programs.writers
        for group in writer.groups or writer.likely_groups
        for source in read_by.get(group, ())
        for target in writer.topics
        if source != target
    }
