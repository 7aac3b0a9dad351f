"""aiokafka consumers that can read and nothing else. The one door to aiokafka's internals.

Two things of aiokafka are replaced when the first consumer is made, nothing at import:

* **Its metadata requests forbid the creation of topics.** aiokafka 0.14.0 always allows it, there is no option: a
  tapped topic that its owner deletes would be re-created, empty, by the auditor's next refresh.
* **Its unpacking of fetched partitions**, for our consumers alone: a whole producer batch is one item, made of the
  C parser's own records, where aiokafka builds a Python object a record. Checksums, control batches and
  aborted transactions are treated as aiokafka treats them.

`batches_are_whole()` says whether the second one fits this version; without it everything works at about half speed.
"""

from __future__ import annotations

import functools
import inspect
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import aiokafka
import aiokafka.client
from aiokafka.consumer import fetcher
from aiokafka.errors import KafkaError
from aiokafka.helpers import create_ssl_context

from flowaudit.errors import FlowAuditError
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.tap.discovery import Record

_HOOKED_VERSION: Final = "0.14.0"
_HOOKED_PARAMETERS: Final = (
    "self", "tp", "records", "aborted_transactions", "fetch_offset",
    "key_deserializer", "value_deserializer", "check_crcs", "isolation_level",
)  # fmt: skip
_STOCK: Any = fetcher.PartitionRecords
_StockRequest: Any = aiokafka.client.MetadataRequest


class ClientChanged(FlowAuditError):
    """The installed client library is not the one whose behaviour is known."""


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Readable records of one producer batch."""

    records: list[Record] = field(repr=False)
    is_append_time: bool = False
    """Are the timestamps the broker's? Bit 3 of the batch's attributes."""
    is_transactional: bool = False
    """Was it written in a transaction, which was committed? Bit 4."""


@dataclass(frozen=True, slots=True)
class DamagedBatch:
    """Offsets `[low, high)` whose batch failed its checksum or could not be unpacked."""

    low: int
    high: int


class DamagedTail(KafkaError):  # type: ignore[misc]  # the library ships no types
    """The last fetched batch of a partition is damaged; where it ends is known once another one follows."""

    def __init__(self, topic: str, partition: int) -> None:
        super().__init__(f"the last batch of {topic}/{partition} is damaged")
        self.topic = topic
        self.partition = partition


def whole_batches(key: bytes | None) -> bytes | None:
    """The key deserializer that marks a consumer as ours: it changes nothing."""
    return key


class BatchRecords(_STOCK):  # type: ignore[misc]  # the library ships no types
    """aiokafka's iterator over one fetched partition, by whole batches for consumers that are marked."""

    next_fetch_offset: int

    def _unpack_records(self) -> Iterator[Any]:
        if self._key_deserializer is not whole_batches:
            yield from super()._unpack_records()
            return
        batch = self._next_batch()
        while batch is not None:
            following = None
            if self._check_crcs and not batch.validate_crc():
                following = self._next_batch()
                if following is None:
                    raise DamagedTail(self._tp.topic, self._tp.partition)
                # The header is covered by the checksum that failed; the next batch's own begin is not in doubt.
                low, self.next_fetch_offset = self.next_fetch_offset, following.base_offset
                yield DamagedBatch(low, following.base_offset)
            elif self._is_hidden(batch):
                self.next_fetch_offset = batch.next_offset
            else:
                low, self.next_fetch_offset = self.next_fetch_offset, batch.next_offset
                yield _unpacked(batch, low)
            batch = following or self._next_batch()

    def _next_batch(self) -> Any:  # noqa: ANN401 (a C object of the library)
        return self._records.next_batch() if self._records.has_next() else None

    def _is_hidden(self, batch: Any) -> bool:  # noqa: ANN401
        """Control batches, and aborted ones when reading committed records; the same steps as the stock iterator."""
        if self._isolation_level == fetcher.READ_COMMITTED and batch.producer_id is not None:
            self._consume_aborted_up_to(batch.base_offset)
            if batch.is_control_batch and self._contains_abort_marker(batch):
                self._aborted_producers.discard(batch.producer_id)
            if batch.is_transactional and batch.producer_id in self._aborted_producers:
                return True
        return bool(batch.is_control_batch)


