"""The schema registry's answers over HTTP, good and bad."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typing_extensions import override

from flowaudit.errors import UsageError
from flowaudit.facts import Channel, Provenance
from flowaudit.sources.headers import RegistryUnreachable, SchemaRegistry
from flowaudit.sources.headers.decode import SchemaSeen
from flowaudit.sources.headers.poll import subject_of

GUID = "0c8a2c5e-3f5b-4a52-9b3e-8d1a6b6c0f11"


class ScriptedRegistry:
    """A registry on a loopback port: path → status and body; everything else is not found."""

    def __init__(self, answers: Mapping[str, tuple[int, bytes]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str | None]] = []
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.asked.append((self.path, self.headers.get("Authorization")))
                status, body = registry.answers.get(self.path, (404, b'{"error_code":40403}'))
                self.send_response(status)
                if status in (301, 302):
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def registry(answers: Mapping[str, object]) -> Iterator[ScriptedRegistry]:
    given = {path: one if isinstance(one, tuple) else (200, json.dumps(one).encode()) for path, one in answers.items()}
    scripted = ScriptedRegistry(given)
    thread = threading.Thread(target=scripted.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield scripted
    finally:
        scripted.server.shutdown()
        scripted.server.server_close()
        thread.join()


def test_an_id_is_asked_for_once() -> None:
    versions = [{"subject": "orders-value", "version": 1}, {"subject": "orders-value", "version": 2}]
    with registry({"/base/schemas/ids/17/versions": versions}) as scripted:
        client = SchemaRegistry(f"{scripted.url}/base/", "kim", "secret")
        assert client.subjects("17") == client.subjects("17") == ("orders-value",)
        assert scripted.asked == [("/base/schemas/ids/17/versions", "Basic a2ltOnNlY3JldA==")]


def test_old_registries_are_asked_by_their_own_path() -> None:
    with registry({"/schemas/ids/17/subjects": ["b", "a"]}) as scripted:
        assert SchemaRegistry(scripted.url).subjects("17") == ("a", "b")


def test_a_guid_is_asked_for_by_its_numbers() -> None:
    answers = {
        f"/schemas/guids/{GUID}/ids": [{"context": ".", "id": 17}, {"id": "../x"}],
        "/schemas/ids/17/versions": [{"subject": "orders-value", "version": 1}],
    }
    with registry(answers) as scripted:
        assert SchemaRegistry(scripted.url).subjects(GUID) == ("orders-value",)


def test_what_the_registry_does_not_know_has_no_subject() -> None:
    with registry({}) as scripted:
        client = SchemaRegistry(scripted.url)
        assert client.subjects("17") == client.subjects(GUID) == client.subjects("17") == ()
        assert len(scripted.paths) == 3


@pytest.mark.parametrize(
    "answer",
    [(401, b""), (500, b"secret"), (302, b""), (200, b"no json"), (200, b"[" * 100_000), (200, b" " * (2 << 20))],
)
def test_an_answer_of_no_use_is_an_error_without_its_text(answer: tuple[int, bytes]) -> None:
    with registry({"/schemas/ids/17/versions": answer}) as scripted:
        client = SchemaRegistry(scripted.url, "kim", "secret")
        with pytest.raises(RegistryUnreachable) as raised:
            client.subjects("17")
        assert "secret" not in str(raised.value)
        assert scripted.paths == ["/schemas/ids/17/versions"], "no redirect is followed"


@pytest.mark.parametrize("answer", [{}, "x", 7, [7, None, [], {"subject": 7}, {"subject": "a\nb"}, "", "x" * 999]])
def test_answers_of_another_shape_name_no_subject(answer: object) -> None:
    with registry({"/schemas/ids/17/versions": answer}) as scripted:
        assert SchemaRegistry(scripted.url).subjects("17") == ()


def test_a_registry_that_is_down_is_an_error() -> None:
    with registry({}) as scripted:
        client = SchemaRegistry(scripted.url)
    with pytest.raises(RegistryUnreachable):
        client.subjects("17")


@pytest.mark.parametrize("url", ["registry:8081", "ftp://registry", "http://", "http://h:99999"])
def test_an_address_that_is_none_is_the_users_mistake(url: str) -> None:
    with pytest.raises(UsageError):
        SchemaRegistry(url)


def test_reports_name_the_registry_without_credentials() -> None:
    assert SchemaRegistry("http://kim:secret@registry:8081/api/?k=secret").url == "http://registry:8081/api"


def test_of_several_subjects_the_one_that_is_named_after_the_topic_is_meant() -> None:
    provenance = Provenance(Channel.HEADERS, 1, "orders-0 @ 1")
    seen = SchemaSeen(provenance, "orders", "value", "17", is_certain=True, may_ask=True)
    assert subject_of(seen, ["org.example.Order"]) == "org.example.Order"
    assert subject_of(seen, ["copy-value", "orders-value"]) == "orders-value"
    assert subject_of(seen, ["copy-value", "other-value"]) == ""
    assert subject_of(seen, []) == ""
