"""Requests that we encode and answers that we decode ourselves, sent over the session's connections.

kafka-python takes any object that can encode itself and names the class of its answer; ours leaves the answer as bytes.
So the APIs that the library lacks (69, 77, 89, 90) can be asked, and long answers are not decoded twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, NamedTuple, TypeVar

from flowaudit.sources.kafka_admin.answers import AnswerReader
from flowaudit.sources.kafka_admin.session import AdminSession
from flowaudit.sources.wire import INT16, INT32, NO_TAGS

_IN_FLIGHT: Final = 2
"""Requests a broker at a time: one that it works on, one that waits."""

_T = TypeVar("_T")


class RawRequest:
    """One request in the flexible encoding. May be sent once."""

    def __init__(self, api_key: int, version: int, body: bytes) -> None:
        self.api_key = api_key
        self.API_VERSION = version
        self.header = _Header(0)
        self._body = body
        self._client_id = b""

    def with_header(self, correlation_id: int, client_id: str) -> None:
        """Called by the library before it sends."""
        self.header = _Header(correlation_id)
        self._client_id = client_id.encode()

    def encode(self, *, framed: bool, header: bool) -> bytes:
        """The whole frame: size, request header version 2, body."""
        del framed, header
        frame = (
            INT16.pack(self.api_key),
            INT16.pack(self.API_VERSION),
            INT32.pack(self.header.correlation_id),
            INT16.pack(len(self._client_id)),
            self._client_id,
            NO_TAGS,
            self._body,
        )
        return INT32.pack(sum(map(len, frame))) + b"".join(frame)

    def expect_response(self) -> bool:
        """Every request of ours has an answer."""
        return True


class _Header(NamedTuple):
    correlation_id: int

    def get_response_class(self) -> type[_Answer]:
        return _Answer


class _Answer:
    """What the library calls to decode an answer: header version 1 is taken off, the rest stays as it is."""

    @staticmethod
    def parse_header(buffer: Any) -> _Header:  # noqa: ANN401 (the library's own buffer)
        return _Header(INT32.unpack(buffer.read(INT32.size))[0])

    @staticmethod
    def decode(buffer: Any) -> bytes:  # noqa: ANN401
        reader = AnswerReader(bytes(memoryview(buffer)[buffer.tell() :]))
        reader.skip_tags()
        return reader.rest()


class Question(NamedTuple):
    """A request and the broker that can answer it."""

    broker: int
    request: RawRequest


def ask_all(session: AdminSession, questions: Iterable[Question]) -> Iterator[bytes]:
    """The answers in the order of the questions; all brokers work at once, and none waits for us between two.

    Raises:
        SourceUnreachable: a broker does not answer.
    """
    lines: dict[int, ThreadPoolExecutor] = {}
    waiting: list[Future[bytes]] = []
    try:
        for broker, request in questions:
            line = lines.setdefault(broker, ThreadPoolExecutor(_IN_FLIGHT, thread_name_prefix="flowaudit-ask"))
            waiting.append(line.submit(session.send, request, broker))
        waiting.reverse()
        while waiting:
            yield waiting.pop().result()
    finally:
        for line in lines.values():
            line.shutdown(cancel_futures=True)


def versions_of(session: AdminSession, broker: int) -> Mapping[int, tuple[int, int]]:
    """What a broker advertises: API key → oldest and newest version. Keys that nobody knows yet are fine."""
    data = session._ask(lambda: session._admin.get_broker_version_data(broker))  # noqa: SLF001 (one package)
    versions: Mapping[int, tuple[int, int]] = data.api_versions
    return versions


def newest_common(advertised: tuple[int, int] | None, oldest: int, newest: int) -> int | None:
    """The newest version that the broker and we (`oldest` to `newest`) speak; None when there is none."""
    if advertised is None or advertised[0] > newest or advertised[1] < oldest:
        return None
    return min(newest, advertised[1])


def chunks(things: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """`things` in pieces of `size`: one request each."""
    for start in range(0, len(things), size):
        yield things[start : start + size]
