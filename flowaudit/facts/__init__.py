"""Facts: the small immutable records that every source emits and everything else is a function of.

Pure. A fact says what was seen, and its `provenance` says where to look again. Facts merge: telling one twice, or
telling several in another order or batching, changes nothing downstream.
"""

from flowaudit.facts.cluster import ClusterSeen, GroupSeen, NotVisible, OffsetCommitted, ProducerSeen, TopicSeen
from flowaudit.facts.codec import Fact, FactUndecodable, decode_fact, encode_fact, fact_id
from flowaudit.facts.declared import FlowDeclared, SystemDeclared
from flowaudit.facts.linkage import PARENT, ROW, FieldPair, IdentifierKind, PairObserved, RowsObserved
from flowaudit.facts.provenance import Channel, Provenance
from flowaudit.facts.sightings import SIGHTING, SightingRun
from flowaudit.facts.tapped import (
    FieldClass,
    FieldProfiled,
    OffsetClass,
    RecordQuarantined,
    RunAudited,
    Segment,
)

__all__ = [
    "PARENT",
    "ROW",
    "SIGHTING",
    "Channel",
    "ClusterSeen",
    "Fact",
    "FactUndecodable",
    "FieldClass",
    "FieldPair",
    "FieldProfiled",
    "FlowDeclared",
    "GroupSeen",
    "IdentifierKind",
    "NotVisible",
    "OffsetClass",
    "OffsetCommitted",
    "PairObserved",
    "ProducerSeen",
    "Provenance",
    "RecordQuarantined",
    "RowsObserved",
    "RunAudited",
    "Segment",
    "SightingRun",
    "SystemDeclared",
    "TopicSeen",
    "decode_fact",
    "encode_fact",
    "fact_id",
]
