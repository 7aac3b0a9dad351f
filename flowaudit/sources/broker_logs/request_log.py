"""Lines of a broker's request log (`kafka.request.logger` at DEBUG) → who reads and who writes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final

import msgspec

from flowaudit.facts import Channel, ClientAction, ClientSeen, HostShared, ProducerNamed, Provenance
from flowaudit.sources.broker_logs.fetch_sessions import FetchSessions, Topic
from flowaudit.sources.broker_logs.group_bindings import Client, GroupBindings
from flowaudit.sources.broker_logs.line_time import line_time_ms
from flowaudit.sources.broker_logs.request_messages import (
    AnsweredTopic,
    Decoder,
    FetchRequest,
    FetchResponse,
    GroupRequest,
    InitProducerIdRequest,
    InitProducerIdResponse,
    ProduceRequest,
    RequestLine,
    ShareFetchRequest,
    TopicsResponse,
)
from flowaudit.sources.broker_logs.shared_hosts import SharedHosts
from flowaudit.sources.client_log import ANONYMOUS, Access, Accesses, LineUndecodable, is_auditor, topic_name
from flowaudit.sources.client_log.words import short

SETTLE_MS: Final = 6_000
"""Within this time a member's heartbeat (every 3 to 5 s) or its commit (every 5 s) tells for which group it reads."""
_MARK: Final = b"Completed request:"
_API: Final = re.compile(rb'"requestApiKeyName":"([A-Z_]+)"')
_CONNECTION: Final = re.compile(r"-([^-]+):\d+-\d+(?:-\d+)?$")
_MEMBER_APIS: Final = frozenset(
    {
        "JOIN_GROUP",
        "SYNC_GROUP",
        "HEARTBEAT",
        "CONSUMER_GROUP_HEARTBEAT",
        "SHARE_GROUP_HEARTBEAT",
        "STREAMS_GROUP_HEARTBEAT",
    }
)
_NO_ID: Final = "AAAAAAAAAAAAAAAAAAAAAA"
_LINE: Final = msgspec.json.Decoder(RequestLine)
_FETCH: Final = Decoder(FetchRequest)
_FETCHED: Final = Decoder(FetchResponse)
_SHARE_FETCH: Final = Decoder(ShareFetchRequest)
_PRODUCE: Final = Decoder(ProduceRequest)
_GROUP: Final = Decoder(GroupRequest)
_TOPICS: Final = Decoder(TopicsResponse)
_INIT: Final = Decoder(InitProducerIdRequest)
_INITED: Final = Decoder(InitProducerIdResponse)


@dataclass(frozen=True, slots=True)
class _Said:
    """One line, and where it stands."""

    line: RequestLine
    client: Client
    software: str
    broker: str
    reference: str
    at_ms: int
    now_ms: int

    @property
    def told_ms(self) -> int:
        """When it was said; a clock that is ahead makes no future."""
        return min(self.at_ms, self.now_ms)


