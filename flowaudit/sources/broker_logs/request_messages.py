"""The parts of Kafka's request log lines that matter here, as brokers since 2.8 write them (JSON). Pure."""

# ruff: noqa: N815  the names are those of Kafka's protocol messages

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

Message = TypeVar("Message", bound=msgspec.Struct)


class Header(msgspec.Struct):
    """Of every request."""

    requestApiKeyName: str
    clientId: str | None = None


class ClientInformation(msgspec.Struct):
    """What the client announced of itself (KIP-511)."""

    softwareName: str = ""
    softwareVersion: str = ""


class RequestLine(msgspec.Struct):
    """One line; `request` and `response` are decoded by the kind of request."""

    requestHeader: Header
    request: msgspec.Raw
    response: msgspec.Raw = msgspec.Raw(b"null")
    connection: str = ""
    principal: str = ""
    clientInformation: ClientInformation | None = None


class AskedPartition(msgspec.Struct):
    """A partition of a fetch request."""

    partition: int = -1
    partitionIndex: int = -1


class AskedTopic(msgspec.Struct):
    """A topic of a request. Newer versions give its id alone."""

    topic: str = ""
    name: str = ""
    topicId: str = ""
    partitions: list[AskedPartition] = []


class ForgottenTopic(msgspec.Struct):
    """Partitions that leave a fetch session."""

    topic: str = ""
    topicId: str = ""
    partitions: list[int] = []


class ReplicaState(msgspec.Struct):
    """Which broker asks (since version 15)."""

    replicaId: int = -1


class FetchRequest(msgspec.Struct):
    """FETCH."""

    replicaId: int = -1
    replicaState: ReplicaState | None = None
    sessionId: int = 0
    sessionEpoch: int = -1
    topics: list[AskedTopic] = []
    forgottenTopicsData: list[ForgottenTopic] = []


class ShareFetchRequest(msgspec.Struct):
    """SHARE_FETCH."""

    groupId: str | None = None
    topics: list[AskedTopic] = []


class AnsweredPartition(msgspec.Struct):
    """A partition of any answer."""

    errorCode: int = 0
    recordsSizeInBytes: int = 0


class AnsweredTopic(msgspec.Struct):
    """A topic of any answer."""

    topic: str = ""
    name: str | None = ""
    topicId: str = ""
    partitions: list[AnsweredPartition] = []
    partitionResponses: list[AnsweredPartition] = []


class FetchResponse(msgspec.Struct):
    """FETCH, SHARE_FETCH and PRODUCE."""

    errorCode: int = 0
    sessionId: int = 0
    responses: list[AnsweredTopic] = []


class ProducedTopic(msgspec.Struct):
    """A topic of a produce request."""

    name: str = ""
    topicId: str = ""


class ProduceRequest(msgspec.Struct):
    """PRODUCE."""

    transactionalId: str | None = None
    topicData: list[ProducedTopic] = []


class GroupRequest(msgspec.Struct):
    """Whatever a member sends to its coordinator; a commit names topics."""

    groupId: str = ""


class TopicsResponse(msgspec.Struct):
    """OFFSET_COMMIT and METADATA."""

    errorCode: int = 0
    topics: list[AnsweredTopic] = []


class InitProducerIdRequest(msgspec.Struct):
    """INIT_PRODUCER_ID."""

    transactionalId: str | None = None


class InitProducerIdResponse(msgspec.Struct):
    """INIT_PRODUCER_ID."""

    errorCode: int = 0
    producerId: int = -1


class Decoder(Generic[Message]):
    """Decodes one kind of message; null gives one with its defaults (a produce request may ask for no answer)."""

    def __init__(self, kind: type[Message]) -> None:
        self._kind = kind
        self._decoder = msgspec.json.Decoder(kind)

    def __call__(self, raw: msgspec.Raw) -> Message:
        """Raises `msgspec.MsgspecError` when it is another kind."""
        return self._kind() if bytes(raw) == b"null" else self._decoder.decode(raw)
