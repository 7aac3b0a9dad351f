"""Fuzz targets of the connect source: what workers answer, and what they tell their group."""

from __future__ import annotations

from typing import Final

from flowaudit.facts import Channel, Provenance, encode_fact
from flowaudit.sources.connect.answers import AnswerUndecodable, read_worker
from flowaudit.sources.connect.decode import (
    Listed,
    Touched,
    blind_spots,
    connector_fact,
    decode_listing,
    decode_offsets,
    decode_topics,
)
from flowaudit.sources.connect.worker_groups import WorkerUndecodable, worker_address
from tests.fuzz.target import Target
from tests.unit.sources.connector_secrets import listing_of, planted

_PROVENANCE: Final = Provenance(Channel.CONNECT, 1_000, "GET /connectors/x")
_FEED: Final = (
    b'{"feed":{"info":{"name":"feed","config":{"connector.class":"FileStreamSource","transforms.r.regex":'
    b'"raw\\\\.(.*)","transforms.r.type":"org.apache.kafka.connect.transforms.RegexRouter","file":"/in.txt",'
    b'"transforms":"r","name":"feed","topic":"raw.days","transforms.r.replacement":"$1.days"},"tasks":'
    b'[{"connector":"feed","task":0}],"type":"source"},"status":{"name":"feed","connector":{"state":"RUNNING",'
    b'"worker_id":"127.0.0.1:55757","version":"4.3.1"},"tasks":[{"id":0,"state":"RUNNING","worker_id":'
    b'"127.0.0.1:55757","version":"4.3.1"}],"type":"source"}}}'
)
_SUBSCRIPTION: Final = (
    bytes.fromhex("00020017")
    + b"http://127.0.0.1:28083/"
    + bytes.fromhex("000000000000000f000000000002000000000000000000000000000000000000")
)


def _listing(data: bytes) -> list[bytes]:
    """The facts of a listing, encoded: names that cannot be written down would show here."""
    encoded: list[bytes] = []
    for listed in decode_listing(data).connectors:
        encoded.append(encode_fact(connector_fact(listed, Touched(), "workers", _PROVENANCE)))
        encoded += map(encode_fact, blind_spots(listed, Touched(), 1_000))
    return encoded


def _topics(data: bytes) -> Touched:
    return decode_topics(data, "feed")


def _offsets(data: bytes) -> tuple[Touched, ...]:
    return tuple(decode_offsets(data, listed) for listed in _BOTH_KINDS)


def _listed(data: bytes) -> Listed:
    return decode_listing(data).connectors[0]


_BOTH_KINDS: Final = (_listed(_FEED), _listed(_FEED.replace(b'"source"', b'"sink"')))

TARGETS: Final = (
    Target(
        "connect-worker",
        read_worker,
        AnswerUndecodable,
        (b'{"version":"4.3.1","commit":"26b251a451ce941d","kafka_cluster_id":"U0jAwlxZTTmgyX3xWYK2nQ"}', b"{}"),
    ),
    Target("connect-listing", _listing, AnswerUndecodable, (_FEED, b"{}", *(listing_of([p]) for p in planted(54)))),
    Target("connect-topics", _topics, AnswerUndecodable, (b'{"feed":{"topics":["calendar.days"]}}', b'{"feed":{}}')),
    Target(
        "connect-offsets",
        _offsets,
        AnswerUndecodable,
        (
            b'{"offsets":[{"partition":{"filename":"/in.txt"},"offset":{"position":6}}]}',
            b'{"offsets":[{"partition":{"kafka_partition":0,"kafka_topic":"days"},"offset":{"kafka_offset":3}}]}',
        ),
    ),
    Target("connect-subscription", worker_address, WorkerUndecodable, (_SUBSCRIPTION, bytes.fromhex("00020000"))),
)
