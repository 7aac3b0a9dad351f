"""The sections of the configuration: one frozen model a room. Descriptions become the reference file's comments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from flowaudit.config.values import (
    FieldPath,
    HostNames,
    OwnName,
    Paths,
    Pattern,
    Patterns,
    PhoneRegion,
    Servers,
    Url,
    Urls,
    from_json,
)


class Section(BaseModel):
    """What all sections share: frozen, no key that is not described, defaults checked like everything else."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)


class KafkaSettings(Section):
    """How to reach a Kafka cluster."""

    bootstrap_servers: Servers = Field(
        min_length=1,
        description="Brokers to ask first, host:port. The auditor only reads from this cluster.",
        examples=[("localhost:9092",)],
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "PLAIN", description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; used with SASL_PLAINTEXT and SASL_SSL."
    )
    sasl_username: str | None = Field(None, description="The auditor's own principal.")
    sasl_password: SecretStr | None = Field(None, description="Secret. Better: name a file that holds it, below.")
    sasl_password_file: Path | None = Field(None, description="File that holds the password.")
    ssl_ca_file: Path | None = Field(None, description="PEM file of the authorities that sign the brokers.")
    ssl_certificate_file: Path | None = Field(None, description="PEM file of the auditor's client certificate.")
    ssl_key_file: Path | None = Field(None, description="PEM file of the certificate's private key.")
    ssl_key_password: SecretStr | None = Field(None, description="Secret: the private key's passphrase.")
    ssl_key_password_file: Path | None = Field(None, description="File that holds the passphrase.")
    ssl_check_hostname: bool = Field(True, description="Must a broker's certificate name its host?")
    client_id: OwnName = Field(
        "flowaudit",
        description=(
            "What the brokers' logs call the auditor. It begins with flowaudit: by that the auditor leaves itself"
            " out of the graph."
        ),
    )
    request_timeout_ms: int = Field(30_000, ge=1_000, description="Give up on a broker's answer after this long.")

    @model_validator(mode="after")
    def _sasl_has_credentials(self) -> Self:
        if self.security_protocol.startswith("SASL") and not (self.sasl_username and self.sasl_password):
            msg = f"security_protocol {self.security_protocol} needs sasl_username and sasl_password"
            raise ValueError(msg)
        return self


class IdentifierHint(Section):
    """What the owner of an estate knows of a field."""

    topic: Pattern = Field(description="Regular expression, matched against a topic's whole name.")
    path: FieldPath = Field(description="The field as the graph names it: $.tenant.id, $.guests[*].id_no, $key.")
    kind: Literal["person", "place", "event", "none"] = Field(
        description="What its values name; none: they never become tokens."
    )
    region: PhoneRegion | None = Field(
        None, description="Where its telephone numbers are dialled, if they are any: two letters, as in GB."
    )


Hints = Annotated[tuple[IdentifierHint, ...], BeforeValidator(from_json)]


class TapSettings(Section):
    """Which topics' records are read, and how much of them."""

    topics: Patterns = Field(
        (),
        description=(
            "Regular expressions, each matched against the whole name of a topic; only topics that match one are read."
            " Empty: no record is read, the audit is made of metadata alone."
        ),
        examples=[("locks\\..*", "visitors")],
    )
    exclude: Patterns = Field((), description="Topics that are never read, also when `topics` matches them.")
    start: Literal["earliest", "latest"] = Field(
        "latest", description="Where to begin in a partition that the ledger does not know: earliest or latest."
    )
    theta: float = Field(
        0.1,
        gt=0,
        le=1,
        description=(
            "Share of identifiers that linkage follows. The same ones are followed in every topic;"
            " halve it and the tap is cheaper, and links carried by few people are found later. Below about a thousand"
            " records a second take 1: on generated estates of a quarter of an hour F1 is .90 with it, .77 with 0.1."
        ),
    )
    key: SecretStr | None = Field(
        None,
        min_length=16,
        description=(
            "Secret, 16 characters or more: the key under which identifiers become tokens."
            " None: a fresh random key at each start. Workers of one deployment must share it."
        ),
    )
    key_file: Path | None = Field(None, description="File that holds the key.")
    previous_key: SecretStr | None = Field(
        None,
        min_length=16,
        description=(
            "Secret: the key before `key`. Give it for one linkage window or longer after a change of keys, to all"
            " workers, and no link is lost by the change; then take it out."
        ),
    )
    previous_key_file: Path | None = Field(None, description="File that holds the previous key.")
    identifiers: Hints = Field(
        (),
        description=(
            "Fields of which you know what they hold; all others are found without being told. A field that is named"
            " here is followed, whatever its values look like, unless they are too small to hide in (short numbers,"
            " whatever stands around them, dates, amounts, flags): such values never become tokens. In the environment:"
            " as JSON."
        ),
        examples=[({"topic": "crm\\..*", "path": "$.phone", "kind": "person", "region": "GB"},)],
    )
    slots: int = Field(16, ge=1, le=1024, description="Into how many shares workers divide the partitions; then fixed.")