def _unpacked(batch: Any, low: int) -> RecordBatch | DamagedBatch:  # noqa: ANN401
    try:
        records = list(batch)
    except Exception:  # noqa: BLE001 (codecs raise what they like; the checksum held, so the header is true)
        return DamagedBatch(max(low, batch.base_offset), batch.next_offset)
    if records and records[0].offset < low:
        records = [record for record in records if record.offset >= low]
    # Formats before the third say the type in every record, and know no transactions.
    return RecordBatch(records, bool(records and records[-1].timestamp_type), bool(batch.is_transactional))


def batches_are_whole() -> bool:
    """Whether this aiokafka has exactly what `BatchRecords` takes the place of."""
    needed = ("_unpack_records", "_consume_aborted_up_to", "_contains_abort_marker")
    return (
        aiokafka.__version__ == _HOOKED_VERSION
        and tuple(inspect.signature(_STOCK.__init__).parameters) == _HOOKED_PARAMETERS
        and all(hasattr(_STOCK, name) for name in needed)
        and "PartitionRecords" in fetcher.Fetcher._proc_fetch_request.__code__.co_names  # noqa: SLF001
    )


def forbid_topic_creation() -> None:
    """From now on no client of aiokafka in this process lets a broker create a topic by asking for it.

    Faust's clients are included, which is as it should be: the audit cluster's topics are made by the admin client.

    Raises:
        ClientChanged: this aiokafka asks for metadata in another way, so that the promise could not be kept.
    """
    client = aiokafka.client.AIOKafkaClient
    if not all("MetadataRequest" in method.__code__.co_names for method in (client.bootstrap, client._metadata_update)):  # noqa: SLF001
        msg = (
            f"aiokafka {aiokafka.__version__} asks for metadata in an unknown way and might create "
            f"topics on the audited cluster; install the version that flowaudit pins, {_HOOKED_VERSION}"
        )
        raise ClientChanged(msg)
    aiokafka.client.MetadataRequest = functools.partial(_StockRequest, allow_auto_topic_creation=False)


def tap_consumer(connection: KafkaConnection) -> Any:  # noqa: ANN401
    """An unstarted `AIOKafkaConsumer` for `assign()`: no group, no commits, no resets, committed records only."""
    forbid_topic_creation()
    if batches_are_whole():
        fetcher.PartitionRecords = BatchRecords
    return aiokafka.AIOKafkaConsumer(
        **client_options(connection),
        client_id=f"{connection.client_id}-tap",
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        check_crcs=True,
        fetch_max_wait_ms=500,
        key_deserializer=whole_batches,
    )


def client_options(connection: KafkaConnection) -> dict[str, object]:
    """Address and credentials in aiokafka's words."""
    options: dict[str, object] = {
        "bootstrap_servers": connection.bootstrap_servers,
        "security_protocol": connection.security_protocol,
        "request_timeout_ms": connection.request_timeout_ms,
    }
    if connection.sasl_mechanism:
        options |= {
            "sasl_mechanism": connection.sasl_mechanism,
            "sasl_plain_username": connection.sasl_username,
            "sasl_plain_password": connection.sasl_password,
        }
    context = ssl_context_of(connection)
    return options if context is None else options | {"ssl_context": context}


def ssl_context_of(connection: KafkaConnection) -> ssl.SSLContext | None:
    """The TLS settings of a connection; None when it speaks plain text."""
    if not connection.security_protocol.endswith("SSL"):
        return None
    context: ssl.SSLContext = create_ssl_context(
        cafile=connection.ssl_cafile or None,
        certfile=connection.ssl_certfile or None,
        keyfile=connection.ssl_keyfile or None,
        password=connection.ssl_key_password or None,
    )
    context.check_hostname = connection.ssl_check_hostname
    return context
