"""The offsets log's decoders, with records as Apache Kafka 4.3.1 writes them."""

from __future__ import annotations

from typing import Final

from flowaudit.sources.offsets_log.commit_records import decode_commit_key, decode_commit_value
from flowaudit.sources.offsets_log.errors import RecordUndecodable
from flowaudit.sources.offsets_log.group_records import decode_group_record
from tests.fuzz.target import Target

COMMIT_KEY: Final = bytes.fromhex("0001000c73706f742d636865636b2d380009747269702e6c65677300000002")
LEGACY_KEY: Final = b"\x00\x00\x00\x01g\x00\x01t\x00\x00\x00\x00"
COMMIT_V4: Final = bytes.fromhex("000400000000000000330000000001000001a20699364a0100102c63d6f9d35a48d6be0d36253cd11160")
COMMIT_V4_IN_TRANSACTION: Final = (
    bytes.fromhex("00040000000000000001000000000d") + b"AgAAAaIGmK+v" + bytes.fromhex("000001a20698c9fc00")
)
COMMIT_V3: Final = bytes.fromhex("00030000000000000033000000000000000001a20699364a")
COMMIT_V1: Final = bytes.fromhex("000100000000000000330002") + b"ok" + bytes.fromhex("000001a20699364affffffffffffffff")
MEMBER_ID: Final = b"\x00\x04abcd"
GROUP_KEY: Final = bytes.fromhex("0002000f") + b"transit-connect"
GROUP_EMPTY: Final = bytes.fromhex("000300000000" + "0000ffffffff000001a20698e8aa00000000")
SUBSCRIPTION: Final = bytes.fromhex("0001000000010009") + b"trip.legs" + bytes.fromhex("ffffffff00000000")
ASSIGNMENT: Final = bytes.fromhex("0001000000010009") + b"trip.legs" + bytes.fromhex("000000020000000000000001ffffffff")


def classic_group(version: int = 3, *, extra: bytes = b"") -> bytes:
    """A stable group of one member; `extra` is what Redpanda writes before each."""
    member = extra + MEMBER_ID + (b"\xff\xff" if version >= 3 else b"") + b"\x00\x06lift-1" + b"\x00\x0a/127.0.0.1"
    member += (bytes.fromhex("000493e0") if version >= 1 else b"") + bytes.fromhex("0000afc8")
    member += len(SUBSCRIPTION).to_bytes(4, "big") + SUBSCRIPTION + len(ASSIGNMENT).to_bytes(4, "big") + ASSIGNMENT
    head = version.to_bytes(2, "big") + b"\x00\x08consumer" + bytes.fromhex("00000001") + b"\x00\x05range" + MEMBER_ID
    head += bytes.fromhex("000001a20698e8aa") if version >= 2 else b""
    return head + bytes.fromhex("00000001") + member


CONSUMER_KEY: Final = bytes.fromhex("0005000d") + b"lost-property" + b"\x00\x16" + b"M" * 22
CONSUMER_MEMBER: Final = (
    bytes.fromhex("0000000010") + b"lost-property-1" + b"\x0b/127.0.0.1" + b"\x01" + b"\x09trip\\..*"
) + bytes.fromhex("000493e00001000100")
SHARE_KEY: Final = bytes.fromhex("000a0011") + b"ticket-inspectors" + b"\x00\x16" + b"M" * 22
SHARE_MEMBER: Final = bytes.fromhex("00000014") + b"ticket-inspectors-1" + b"\x0b/127.0.0.1\x02\x0btap.events\x00"
SHARE_TOPICS_KEY: Final = bytes.fromhex("000f0011") + b"ticket-inspectors"
SHARE_TOPICS: Final = (
    bytes.fromhex("00000295ddbed28058475cb779a6ae269635020b")
    + b"tap.events"
    + bytes.fromhex("0500000000000000010000000200000003000101" + "00")
)
REGEX_KEY: Final = bytes.fromhex("0010000d") + b"lost-property" + b"\x00\x08trip\\..*"
REGEX: Final = bytes.fromhex("0000020a") + b"trip.legs" + bytes.fromhex("0000000000000055000001a20698bba300")
STREAMS_KEY: Final = bytes.fromhex("0011000e") + b"crowding-board"
STREAMS: Final = (
    bytes.fromhex("000000000002ad4b607225aa8ab30101190215")
    + b"num.standby.replicas"
    + bytes.fromhex("02300000")[:2]
    + b"\x00"
)
STREAMS_MEMBER_KEY: Final = bytes.fromhex("0013000e") + b"crowding-board" + b"\x00\x16" + b"M" * 22
STREAMS_MEMBER: Final = (
    bytes.fromhex("00000000")
    + b"\x0fcrowding-board"
    + b"\x0b/127.0.0.1"
    + bytes.fromhex("000493e000000000")
    + b"\x25"
    + b"f" * 36
    + bytes.fromhex("ff0100")
)
TOPOLOGY_KEY: Final = bytes.fromhex("0017000e") + b"crowding-board"
TOPOLOGY: Final = (
    bytes.fromhex("00000000000103")
    + b"\x020\x02\x0btap.events\x01\x01\x02\x1bcrowding-per-station-topic"
    + b"\x01\x01\x00"
    + b"\x021\x01\x01\x02\x05logs\x00\x00\x00\x00\x00\x00\x02\x04abc\x02x\x00\x00\x01"
    + b"\x02\x1bcrowding-per-station-topic\x00\x00\x00\x04\x00\x00\x01\x00"
    + b"\x02\x01\x01\x02\x00\x00\x00\x00"
    + b"\x00"
)


def framed(key: bytes, value: bytes) -> bytes:
    """A record as one input: the key's length in one byte, the key, the value."""
    return bytes([len(key)]) + key + value


def decode_framed(data: bytes) -> object:
    """Key and value of one group record."""
    size = data[0] if data else 0
    return decode_group_record(data[1 : 1 + size], data[1 + size :] or None)


TARGETS: Final = (
    Target("offset-commit-key", decode_commit_key, RecordUndecodable, (COMMIT_KEY, LEGACY_KEY)),
    Target(
        "offset-commit-value",
        decode_commit_value,
        RecordUndecodable,
        (COMMIT_V4, COMMIT_V4_IN_TRANSACTION, COMMIT_V3, COMMIT_V1),
    ),
    Target(
        "group-record",
        decode_framed,
        RecordUndecodable,
        (
            framed(GROUP_KEY, GROUP_EMPTY),
            framed(GROUP_KEY, classic_group()),
            framed(GROUP_KEY, classic_group(1)),
            framed(GROUP_KEY, classic_group(extra=b"\x00\x00")),
            framed(CONSUMER_KEY, CONSUMER_MEMBER),
            framed(SHARE_KEY, SHARE_MEMBER),
            framed(SHARE_TOPICS_KEY, SHARE_TOPICS),
            framed(REGEX_KEY, REGEX),
            framed(STREAMS_KEY, STREAMS),
            framed(STREAMS_MEMBER_KEY, STREAMS_MEMBER),
            framed(TOPOLOGY_KEY, TOPOLOGY),
        ),
    ),
)  # fmt: skip