class LinkageSettings(Section):
    """How identifiers that return in another topic become links."""

    window_s: int = Field(300, ge=1, description="How long a token is remembered: the longest lag that can be linked.")
    interval_s: float = Field(
        4,
        gt=0,
        description=(
            "How often links are looked for anew. Looking never takes more than a fifth of the time:"
            " where it is slow, it is done less often."
        ),
    )
    max_sightings: int = Field(
        250_000, ge=1_000, description="Sightings kept in memory; above it the sampled share is halved."
    )
    max_aliases: int = Field(
        1_000_000,
        ge=1_000,
        description=(
            "Digests of plaintexts kept in memory (33 bytes each), by which hashed identifiers are recognised; above it"
            " those of fewer plaintexts. The graph says of how many, as `digests` of its sampling."
        ),
    )
    max_rows_per_topic: int = Field(
        3_000,
        ge=100,
        description=(
            "Records of one topic of which it is looked up what they come from, for each fifth of a window and each"
            " kind of record; above it those drawn by lot. Half a kilobyte each where ten topics are upstream."
        ),
    )
    max_kept_rows_per_topic: int = Field(
        2_000,
        ge=100,
        description=(
            "The same for the whole audit: what the ledger and the memory of the graph keep of them for good grows"
            " with the logarithm of the records only. The graph says which share it rests on, as `records` of its"
            " sampling."
        ),
    )
    max_fields: int = Field(
        256,
        ge=16,
        le=4096,
        description="Fields of one partition that are looked at. The report says where there are more.",
    )


class GroupsSettings(Section):
    """How the cluster's own listings are watched: topics, consumer groups, committed offsets, producers."""

    interval_s: float = Field(3, gt=0, description="How often the cluster is asked.")
    exclude: Patterns = Field((), description="Consumer groups that are left out of the graph, and said to be.")


class OffsetsLogSettings(Section):
    """The cluster's own log of commits and memberships, `__consumer_offsets`."""

    enabled: bool = Field(True, description="Follow it, where the principal may read it; else groups are only polled.")


class TransactionsSettings(Section):
    """The cluster's own log of transactions, `__transaction_state`."""

    enabled: bool = Field(True, description="Follow it, where the principal may read it.")


class RecordsSettings(Section):
    """Batch and record headers of data topics: who signed the batches, and what headers say of a record's way."""

    enabled: bool = Field(True, description="Look at a few records of each topic that `topics` names.")
    topics: Patterns = Field(
        (),
        description=(
            "Regular expressions, each matched against a topic's whole name. Empty: the topics of the tap."
            " Only headers are looked at, and never kept."
        ),
    )
    interval_s: float = Field(10, gt=0, description="How often the newest records are looked at.")
    bytes_per_partition: int = Field(
        65_536, ge=4_096, description="How many bytes of a partition are fetched at most each time."
    )


