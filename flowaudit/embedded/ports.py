"""Free loopback ports, held until the moment they are needed."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

from flowaudit.embedded.properties import HOST, NodePorts

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def reserved_ports() -> Iterator[NodePorts]:
    """Reserve two ephemeral loopback ports while the context is open; nobody else can bind them meanwhile."""
    with socket.socket() as client, socket.socket() as controller:
        for reserved in (client, controller):
            reserved.bind((HOST, 0))
        yield NodePorts(client.getsockname()[1], controller.getsockname()[1])
