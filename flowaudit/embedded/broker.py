"""The embedded Kafka as its users see it: a context manager with a bootstrap address."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from flowaudit.embedded.clients import ClientSettings, answering_cluster_id
from flowaudit.embedded.cluster_id import formatted_cluster_id, new_cluster_id
from flowaudit.embedded.errors import WAYS_OUT, EmbeddedKafkaUnavailable, PortTaken
from flowaudit.embedded.node import Node
from flowaudit.embedded.options import EmbeddedKafkaOptions
from flowaudit.embedded.ports import reserved_ports
from flowaudit.embedded.properties import HOST, broker_properties
from flowaudit.embedded.runtime import runtime_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from flowaudit.embedded.java import JavaRuntime

_PORT_ATTEMPTS = 5


class EmbeddedKafka:
    """One Apache Kafka node (KRaft, broker and controller) on loopback ports of its own.

    ::

        with EmbeddedKafka() as kafka:
            KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)

    It ends with the context, and with this process however that ends. It talks to no broker but the one it started.
    """

    def __init__(self, options: EmbeddedKafkaOptions | None = None) -> None:
        self.options = options or EmbeddedKafkaOptions()
        self._node: Node | None = None
        self._port = 0
        self._cluster_id = ""

    @property
    def bootstrap_servers(self) -> str:
        """``host:port`` of the running broker."""
        return f"{HOST}:{self._port}"

    @property
    def cluster_id(self) -> str:
        """The id that the cluster was formatted with."""
        return self._cluster_id

    @property
    def broker_pid(self) -> int:
        """The process id of the broker; 0 while it is stopped."""
        return self._running_node().broker_pid

    @property
    def node_dir(self) -> Path:
        """The broker's folder: configuration, log files and, without `keep_logs_dir`, its data."""
        return self._running_node().node_dir

    @property
    def log_file(self) -> Path:
        """The broker's own log: warnings and worse."""
        return self._running_node().log_file

    @property
    def logger_files(self) -> Mapping[str, Path]:
        """The files of the loggers that `EmbeddedKafkaOptions.loggers` asks for, by logger name."""
        node = self._running_node()
        return {name: node.logger_file(name) for name in node.loggers}

    def client(self, user: str | None = None) -> ClientSettings:
        """Return how `user` connects, for each client library; None = the super user, or nobody on PLAINTEXT.

        Raises:
            KeyError: the broker has no such user.
        """
        return ClientSettings.of(self.bootstrap_servers, self.options.security, user)

    def start(self) -> Self:
        """Fetch what is missing, start the broker and return when it answers.

        Raises:
            EmbeddedKafkaUnavailable: it cannot be had; the message says what was tried and what else to do.
            JarRefused: a jar is not the one that the lock names.
        """
        if os.name != "posix":
            msg = f"the embedded Kafka runs on Linux and macOS only, this is {os.name}; {WAYS_OUT}"
            raise EmbeddedKafkaUnavailable(msg)
        runtime = runtime_of(self.options)
        for attempt in range(_PORT_ATTEMPTS):
            try:
                self._start_node(runtime)
            except PortTaken:
                self.close()
                if attempt == _PORT_ATTEMPTS - 1:
                    raise
            except BaseException:
                self.close()
                raise
            else:
                break
        return self

    def close(self) -> None:
        """End the broker and remove its folder. May be called more than once."""
        node, self._node = self._node, None
        if node is not None:
            node.close()

    def stop_broker(self) -> None:
        """Stop the broker in good order, as an operator would; `start_broker` brings it back with its data."""
        self._running_node().stop_broker(self._deadline_s())

    def start_broker(self) -> None:
        """Start a stopped broker again, on the same ports.

        Raises:
            EmbeddedKafkaUnavailable: it did not come up; another process may have taken a port meanwhile.
        """
        self._running_node().start_broker(self._deadline_s())

    def __enter__(self) -> Self:
        """Start the broker."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the broker."""
        self.close()

    def _start_node(self, runtime: JavaRuntime) -> None:
        options, deadline_s = self.options, self._deadline_s()
        self._node = node = Node(loggers=options.loggers)
        logs_dir = (options.keep_logs_dir or node.node_dir / "data").absolute()
        self._cluster_id = formatted_cluster_id(logs_dir) or new_cluster_id()
        with reserved_ports() as ports:
            node.write_files(broker_properties(ports, logs_dir, options.security, options.broker_properties))
            keeps_logs = options.keep_logs_dir is not None
            node.format(runtime, self._cluster_id, deadline_s, stop_gracefully=keeps_logs)
            self._port = ports.client
        node.start_broker(deadline_s)
        answered = answering_cluster_id(self.client())
        if answered != self._cluster_id:
            msg = f"{self.bootstrap_servers} is answered by cluster {answered}, not by the one just started"
            raise EmbeddedKafkaUnavailable(msg)

    def _running_node(self) -> Node:
        if self._node is None:
            msg = "the embedded Kafka is not running; use it as a context manager or call start()"
            raise EmbeddedKafkaUnavailable(msg)
        return self._node

    def _deadline_s(self) -> float:
        return time.monotonic() + self.options.start_timeout_s
