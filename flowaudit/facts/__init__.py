"""Facts: the small immutable records that every source emits and everything else is a function of.

Pure. A fact says what was seen, and its `provenance` says where to look again. Facts merge: telling one twice, or
telling several in another order or batching, changes nothing downstream.
"""

from flowaudit.facts.access import AccessListed, AccessRule
from flowaudit.facts.clients import ClientAction, ClientSeen, EgressEstimated, HostShared, ProducerNamed
from flowaudit.facts.cluster import (
    ClusterSeen,
    GroupSeen,
    NotVisible,
    OffsetCommitted,
    Outcome,
    ProducerSeen,
    TopicSeen,
)
from flowaudit.facts.codec import Fact, FactUndecodable, decode_fact, encode_fact, fact_id, tag_of
from flowaudit.facts.connect import ConnectorSeen, Direction, External
from flowaudit.facts.declared import DataDeclared, FlowDeclared, SystemDeclared
from flowaudit.facts.digests import DigestsCompared
from flowaudit.facts.headers import Carrier, DeadLettered, OriginNamed, SchemaUsed, TracesShared
from flowaudit.facts.health import SourceChecked
from flowaudit.facts.linkage import (
    PARENT,
    ROW,
    BucketsClosed,
    FieldPair,
    IdentifierKind,
    OpenBuckets,
    PairObserved,
    RowsObserved,
)
from flowaudit.facts.people import FieldName, PeopleCounted, PeopleSet
from flowaudit.facts.provenance import Channel, Provenance
from flowaudit.facts.sightings import ALIAS, ALIAS_PERIOD_MS, SIGHTING, Preimage, SightingRun
from flowaudit.facts.streams import StreamsTopologySeen, Subtopology
from flowaudit.facts.tapped import (
    FieldClass,
    FieldProfiled,
    OffsetClass,
    RecordQuarantined,
    RunAudited,
    Segment,
)
from flowaudit.facts.transactions import TransactionalCommit, TransactionalIdSeen, TransactionEnded

__all__ = [
    "ALIAS",
    "ALIAS_PERIOD_MS",
    "PARENT",
    "ROW",
    "SIGHTING",
    "AccessListed",
    "AccessRule",
    "BucketsClosed",
    "Carrier",
    "Channel",
    "ClientAction",
    "ClientSeen",
    "ClusterSeen",
    "ConnectorSeen",
    "DataDeclared",
    "DeadLettered",
    "DigestsCompared",
    "Direction",
    "EgressEstimated",
    "External",
    "Fact",
    "FactUndecodable",
    "FieldClass",
    "FieldName",
    "FieldPair",
    "FieldProfiled",
    "FlowDeclared",
    "GroupSeen",
    "HostShared",
    "IdentifierKind",
    "NotVisible",
    "OffsetClass",
    "OffsetCommitted",
    "OpenBuckets",
    "OriginNamed",
    "Outcome",
    "PairObserved",
    "PeopleCounted",
    "PeopleSet",
    "Preimage",
    "ProducerNamed",
    "ProducerSeen",
    "Provenance",
    "RecordQuarantined",
    "RowsObserved",
    "RunAudited",
    "SchemaUsed",
    "Segment",
    "SightingRun",
    "SourceChecked",
    "StreamsTopologySeen",
    "Subtopology",
    "SystemDeclared",
    "TopicSeen",
    "TracesShared",
    "TransactionEnded",
    "TransactionalCommit",
    "TransactionalIdSeen",
    "decode_fact",
    "encode_fact",
    "fact_id",
    "tag_of",
]
