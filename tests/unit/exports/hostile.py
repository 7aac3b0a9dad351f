"""Names that strangers choose, and a graph that is full of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from flowaudit.facts import Fact
from flowaudit.graph.snapshot import GraphSnapshot
from tests.unit.graph.made_facts import derived, flow, group, snapshot_of, system, topic

HOSTILE: Final = (
    'a"quote',
    "back\\slash\\",
    "line\nbreak\r\ntab\t",
    "</script><script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "nul\0bell\x07esc\x1b[31m",
    "\ufffe\uffff",
    "right\u202eleft\u200b",
    "a:b:c",
    "<b>&amp;]]>",
    '"]; end; click n0 "javascript:alert(1)"',
    "}; evil [label=x",
    "größe 漢字 🔒",
    "subgraph",
    " ",
    "\t=1+1",
    "`%%{init: {}}%%`",
)


def hostile_snapshot() -> GraphSnapshot:
    """Each name as a topic, a group and a system; each topic flows to the next."""
    facts: list[Fact] = []
    for number, name in enumerate(HOSTILE):
        facts += [topic(name), group(name, name), system(f"s{number} {name}", groups="x", title=name)]
    facts.append(flow(HOSTILE[0], HOSTILE[1]))
    flows = [derived(one, other) for one, other in pairwise(HOSTILE)]
    return snapshot_of(facts, *flows)
