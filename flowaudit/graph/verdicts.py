"""Declared against observed: the verdict on an edge, and why it is that and no other."""

from __future__ import annotations

from typing import Final, NamedTuple

from flowaudit.graph.could_show import Watch
from flowaudit.graph.evidence import EdgeKind, Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.nearest_flow import nearest_flow
from flowaudit.graph.placing import declared_producer
from flowaudit.graph.snapshot import Node
from flowaudit.graph.systems import DeclaredFlow, Systems
from flowaudit.graph.times import iso_time


class Judgement(NamedTuple):
    """A verdict with its reason: a sentence without capital and full stop."""

    verdict: Verdict
    reason: str


_PERMITTED: Final = Judgement(Verdict.PERMITTED, "an access rule allows it, and nobody was seen doing it")
NO_TOPOLOGY: Final = Judgement(Verdict.UNJUDGED, "no topology was given")
_NAMELESS: Final = Judgement(
    Verdict.UNJUDGED,
    "nothing but a producer id names the writer; its system is read off the topics that it writes and proves nothing",
)
_NO_WATCH: Final = Judgement(Verdict.UNJUDGED, "declared and not seen, but no channel that could show it was watching")


class Judge:
    """Holds edges against one topology; what it said of two systems it remembers."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems
        self._said: dict[tuple[str, str, str], Judgement] = {}

    def judge(self, source: Node, target: Node, kind: EdgeKind) -> Judgement:
        """What the topology says of data that goes from one node to another."""
        if kind is EdgeKind.PERMITTED:
            return _PERMITTED
        if not self._systems.judges:
            return NO_TOPOLOGY
        # A producer's system is read off the topic that it writes, so it cannot confirm that it may write there.
        if source.id.kind is NodeKind.PRODUCER and not declared_producer(source.attributes, self._systems):
            return _NAMELESS
        for node in (source, target):
            if not node.system:
                reason = f"the system of {node.id.document_id} is not known: no rule of the topology matches it"
                return Judgement(Verdict.UNJUDGED, reason)
        return self.judge_systems(source.system, target.system, topic_of(source.id, target.id))

    def judge_systems(self, upstream: str, downstream: str, topic: str) -> Judgement:
        """What the topology says of data that goes from one system to another by a topic ("": by none)."""
        flow = self._systems.flows.get((upstream, downstream))
        key = (upstream, downstream, topic if flow is not None and flow.topics else "")
        if key not in self._said:
            self._said[key] = self._judge(upstream, downstream, topic, flow)
        return self._said[key]

    def judge_unseen(self, flow: DeclaredFlow, watch: Watch) -> Judgement:
        """What to say of a declared flow that nobody has seen: a phantom only where somebody watched."""
        watching = watch.could_show(flow.upstream, flow.downstream, self._systems)
        if not watching:
            return _NO_WATCH
        told = ", ".join(f"{channel.value} (watching since {iso_time(since)})" for channel, since in watching)
        return Judgement(Verdict.PHANTOM, f"declared and not seen, though it would have shown in {told}")

    def _judge(self, upstream: str, downstream: str, topic: str, flow: DeclaredFlow | None) -> Judgement:
        if upstream == downstream:
            return Judgement(Verdict.VERIFIED, f"inside the system {upstream!r}, which needs no declaration")
        if flow is None:
            near = nearest_flow(upstream, downstream, self._systems.flows)
            return Judgement(Verdict.UNDECLARED, f"no flow {upstream!r} → {downstream!r} is declared; {near}")
        if flow.admits(topic):
            return Judgement(Verdict.VERIFIED, _declared(flow))
        way = f"the topic {topic!r}" if topic else "a way without a topic"
        only = f"the flow {upstream!r} → {downstream!r} is declared for {', '.join(flow.topics)} only, not for {way}"
        return Judgement(Verdict.UNDECLARED, only)


def topic_of(source: NodeId, target: NodeId) -> str:
    """The topic by which data goes along an edge: the one it is read from, else the one it is written to; else ""."""
    return next((end.name for end in (source, target) if end.kind is NodeKind.TOPIC), "")


def _declared(flow: DeclaredFlow) -> str:
    purpose = f": {flow.purpose}" if flow.purpose else ""
    return f"declared by {flow.reference} as {flow.upstream!r} → {flow.downstream!r}{purpose}"
