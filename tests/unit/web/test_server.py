"""The web server over a real socket on the loopback address."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from flowaudit.metrics.state import ServiceState
from flowaudit.web import WebServer, WebUnavailable
from tests.unit.metrics.samples import running


class Service:
    """A service whose state the test sets."""

    def __init__(self) -> None:
        self.state = running()

    def __call__(self) -> ServiceState:
        return self.state


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def web(service: Service) -> Iterator[WebServer]:
    with WebServer(service, allowed_hosts=("audit.example.org",)) as server:
        yield server


def ask(web: WebServer, path: str, *, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection(web.url.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


def test_metrics_are_served_where_prometheus_looks_without_a_redirect(web: WebServer) -> None:
    status, headers, body = ask(web, "/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'flowaudit_graph_edge_info{id="' in body


def test_openmetrics_is_served_when_asked_for(web: WebServer) -> None:
    _, headers, body = ask(web, "/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert headers["Content-Type"].startswith("application/openmetrics-text")
    assert body.endswith("# EOF\n")
    assert "_created" not in body


def test_health_is_about_the_process_and_readiness_about_the_first_graph(web: WebServer, service: Service) -> None:
    service.state = ServiceState(up=False)
    assert ask(web, "/healthz")[0] == 200
    assert ask(web, "/readyz")[0] == 503
    service.state = running()
    assert ask(web, "/readyz")[0] == 200


def test_metrics_show_the_state_of_the_moment(web: WebServer, service: Service) -> None:
    service.state = replace(running(), up=False)
    assert 'flowaudit_up{kafka_cluster="cluster-1"} 0.0' in ask(web, "/metrics")[2]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.1:9", "audit.example.org", "[::1]:80"])
def test_known_names_may_call(web: WebServer, host: str) -> None:
    assert ask(web, "/healthz", Host=host)[0] == 200


@pytest.mark.parametrize("host", ["evil.example.com", "localhost.evil.example.com", "audit.example.org.", "", "*"])
@pytest.mark.parametrize("path", ["/", "/metrics", "/healthz"])
def test_any_other_host_header_is_refused(web: WebServer, host: str, path: str) -> None:
    status, _, body = ask(web, path, Host=host)
    assert status == 400
    assert "flowaudit" not in body


@pytest.mark.parametrize("path", ["/", "/metrics", "/healthz", "/readyz", "/no/such/page"])
def test_every_answer_forbids_to_load_frame_guess_or_keep(web: WebServer, path: str) -> None:
    _, headers, _ = ask(web, path)
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed_from_outside(web: WebServer, method: str) -> None:
    assert ask(web, "/metrics", method=method)[0] == 405


def test_the_first_page_tells_what_there_is(web: WebServer, service: Service) -> None:
    assert "9 nodes, 7 edges" in ask(web, "/")[2]
    service.state = ServiceState(up=False)
    assert "not complete yet" in ask(web, "/")[2]


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WebUnavailable, match=rf"cannot listen on 127\.0\.0\.1:{port}: .*in use; set web.port"):
            WebServer(running, port=port).start()


def test_a_host_that_is_not_this_machine_is_one_clear_line() -> None:
    with pytest.raises(WebUnavailable, match=r"cannot listen on 192\.0\.2\.1:0"):
        WebServer(running, host="192.0.2.1").start()
    with pytest.raises(WebUnavailable, match=r"cannot listen on no-such-host\.invalid:0"):
        WebServer(running, host="no-such-host.invalid").start()


def test_stopping_frees_the_port_and_the_thread_and_may_be_done_twice() -> None:
    server = WebServer(running)
    server.start()
    port = int(server.url.rpartition(":")[2])
    server.stop()
    server.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "flowaudit-web"]
    with WebServer(running, port=port) as again:
        assert ask(again, "/healthz")[0] == 200


def test_stopping_before_starting_does_nothing() -> None:
    WebServer(running).stop()


def test_a_client_that_says_nothing_does_not_keep_the_server_from_stopping() -> None:
    server = WebServer(running)
    server.start()
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as silent:
        silent.sendall(b"GET /metrics HTTP/1.1\r\nHost: loc")
        started_s = time.monotonic()
        server.stop()
        assert time.monotonic() - started_s < 8
