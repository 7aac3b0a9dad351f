"""What the graph could not see, in few lines: a report without findings is no proof that there is nothing."""

from __future__ import annotations

from collections import Counter

from flowaudit.exports.text import label
from flowaudit.graph.snapshot import Coverage


def blind_spots(coverage: Coverage) -> tuple[str, ...]:
    """A sentence for each reason why something could not be seen, those that hide most first."""
    hidden = Counter((one.subject, one.reason) for one in coverage.not_visible)
    named = {(one.subject, one.reason): one for one in coverage.not_visible}
    lines = [_hidden(*key, count, named[key].name) for key, count in hidden.most_common()]
    lines += [f"source {source.name} failed: {source.failure}" for source in coverage.sources if source.failure]
    lines += [
        f"topic {topic.topic}: {unread:,} offsets were not audited"
        for topic in coverage.tapped
        if (unread := topic.quarantined + topic.truncated)
    ]
    return tuple(label(line) for line in lines)


def _hidden(subject: str, reason: str, count: int, name: str) -> str:
    if count == 1:
        return f"{subject} {name}: {reason}" if name else f"{subject}: {reason}"
    return f"{count:,} of kind {subject}: {reason}"
