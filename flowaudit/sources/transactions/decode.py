"""Records of `__transaction_state`, and ListTransactions answers → what they say. Pure.

Layouts: Kafka's TransactionLogKey v0 and TransactionLogValue v0-1 (KIP-890 made version 1 flexible).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from flowaudit.errors import FlowAuditError
from flowaudit.facts import Channel, Outcome, Provenance, TransactionalIdSeen
from flowaudit.sources.kafka_admin.error_codes import NOT_AUTHORIZED
from flowaudit.sources.kafka_admin.listed_topics import decode_topics
from flowaudit.sources.wire import INT8, INT16, INT32, INT64, ClassicReader, Reader, WireUndecodable, reader_of

STATE_TOPIC: Final = "__transaction_state"
OFFSETS_TOPIC: Final = "__consumer_offsets"
_TRANSACTION_RECORD: Final = 0
_FIRST_FLEXIBLE_VERSION: Final = 1
_NEWEST_VERSION: Final = 1
_TAG_PREVIOUS_ID: Final = 0
_TAG_NEXT_ID: Final = 1
_NO_ID: Final = -1


class TransactionUndecodable(FlowAuditError):
    """Bytes that are no record of the transaction log, or of a version that this program does not know."""


class Status(IntEnum):
    """Kafka's states of a transaction, by their numbers in the log."""

    EMPTY = 0
    ONGOING = 1
    PREPARE_COMMIT = 2
    PREPARE_ABORT = 3
    COMPLETE_COMMIT = 4
    COMPLETE_ABORT = 5
    DEAD = 6
    PREPARE_EPOCH_FENCE = 7


_OUTCOMES: Final[Mapping[int, Outcome]] = {
    Status.PREPARE_COMMIT: Outcome.COMMITTED,
    Status.PREPARE_ABORT: Outcome.ABORTED,
}
"""The decision is written with the full list of partitions; what comes after it (`COMPLETE_…`) lists none."""


@dataclass(frozen=True, slots=True)
class TransactionState:
    """One value of the transaction log."""

    producer_id: int
    previous_producer_id: int
    """-1: none. A producer id whose epochs are used up is replaced, and the log names both for a while."""
    next_producer_id: int
    status: int
    """A `Status`, or a number that a later version of Kafka added."""
    topics: tuple[str, ...]
    updated_ms: int
    """The coordinator's time."""

    @property
    def producer_ids(self) -> tuple[int, ...]:
        """All producer ids that the record ties to its transactional id."""
        named = {self.producer_id, self.previous_producer_id, self.next_producer_id}
        return tuple(sorted(named - {_NO_ID}))

    @property
    def outcome(self) -> Outcome | None:
        """How the transaction ended; None when this record does not decide it."""
        return _OUTCOMES.get(self.status)

    @property
    def data_topics(self) -> tuple[str, ...]:
        """The topics without the one in which offsets are committed."""
        return tuple(sorted({topic for topic in self.topics if topic != OFFSETS_TOPIC}))


def decode_key(key: bytes) -> str | None:
    """The transactional id; None for a kind of record that is not known here (KIP-915: readers skip those).

    Raises:
        TransactionUndecodable: the bytes end too soon, or text is no UTF-8.
    """
    reader = ClassicReader(key)
    try:
        return reader.string() if reader.number(INT16) == _TRANSACTION_RECORD else None
    except WireUndecodable as error:
        raise TransactionUndecodable(str(error)) from None


def decode_value(value: bytes) -> TransactionState:
    """The state of a transaction.

    Raises:
        TransactionUndecodable: an unknown version, impossible lengths, or bytes that end too soon.
    """
    try:
        version = ClassicReader(value).number(INT16)
        if not 0 <= version <= _NEWEST_VERSION:
            msg = f"a transaction's state of version {version}"
            raise TransactionUndecodable(msg)
        return _state(reader_of(value, flexible=version >= _FIRST_FLEXIBLE_VERSION, at=INT16.size))
    except WireUndecodable as error:
        raise TransactionUndecodable(str(error)) from None


def decode_listings(answers: Iterable[Mapping[str, Any]], now_ms: int) -> Iterator[TransactionalIdSeen]:
    """Translate one ListTransactions answer (`error_code`, `transaction_states`) a broker; errors tell nothing."""
    provenance = Provenance(Channel.TRANSACTION, now_ms, "ListTransactions")
    for answer in answers:
        for listed in [] if answer["error_code"] else answer["transaction_states"]:
            if int(listed["producer_id"]) != _NO_ID:
                yield TransactionalIdSeen(provenance, str(listed["transactional_id"]), int(listed["producer_id"]))


def why_unreadable(metadata: Iterable[Mapping[str, Any]]) -> str | None:
    """Why the transaction log may not be read, as a reason code; None when it may, or there is none.

    `metadata` is the cluster's, asked for the log by name: a topic that may not be described is then refused.
    """
    entries = list(metadata)
    if any(int(entry["error_code"]) in NOT_AUTHORIZED for entry in entries):
        return "no-describe-right"
    if any(not topic.readable for topic in decode_topics(entries)):
        return "no-read-right"
    return None


def _state(reader: Reader) -> TransactionState:
    producer_id = reader.number(INT64)
    reader.skip(INT16.size + INT32.size)  # producer epoch, timeout
    status = reader.number(INT8)
    topics = tuple([_topic(reader) for _ in range(reader.length())])
    updated_ms = reader.number(INT64)
    reader.skip(INT64.size)  # start
    tags = reader.tags()
    previous, following = (_id(tags.get(tag)) for tag in (_TAG_PREVIOUS_ID, _TAG_NEXT_ID))
    return TransactionState(producer_id, previous, following, status, topics, updated_ms)


def _topic(reader: Reader) -> str:
    topic = reader.string()
    reader.skip_int32s()
    reader.skip_tags()
    return topic


def _id(tagged: bytes | None) -> int:
    return _NO_ID if tagged is None else ClassicReader(tagged).number(INT64)
