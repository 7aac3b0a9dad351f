"""The web server: a thread beside the audit, started and stopped by the composition root."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import uvicorn
from prometheus_client import CollectorRegistry

from flowaudit import __version__
from flowaudit.errors import UsageError
from flowaudit.metrics.collector import StateCollector, registry_of
from flowaudit.metrics.state import ServiceState
from flowaudit.web.app import LOOPBACK_NAMES, build_app

_START_TIMEOUT_S = 10
_STOP_TIMEOUT_S = 10


class WebUnavailable(UsageError):
    """The configured address cannot be listened on."""


class WebServer:
    """Serves `state` over HTTP between `start` and `stop` (or as a context manager).

    `port` 0 takes a free one; `url` says which. `allowed_hosts` are added to localhost and `host`.
    """

    def __init__(
        self,
        state: Callable[[], ServiceState],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allowed_hosts: tuple[str, ...] = (),
        max_series: int = 2_000,
        kafka_cluster: str | None = None,
    ) -> None:
        collector = StateCollector(state, version=__version__, max_series=max_series, kafka_cluster=kafka_cluster)
        self._host = host
        self._port = port
        self._server = _server(state, registry_of(collector), (*LOOPBACK_NAMES, _host_header(host), *allowed_hosts))
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:9732`, without a slash at the end. Known once started."""
        if self._socket is None:
            msg = "the web server is not started, so it has no address yet"
            raise RuntimeError(msg)
        return f"http://{_host_header(self._host)}:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        """Listen and answer.

        Raises:
            WebUnavailable: the address is in use, or not one of this machine's.
        """
        self._socket = _listen(self._host, self._port)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="flowaudit-web", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self.stop()
                msg = f"the web server on {self._host}:{self._port} did not start"
                raise WebUnavailable(msg)
            time.sleep(0.005)

    def stop(self) -> None:
        """Answer what was asked, then close. May be called at any time, more than once."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_STOP_TIMEOUT_S)
        if self._socket is not None:
            self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _server(
    state: Callable[[], ServiceState], registry: CollectorRegistry, allowed_hosts: tuple[str, ...]
) -> uvicorn.Server:
    app = build_app(state, registry, version=__version__, allowed_hosts=allowed_hosts)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=2,
            limit_concurrency=64,
            h11_max_incomplete_event_size=16 * 1024,
        )
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        reason = error.strerror or "the name is not known"
        msg = f"cannot listen on {host}:{port}: {reason}; set web.port to a free port, or to 0 for any"
        raise WebUnavailable(msg) from error
    listener.listen(128)
    return listener


def _host_header(host: str) -> str:
    return f"[{host}]" if ":" in host else host