class SchemaRegistrySettings(Section):
    """Where schemas are looked up."""

    url: Url | None = Field(
        None,
        description=(
            "Schema Registry, for example https://registry.example.org. It is asked for the schemas of Avro and"
            " Protobuf records of tapped topics, and for the subjects that schema ids stand for. None: such records"
            " are counted, and not read."
        ),
    )
    username: str | None = Field(None, description="User of basic authentication.")
    password: SecretStr | None = Field(None, description="Secret. Better: name a file that holds it, below.")
    password_file: Path | None = Field(None, description="File that holds the password.")


class ConnectSettings(Section):
    """Kafka Connect: whose workers are asked over REST."""

    urls: Urls = Field(
        (),
        description=(
            "Workers of Connect clusters, one of each at least; name several of one cluster, and one that fails is"
            " passed over for the next. Only these addresses are asked. Empty: no worker is asked, and coverage names"
            " those that the cluster knows of."
        ),
        examples=[("http://connect.example.org:8083",)],
    )
    username: str | None = Field(None, description="User of basic authentication.")
    password: SecretStr | None = Field(None, description="Secret. Better: name a file that holds it, below.")
    password_file: Path | None = Field(None, description="File that holds the password.")
    ssl_ca_file: Path | None = Field(None, description="PEM file of the authorities that sign the workers.")
    interval_s: float = Field(10, gt=0, description="How often the workers are asked.")


class AclsSettings(Section):
    """Access rules: who may read and write."""

    enabled: bool = Field(True, description="Ask for them, where the principal may (DESCRIBE on the cluster).")
    interval_s: float = Field(60, gt=0, description="How often the cluster is asked.")


class BrokerLogsSettings(Section):
    """Lines that brokers wrote about their clients: the only trace of readers that have no group."""

    request_logs: Paths = Field((), description="Files of kafka.request.logger at DEBUG; followed while they grow.")
    authorizer_logs: Paths = Field((), description="Files of kafka.authorizer.logger; followed while they grow.")
    audit_logs: Paths = Field((), description="Files of CloudEvents lines, as Confluent's audit log has them.")
    audit_topic: str | None = Field(
        None, description="Topic of the audited cluster that holds such events, for example confluent-audit-log-events."
    )
    client_metrics: Paths = Field(
        (),
        description="Files of client metrics (KIP-714) that a broker plugin wrote: docs/client-metrics.md.",
    )


class BrokerMetricsSettings(Section):
    """Broker metrics, by which the egress of a topic is held against its known readers."""

    urls: Urls = Field(
        (), description="Prometheus text pages of every broker (JMX exporter). Empty: egress is not estimated."
    )
    bytes_out: str = Field(
        "kafka_server_brokertopicmetrics_bytesout_total", description="Series of bytes served, with a label topic."
    )
    bytes_in: str = Field(
        "kafka_server_brokertopicmetrics_bytesin_total", description="Series of bytes written, with a label topic."
    )
    interval_s: float = Field(30, gt=0, description="How often the pages are read; an estimate spans ten of them.")


class GraphSettings(Section):
    """How facts become the graph."""

    k_anonymity: int = Field(10, ge=1, description="Counts of people below this are not shown.")


class LedgerSettings(Section):
    """Where evidence is kept."""

    directory: Path = Field(Path("flowaudit-state"), description="The state directory; made when it is missing.")


class WebSettings(Section):
    """The web page, /metrics, /healthz and /readyz."""

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(9732, ge=0, le=65535, description="Port to listen on; 0 takes any free one and says which.")
    allowed_hosts: HostNames = Field(
        (),
        description=(
            "Names by which browsers and Prometheus may call this service, beside localhost and `host`:"
            " a request with another Host header is refused. *.example.org allows every name below; * allows all."
        ),
        examples=[("flowaudit.example.org",)],
    )


class TopologySettings(Section):
    """What the owner of the estate declares."""

    path: Path | None = Field(None, description="Topology file. None: nothing is declared, and no flow is judged.")


class MetricsSettings(Section):
    """/metrics."""

    max_series: int = Field(
        2_000, ge=100, le=100_000, description="Time series exported at most; what is left out is counted."
    )
    kafka_cluster: str | None = Field(
        None, description="Value of the label kafka_cluster. None: the id that the cluster gives itself."
    )
