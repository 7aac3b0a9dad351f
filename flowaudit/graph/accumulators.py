"""Everything that facts add up to, one accumulator a subject, and which of them takes which facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flowaudit.facts import (
    AccessListed,
    BucketsClosed,
    ClientSeen,
    ClusterSeen,
    ConnectorSeen,
    DataDeclared,
    DeadLettered,
    DigestsCompared,
    EgressEstimated,
    FieldProfiled,
    FlowDeclared,
    GroupSeen,
    HostShared,
    NotVisible,
    OffsetCommitted,
    OpenBuckets,
    OriginNamed,
    PairObserved,
    PeopleCounted,
    ProducerNamed,
    ProducerSeen,
    RecordQuarantined,
    RowsObserved,
    RunAudited,
    SchemaUsed,
    SourceChecked,
    StreamsTopologySeen,
    SystemDeclared,
    TopicSeen,
    TracesShared,
    TransactionalCommit,
    TransactionalIdSeen,
    TransactionEnded,
)
from flowaudit.graph.access_facts import AccessFacts
from flowaudit.graph.client_facts import ClientFacts
from flowaudit.graph.connect_facts import ConnectFacts
from flowaudit.graph.declared_facts import DeclaredFacts
from flowaudit.graph.digest_facts import DigestFacts
from flowaudit.graph.group_facts import GroupFacts
from flowaudit.graph.header_facts import HeaderFacts
from flowaudit.graph.health_facts import HealthFacts
from flowaudit.graph.hidden_facts import HiddenFacts
from flowaudit.graph.host_facts import HostFacts
from flowaudit.graph.linkage_facts import LinkageFacts
from flowaudit.graph.open_buckets import OpenBucketsHeld
from flowaudit.graph.people_facts import PeopleFacts
from flowaudit.graph.producer_facts import ProducerFacts
from flowaudit.graph.program_names import ProgramNames
from flowaudit.graph.streams_facts import StreamsFacts
from flowaudit.graph.topic_facts import TopicFacts
from flowaudit.graph.transaction_facts import TransactionFacts
from flowaudit.graph.watching import WatchFacts
from flowaudit.linkage.clocks import TopicClocks

Taker = Callable[[Any], None]


class Accumulators:
    """All accumulators. Each merges its facts in any order and with any repetition to the same."""

    def __init__(self) -> None:
        self.topics = TopicFacts()
        self.groups = GroupFacts()
        self.producers = ProducerFacts()
        self.transactions = TransactionFacts()
        self.streams = StreamsFacts()
        self.programs = ProgramNames()
        self.connect = ConnectFacts()
        self.access = AccessFacts()
        self.clients = ClientFacts()
        self.hosts = HostFacts()
        self.headers = HeaderFacts()
        self.linkage = LinkageFacts()
        self.open_buckets = OpenBucketsHeld()
        self.people = PeopleFacts()
        self.digests = DigestFacts()
        self.clocks = TopicClocks()
        self.declared = DeclaredFacts()
        self.hidden = HiddenFacts()
        self.health = HealthFacts()
        self.watching = WatchFacts()

    def copy(self) -> Accumulators:
        """Accumulators that can go their own way."""
        twin = Accumulators()
        for name, held in vars(self).items():
            setattr(twin, name, held.copy())
        return twin

    def takers(self) -> Mapping[type[Any], tuple[Taker, ...]]:
        """Who takes which kind of fact: every kind has an entry."""
        return {
            ClusterSeen: (),
            TopicSeen: (self.topics.add_topic,),
            RunAudited: (self.topics.add_run, self.clocks.saw, self.watching.add),
            RecordQuarantined: (self.topics.add_quarantined,),
            GroupSeen: (self.groups.add_group, self.streams.add_group, self.programs.add_group, self.watching.add),
            OffsetCommitted: (self.groups.add_commit, self.watching.add),
            ProducerSeen: (self.producers.add,),
            TransactionalIdSeen: (self.transactions.add_id,),
            TransactionEnded: (self.transactions.add_ended,),
            TransactionalCommit: (self.transactions.add_commit,),
            StreamsTopologySeen: (self.streams.add_topology,),
            ConnectorSeen: (self.connect.add, self.programs.add_connector, self.watching.add),
            ProducerNamed: (self.programs.add_producer,),
            HostShared: (self.hosts.add,),
            AccessListed: (self.access.add,),
            ClientSeen: (self.clients.add_client, self.watching.add),
            EgressEstimated: (self.clients.add_egress,),
            PairObserved: (self.linkage.add_pair,),
            RowsObserved: (self.linkage.add_rows,),
            BucketsClosed: (self.open_buckets.add_closed,),
            OpenBuckets: (self.open_buckets.add_open,),
            PeopleCounted: (self.people.add,),
            DigestsCompared: (self.digests.add,),
            FieldProfiled: (self.linkage.add_profile,),
            SystemDeclared: (self.declared.add_system,),
            FlowDeclared: (self.declared.add_flow,),
            DataDeclared: (self.declared.add_data,),
            DeadLettered: (self.headers.add_dead_letter,),
            OriginNamed: (self.headers.add_origin,),
            TracesShared: (self.headers.add_traces,),
            SchemaUsed: (self.headers.add_schema,),
            NotVisible: (self.hidden.add, self.producers.add_hidden),
            SourceChecked: (self.health.add, self.watching.add_check),
        }
