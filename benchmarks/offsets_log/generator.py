"""`python -m benchmarks.offsets_log.generator`: offset commits as fast as the broker takes them, over raw sockets.

A request commits all partitions of one group, as a consumer does; several connections keep several requests in flight.
Prints the number of commits that were acknowledged.
"""

from __future__ import annotations

import argparse
import selectors
import socket
import struct
import time
from collections.abc import Iterator

_IN_FLIGHT = 32
_OFFSET_COMMIT, _VERSION = 8, 7


def main() -> None:
    options = _options()
    host, _, port = options.bootstrap_servers.partition(":")
    requests = [
        _request(f"bench-group-{number}", options.topic, options.partitions) for number in range(options.groups)
    ]
    end_s = time.monotonic() + options.seconds if options.seconds else float("inf")
    rounds = _rounds(requests, options.records // options.partitions if options.records else None)
    print(_commit(rounds, (host, int(port)), options.connections, end_s) * options.partitions, flush=True)


def _rounds(requests: list[bytearray], most: int | None) -> Iterator[bytearray]:
    """Each group in turn, with a higher offset each time round."""
    sent = 0
    offset = 0
    while True:
        offset += 1
        for request in requests:
            if sent == most:
                return
            sent += 1
            yield _with_offset(request, offset)


def _commit(requests: Iterator[bytearray], address: tuple[str, int], connections: int, end_s: float) -> int:
    selector = selectors.DefaultSelector()
    done = 0
    open_connections = 0
    for _ in range(connections):
        connection = _Connection(address)
        open_connections += 1
        connection.fill(requests)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    while open_connections:
        for key, _events in selector.select():
            connection = key.data
            done += connection.answers()
            if time.monotonic() < end_s:
                connection.fill(requests)
            if not connection.in_flight:
                selector.unregister(connection.socket)
                connection.socket.close()
                open_connections -= 1
    return done


class CommitRefused(Exception):
    """The broker answered with this error code."""


class _Connection:
    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.in_flight = 0
        self._received = bytearray()

    def fill(self, requests: Iterator[bytearray]) -> None:
        """Send as many as may be in flight."""
        frames = []
        while self.in_flight < _IN_FLIGHT and (request := next(requests, None)) is not None:
            frames.append(bytes(request))
            self.in_flight += 1
        if frames:
            self.socket.sendall(b"".join(frames))

    def answers(self) -> int:
        """Whole answers that arrived."""
        received = self.socket.recv(1 << 16)
        if not received:
            raise ConnectionError
        self._received += received
        done = at = 0
        while len(self._received) - at >= 4:
            size = int.from_bytes(self._received[at : at + 4], "big")
            if len(self._received) - at < 4 + size:
                break
            at += 4 + size
            if any(self._received[at - 2 : at]):
                raise CommitRefused(int.from_bytes(self._received[at - 2 : at], "big"))
            done += 1
        del self._received[:at]
        self.in_flight -= done
        return done


def _string(text: str) -> bytes:
    return struct.pack(">h", len(text)) + text.encode()


def _request(group: str, topic: str, partitions: int) -> bytearray:
    body = struct.pack(">hhi", _OFFSET_COMMIT, _VERSION, 1) + _string("bench")
    body += _string(group) + struct.pack(">i", -1) + _string("") + struct.pack(">h", -1)
    body += struct.pack(">i", 1) + _string(topic) + struct.pack(">i", partitions)
    body += b"".join(struct.pack(">iqih", number, 0, 0, 0) for number in range(partitions))
    return bytearray(struct.pack(">i", len(body)) + body)


def _with_offset(request: bytearray, offset: int) -> bytearray:
    """The same request with another offset for its partitions, which end it: 18 bytes each."""
    partitions = 0
    at = len(request) - 18
    number = struct.unpack_from(">i", request, at)[0]
    while partitions <= number:
        struct.pack_into(">q", request, at - 18 * partitions + 4, offset)
        partitions += 1
    return request


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bootstrap_servers")
    parser.add_argument("topic")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--groups", type=int, default=5_000)
    parser.add_argument("--records", type=int, default=0, help="0: by time")
    parser.add_argument("--seconds", type=float, default=0.0, help="0: by records")
    parser.add_argument("--connections", type=int, default=4)
    return parser.parse_args()


if __name__ == "__main__":
    main()
