"""The one codec of facts: fact ↔ bytes. MessagePack, a tagged union over all fact types."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from flowaudit.errors import FlowAuditError
from flowaudit.facts.access import AccessListed
from flowaudit.facts.clients import ClientSeen, EgressEstimated, HostShared, ProducerNamed
from flowaudit.facts.cluster import ClusterSeen, GroupSeen, NotVisible, OffsetCommitted, ProducerSeen, TopicSeen
from flowaudit.facts.connect import ConnectorSeen
from flowaudit.facts.declared import DataDeclared, FlowDeclared, SystemDeclared
from flowaudit.facts.digests import DigestsCompared
from flowaudit.facts.headers import DeadLettered, OriginNamed, SchemaUsed, TracesShared
from flowaudit.facts.health import SourceChecked
from flowaudit.facts.linkage import BucketsClosed, OpenBuckets, PairObserved, RowsObserved
from flowaudit.facts.people import PeopleCounted
from flowaudit.facts.streams import StreamsTopologySeen
from flowaudit.facts.tapped import FieldProfiled, RecordQuarantined, RunAudited
from flowaudit.facts.transactions import TransactionalCommit, TransactionalIdSeen, TransactionEnded

Fact = (
    ClusterSeen
    | TopicSeen
    | GroupSeen
    | OffsetCommitted
    | ProducerSeen
    | NotVisible
    | RunAudited
    | RecordQuarantined
    | FieldProfiled
    | SystemDeclared
    | FlowDeclared
    | DataDeclared
    | PairObserved
    | RowsObserved
    | BucketsClosed
    | OpenBuckets
    | PeopleCounted
    | DigestsCompared
    | TransactionalCommit
    | TransactionEnded
    | TransactionalIdSeen
    | StreamsTopologySeen
    | ConnectorSeen
    | AccessListed
    | DeadLettered
    | OriginNamed
    | TracesShared
    | SchemaUsed
    | ClientSeen
    | ProducerNamed
    | HostShared
    | EgressEstimated
    | SourceChecked
)
"""Every kind of fact. A new kind is added here and nowhere else."""


class FactUndecodable(FlowAuditError):
    """Bytes that are no fact of this version."""


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER: msgspec.msgpack.Decoder[Fact] = msgspec.msgpack.Decoder(Fact)


def encode_fact(fact: Fact) -> bytes:
    """Encode one fact. Equal facts give equal bytes."""
    return _ENCODER.encode(fact)


def decode_fact(data: bytes) -> Fact:
    """Decode one fact.

    Raises:
        FactUndecodable: the bytes are not a fact that this version knows.
    """
    try:
        return _DECODER.decode(data)
    except msgspec.MsgspecError as error:
        msg = f"{len(data)} bytes are not a fact of this version of flowaudit; was the ledger written by a newer one?"
        raise FactUndecodable(msg) from error


def tag_of(kind: type[msgspec.Struct]) -> str:
    """The stable word for a kind of fact."""
    return str(kind.__struct_config__.tag)


def fact_id(encoded: bytes) -> bytes:
    """A fact's identity: 16 bytes of BLAKE2b over its encoding. A fact told twice is one fact."""
    return blake2b(encoded, digest_size=16).digest()
