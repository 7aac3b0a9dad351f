"""What is asked over HTTP, what counts as an answer, and how the doctor judges a page."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typing_extensions import override

from flowaudit.sources.bounded_http import HttpLimits, NoAddress, NoAnswer, ask, basic_authentication, http_place
from flowaudit.sources.broker_metrics.pages import fetch_page
from flowaudit.sources.rights import Credentials, check_page

LIMITS = HttpLimits(timeout_s=2.0, most_bytes=1_000)


class _Handler(BaseHTTPRequestHandler):
    """Answers with what was asked, and badly where the path says so."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        status = {"/refused": 401, "/gone": 404, "/moved": 302}.get(path, 200)
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        if path == "/endless":
            self.wfile.write(b"x" * 2_000)
        elif path == "/slow":
            for _ in range(40):
                self.wfile.write(b"x")
                time.sleep(0.1)
        else:
            self.wfile.write(f"{self.path} {self.headers.get('Authorization', '-')}".encode())

    @override
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("base", "path", "asked"),
    [("", "/a", "/a"), ("/base/", "/a?b=c", "/base/a?b=c"), ("", "", "/"), ("", "?b=c", "/?b=c"), ("/p?q", "", "/p")],
)
def test_a_question_goes_below_the_place(url: str, base: str, path: str, asked: str) -> None:
    assert ask(http_place(url + base), path, {}, LIMITS).body.decode() == f"{asked} -"


def test_credentials_travel_only_as_a_header(url: str) -> None:
    place = http_place(url.replace("://", "://auditor:hunter2@"))
    assert "hunter2" not in repr(place)
    assert ask(place, "/a", {}, LIMITS).body == b"/a -"
    assert ask(place, "/a", basic_authentication("u", "p"), LIMITS).body == b"/a Basic dTpw"
    assert basic_authentication("", "p") == {}


@pytest.mark.parametrize("bad", ["", "ftp://h", "http://:8083", "http://h:99999", "h:8083", "http://h:port"])
def test_what_is_no_address_is_refused_without_being_quoted(bad: str) -> None:
    with pytest.raises(NoAddress) as refused:
        http_place(bad)
    assert not bad or bad not in str(refused.value)


@pytest.mark.parametrize(("path", "reason"), [("/endless", "more than 1000 bytes"), ("/slow", "too slow an answer")])
def test_answers_are_bounded_in_size_and_time(url: str, path: str, reason: str) -> None:
    with pytest.raises(NoAnswer, match=reason):
        ask(http_place(url), path, {}, LIMITS)


def test_redirects_are_not_followed(url: str) -> None:
    assert ask(http_place(url), "/moved", {}, LIMITS).status == 302


def test_a_page_of_metrics_is_asked_for_by_its_whole_address(url: str) -> None:
    assert fetch_page(f"{url}/metrics/?of=topics") == b"/metrics/?of=topics -"
    assert fetch_page(url) == b"/ -"


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/fine", ""),
        ("/judged", "not what it should be"),
        ("/refused", "it refuses the credentials (HTTP 401)"),
        ("/gone", "it answers with HTTP 404; is this the right address?"),
        ("/moved", "it answers with HTTP 302; is this the right address?"),
    ],
)
def test_the_doctor_says_what_is_wrong_with_a_place(url: str, path: str, problem: str) -> None:
    def judge(page: bytes) -> str:
        return "not what it should be" if page.startswith(b"/judged") else ""

    checked = check_page("connect", url.replace("://", "://u:p@"), path, Credentials(), judge)
    assert (checked.place, checked.problem) == (url, problem)


def test_the_doctor_names_a_place_that_does_not_answer() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.server_close()
    checked = check_page("connect", f"http://127.0.0.1:{server.server_port}", "/", Credentials(), lambda _: "")
    assert checked.problem == "it does not answer (ConnectionRefusedError)"
    nowhere = check_page("connect", "http://", "/", Credentials(), lambda _: "")
    assert nowhere.problem.startswith("it does not answer (an entry is no http://")