class RequestLog:
    """Reads the request logs of all brokers: fetch sessions are a broker's own, groups are the cluster's.

    The client ids that call themselves the auditor's are left out, and kept in `auditor_clients`.
    """

    def __init__(self, zone: tzinfo = UTC, settle_ms: int = SETTLE_MS) -> None:
        """`zone` is the brokers' time zone, where their lines name none."""
        self._zone = zone
        self._accesses = Accesses(settle_ms)
        self._sessions = FetchSessions()
        self._groups = GroupBindings()
        self._hosts = SharedHosts()
        self._names: dict[str, str] = {}
        self._producers: dict[int, ProducerNamed] = {}
        self.auditor_clients: set[str] = set()
        self._takers: Mapping[str, Callable[[_Said], None]] = {
            "FETCH": self._fetch,
            "SHARE_FETCH": self._share_fetch,
            "PRODUCE": self._produce,
            "OFFSET_COMMIT": self._commit,
            "INIT_PRODUCER_ID": self._init_producer_id,
            "METADATA": self._metadata,
            **dict.fromkeys(_MEMBER_APIS, self._member),
        }

    def take(self, broker: str, reference: str, line: bytes, now_ms: int) -> None:
        """Take in one line of a file of `broker`, which tells the brokers' files apart.

        Raises:
            LineUndecodable: it is no line of a request log. Requests that tell nothing of readers and writers are.
        """
        start = line.find(_MARK)
        api = _API.search(line, start)
        if start < 0 or api is None:
            msg = "a line is no completed request"
            raise LineUndecodable(msg)
        taker = self._takers.get(api[1].decode())
        if taker is None:
            return
        at_ms = line_time_ms(line, self._zone)
        try:
            said = _said(
                _LINE.decode(line[start + len(_MARK) : line.rfind(b"}") + 1]), broker, reference, at_ms, now_ms
            )
            taker(said)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            msg = "a completed request cannot be read as JSON, or not as Kafka writes it"
            raise LineUndecodable(msg) from None

    def facts(self, now_ms: int, names: Mapping[str, str]) -> list[ClientSeen | ProducerNamed | HostShared]:
        """What is new. `names` gives topics by their ids, as the cluster lists them; the log itself names some too."""
        known = {**self._names, **names}

        def resolve(access: Access) -> Access | None:
            topic = access.topic or known.get(access.topic_id, "")
            if not topic:
                return None
            resolved = access._replace(topic=topic)
            is_read = access.action is ClientAction.READS and not access.group
            return resolved._replace(group=self._groups.group_of(resolved, known)) if is_read else resolved

        producers, self._producers = list(self._producers.values()), {}
        return [*producers, *self._accesses.facts(now_ms, resolve), *self._hosts.facts()]

    def unknown_topic_ids(self, names: Mapping[str, str]) -> set[str]:
        """Ids of topics that clients read or wrote and whose names nobody told."""
        ids = {access.topic_id for access in self._accesses.waiting() if not access.topic}
        return ids - self._names.keys() - names.keys()

    def _fetch(self, said: _Said) -> None:
        request = _FETCH(said.line.request)
        replica = request.replicaState.replicaId if request.replicaState else request.replicaId
        if replica >= 0 or self._is_auditor(said):
            return
        response = _FETCHED(said.line.response)
        served = _served(response.responses)
        for topic in self._sessions.topics(said.broker, request, response):
            self._add(said, ClientAction.READS, topic, served_bytes=served.get(topic, 0))

    def _share_fetch(self, said: _Said) -> None:
        request, response = _SHARE_FETCH(said.line.request), _FETCHED(said.line.response)
        if response.errorCode or self._is_auditor(said):
            return
        served = _served(response.responses)
        for topic in {_ref("", t.topicId) for t in request.topics} | served.keys():
            self._add(said, ClientAction.READS, topic, group=request.groupId or "", served_bytes=served.get(topic, 0))

    def _produce(self, said: _Said) -> None:
        request, response = _PRODUCE(said.line.request), _FETCHED(said.line.response)
        if self._is_auditor(said):
            return
        self._hosts.writer(said.client, said.told_ms, said.reference)
        refused = {_ref(t.name, t.topicId) for t in response.responses if _is_refused(t)}
        for topic in {_ref(t.name, t.topicId) for t in request.topicData} - refused:
            self._add(said, ClientAction.WRITES, topic, transactional_id=request.transactionalId or "")

    def _commit(self, said: _Said) -> None:
        response = _TOPICS(said.line.response)
        committed = [t.name or t.topicId for t in response.topics if not _is_refused(t)]
        if committed:
            group = short(_GROUP(said.line.request).groupId)
            self._groups.commit(said.client, group, committed)
            self._hosts.member(said.client, group, said.told_ms, said.reference)

    def _member(self, said: _Said) -> None:
        if not _TOPICS(said.line.response).errorCode:
            group = short(_GROUP(said.line.request).groupId)
            self._groups.member(said.client, group)
            self._hosts.member(said.client, group, said.told_ms, said.reference)

    def _init_producer_id(self, said: _Said) -> None:
        response = _INITED(said.line.response)
        if response.errorCode or response.producerId < 0 or self._is_auditor(said):
            return
        self._producers[response.producerId] = ProducerNamed(
            provenance=Provenance(Channel.BROKER_LOG, said.told_ms, said.reference),
            producer_id=response.producerId,
            client_id=said.client.client_id,
            principal="" if said.client.principal == ANONYMOUS else said.client.principal,
            transactional_id=short(_INIT(said.line.request).transactionalId or ""),
        )
        self._hosts.producer(said.client, response.producerId, said.told_ms, said.reference)

    def _metadata(self, said: _Said) -> None:
        for topic in _TOPICS(said.line.response).topics:
            if topic.name and topic.topicId not in {"", _NO_ID}:
                self._names[topic.topicId] = topic_name(topic.name)

    def _is_auditor(self, said: _Said) -> bool:
        if is_auditor(said.client.client_id):
            self.auditor_clients.add(said.client.client_id)
            return True
        return False

    def _add(
        self,
        said: _Said,
        action: ClientAction,
        topic: Topic,
        *,
        group: str = "",
        transactional_id: str = "",
        served_bytes: int = 0,
    ) -> None:
        name, topic_id = topic
        access = Access(
            client_id=said.client.client_id,
            principal=said.client.principal,
            topic=topic_name(name) if name else "",
            action=action,
            reference=said.reference,
            topic_id=topic_id,
            software=said.software,
            group=short(group),
            transactional_id=short(transactional_id),
            host=said.client.host,
        )
        self._accesses.add(access, said.at_ms, max(served_bytes, 0), said.now_ms)


def _said(line: RequestLine, broker: str, reference: str, at_ms: int, now_ms: int) -> _Said:
    found = _CONNECTION.search(line.connection)
    client = Client(short(line.requestHeader.clientId or ""), short(line.principal), found[1] if found else "")
    announced = line.clientInformation
    software = f"{announced.softwareName} {announced.softwareVersion}".strip() if announced else ""
    return _Said(line, client, short(software), broker, reference, at_ms, now_ms)


def _ref(name: str | None, topic_id: str) -> Topic:
    return (name, "") if name else ("", topic_id)


def _served(topics: Iterable[AnsweredTopic]) -> dict[Topic, int]:
    served = {_ref(t.topic, t.topicId): sum(p.recordsSizeInBytes for p in t.partitions) for t in topics}
    return {topic: size for topic, size in served.items() if size > 0}


def _is_refused(topic: AnsweredTopic) -> bool:
    answers = topic.partitions or topic.partitionResponses
    return bool(answers) and all(answer.errorCode for answer in answers)
