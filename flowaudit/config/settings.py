"""All sections, composed."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from flowaudit.config.sections import (
    AclsSettings,
    BrokerLogsSettings,
    BrokerMetricsSettings,
    ConnectSettings,
    GraphSettings,
    GroupsSettings,
    KafkaSettings,
    LedgerSettings,
    LinkageSettings,
    MetricsSettings,
    OffsetsLogSettings,
    RecordsSettings,
    SchemaRegistrySettings,
    Section,
    TapSettings,
    TopologySettings,
    TransactionsSettings,
    WebSettings,
)


class Settings(Section):
    """The whole configuration, frozen. Secrets are `SecretStr`: their repr is masked."""

    kafka: KafkaSettings = Field(description="The audited cluster. It is read and never written to.")
    audit_cluster: KafkaSettings | None = Field(
        None,
        description=(
            "A second cluster, of the auditor's own, over which workers share the tap."
            " Leave the section out on a single machine. The same keys as in `kafka`."
        ),
    )
    tap: TapSettings = Field(default_factory=TapSettings, description="Which topics' records are read.")
    linkage: LinkageSettings = Field(default_factory=LinkageSettings, description="How returning identifiers link.")
    groups: GroupsSettings = Field(default_factory=GroupsSettings, description="How the cluster is watched.")
    offsets_log: OffsetsLogSettings = Field(
        default_factory=OffsetsLogSettings, description="The log of commits: what polling misses."
    )
    transactions: TransactionsSettings = Field(
        default_factory=TransactionsSettings, description="The log of transactions: whose output is whose."
    )
    records: RecordsSettings = Field(default_factory=RecordsSettings, description="Batch and record headers.")
    schema_registry: SchemaRegistrySettings = Field(
        default_factory=SchemaRegistrySettings, description="Where schemas are looked up."
    )
    connect: ConnectSettings = Field(default_factory=ConnectSettings, description="Kafka Connect.")
    acls: AclsSettings = Field(default_factory=AclsSettings, description="Who may.")
    broker_logs: BrokerLogsSettings = Field(default_factory=BrokerLogsSettings, description="What brokers wrote down.")
    broker_metrics: BrokerMetricsSettings = Field(
        default_factory=BrokerMetricsSettings, description="What brokers count."
    )
    graph: GraphSettings = Field(default_factory=GraphSettings, description="How facts become the graph.")
    ledger: LedgerSettings = Field(default_factory=LedgerSettings, description="Where evidence is kept.")
    topology: TopologySettings = Field(default_factory=TopologySettings, description="What is declared.")
    web: WebSettings = Field(default_factory=WebSettings, description="The web page and /metrics.")
    metrics: MetricsSettings = Field(default_factory=MetricsSettings, description="The metrics.")

    @model_validator(mode="after")
    def _workers_share_a_key(self) -> Self:
        if self.audit_cluster is not None and self.tap.topics and self.tap.key is None:
            msg = (
                "tap.key: is missing; with an audit_cluster all workers need one key, give it in a file as tap.key_file"
            )
            raise ValueError(msg)
        return self
