from __future__ import annotations

from flowaudit.exports.findings.blind_spots import blind_spots
from flowaudit.graph.snapshot import CheckedSource, Coverage, Hidden, TappedTopic


def test_what_could_not_be_seen_in_a_line_a_reason() -> None:
    coverage = Coverage(
        tapped=(TappedTopic("a", 1, 10, 2, 0, 1_000), TappedTopic("b", 1, 10, 0, 5, 0)),
        not_visible=(
            Hidden("cluster", "", "no-acl-right", "who may read"),
            Hidden("topic", "x", "not-tapped", "what is in x"),
            Hidden("topic", "y", "not-tapped", "what is in y"),
            Hidden("group", "g\x1b", "no-describe-right", "who is in g"),
        ),
        sources=(CheckedSource("acls", 0, 5, "Timeout"), CheckedSource("groups", 9, 5, "")),
    )
    assert blind_spots(coverage) == (
        "2 of kind topic: not-tapped",
        "cluster: no-acl-right",
        "group g: no-describe-right",
        "source acls failed: Timeout",
        "topic a: 1,002 offsets were not audited",
    )
    assert blind_spots(Coverage()) == ()
