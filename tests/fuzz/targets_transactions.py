"""The transaction log's decoders, with records as Apache Kafka 4.3.1 writes them."""

from __future__ import annotations

from typing import Final

from flowaudit.sources.transactions.decode import TransactionUndecodable, decode_key, decode_value
from tests.fuzz.target import Target

CONNECT_KEY: Final = bytes.fromhex("0000001f") + b"connect-cluster-transit-connect"
EMPTY: Final = bytes.fromhex(
    "0001000000000000000600000000ea600000000001a20698e9a3ffffffffffffffff0100080000000000000006"
)
"""Version 1: producer id 6, Empty, no partitions, the previous id in a tag."""
TOPICS: Final = b"\x03\x0efares.charged\x03\x00\x00\x00\x00\x00\x00\x00\x01\x00" + (
    b"\x13__consumer_offsets" + b"\x02\x00\x00\x00\x21\x00"
)
COMMITTED: Final = (
    bytes.fromhex("000100000000000000037fff0000ea6002")
    + TOPICS
    + bytes.fromhex("000001a20698e9a3000001a20698e900")
    + bytes.fromhex("020108000000000000000802020002")
)
"""Version 1: the last PrepareCommit of producer id 3, which producer id 8 follows."""
ABORTED_V0: Final = (
    bytes.fromhex("0000000000000000000900010000ea6003")
    + bytes.fromhex("00000001000e")
    + b"fares.rehears2"
    + bytes.fromhex("0000000100000000")
    + bytes.fromhex("000001a20698e9a3000001a20698e900")
)

TARGETS: Final = (
    Target("transaction-key", decode_key, TransactionUndecodable, (CONNECT_KEY, b"\x00\x00\x00\x05tx-42")),
    Target("transaction-value", decode_value, TransactionUndecodable, (EMPTY, COMMITTED, ABORTED_V0)),
)
