"""One trial: a fresh broker, the estate with a seed, an audit that is told nothing, and the score."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import get_args

from flowaudit.bootstrap import reference_topology, run_snapshot
from flowaudit.config import Settings
from flowaudit.config.sections import GroupsSettings, KafkaSettings, LinkageSettings, TapSettings
from flowaudit.embedded import EmbeddedKafka
from flowaudit.engine.progress import Silence
from flowaudit.estates import simulate as estate
from flowaudit.estates.score import ScoredEdge, ScoreReport, Tier, score
from flowaudit.graph.snapshot import GraphSnapshot

CHAIN = (
    ("locks.events", "facedb.lookups"),
    ("facedb.lookups", "facedb.identities"),
    ("facedb.identities", "monitor.sightings"),
    ("monitor.sightings", "score.updates"),
    ("score.updates", "travel.bans"),
    ("curfew.orders", "locks.events"),
    ("visitors.approvals", "locks.events"),
)
"""Lock → central monitor → citizen score → travel ban, and the feedback into the lock."""
START_S = 15.0
"""What the estate may take to come up; the audit watches for so much longer."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of one seed."""

    seed: int
    report: ScoreReport
    missing_chain: tuple[tuple[str, str], ...]
    snapshot: GraphSnapshot


def run_trial(seed: int, duration_s: float, theta: float) -> Trial:
    """Run the estate for `duration_s` seconds while a snapshot is taken of it."""
    with EmbeddedKafka() as kafka, ThreadPoolExecutor(1) as threads:
        auditing = threads.submit(
            run_snapshot,
            _settings(kafka.bootstrap_servers, theta),
            duration_s=duration_s + START_S,
            progress=Silence(),
            stop=threading.Event(),
        )
        wanted = estate.plan(
            reference_topology() / "topology.yaml", bootstrap_servers=kafka.bootstrap_servers, seed=seed
        )
        truth = estate.simulate(
            wanted, duration_s=duration_s, truth_path=None, on_event=lambda _: None, stop=threading.Event()
        )
        snapshot = auditing.result()
    report = score(edges_of(snapshot), truth)
    derived = {(edge.source.name, edge.target.name) for edge in snapshot.edges if edge.kind.value == "derives"}
    return Trial(seed, report, tuple(hop for hop in CHAIN if hop not in derived), snapshot)


def edges_of(snapshot: GraphSnapshot) -> list[ScoredEdge]:
    """The snapshot's edges, as the score takes them."""
    tiers: dict[str, Tier] = {tier: tier for tier in get_args(Tier)}
    return [
        ScoredEdge(edge.kind.value, edge.source.document_id, edge.target.document_id, tiers[edge.tier.value])
        for edge in snapshot.edges
    ]


def _settings(bootstrap_servers: str, theta: float) -> Settings:
    return Settings(
        kafka=KafkaSettings(bootstrap_servers=(bootstrap_servers,)),
        tap=TapSettings(topics=(".*",), start="earliest", theta=theta),
        linkage=LinkageSettings(window_s=60, interval_s=10),
        groups=GroupsSettings(interval_s=2),
    )
