"""Metadata alone: what a group reads flows into what its program writes. No record is looked at."""

from __future__ import annotations

from flowaudit.linkage.readers import Programs


def programs_flows(programs: Programs) -> set[tuple[str, str]]:
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
