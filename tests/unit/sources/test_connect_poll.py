"""The connect source against workers that the test scripts: several clusters, hostile answers, moves and ends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from flowaudit.errors import SourceUnreachable, UsageError
from flowaudit.facts import ConnectorSeen, External, Fact, NotVisible
from flowaudit.sources.bounded_http import HttpLimits
from flowaudit.sources.connect import ConnectSource, Credentials
from flowaudit.sources.connect.decode import Listed, decode_listing
from flowaudit.sources.connect.rest import WorkerClient, WorkerUnreachable
from flowaudit.sources.connect.touched import TouchedMemory
from flowaudit.sources.connect.worker_groups import WorkerGroups, WorkerUndecodable, worker_address

CLUSTER = "city-cluster"
LIMITS = HttpLimits(timeout_s=0.5, most_bytes=100_000)


class ScriptedWorker:
    """A worker that answers what the test tells it to, over HTTP."""

    def __init__(self) -> None:
        self.connectors: dict[str, dict[str, str]] = {}
        self.touched: dict[str, list[str]] = {}
        self.cluster_id = CLUSTER
        self.worker_id = ""
        self.url = ""
        self.asked: list[str] = []
        self.authorization: list[str | None] = []
        self.overrides: dict[str, tuple[int, bytes, Mapping[str, str]]] = {}
        self.drip_s = 0.0

    def answer(self, path: str) -> tuple[int, bytes, Mapping[str, str]]:
        self.asked.append(path)
        for start, answer in self.overrides.items():
            if path.startswith(start):
                return answer
        return 200, json.dumps(self._document(path)).encode(), {}

    def _document(self, path: str) -> object:
        if path == "/":
            return {"version": "4.3.1", "commit": "x", "kafka_cluster_id": self.cluster_id}
        if path.startswith("/connectors?"):
            return {name: self._expanded(config) for name, config in self.connectors.items()}
        name, _, question = path.removeprefix("/connectors/").partition("/")
        return {name: {"topics": self.touched.get(name, [])}} if question == "topics" else {"offsets": []}

    def _expanded(self, config: Mapping[str, str]) -> object:
        task = {"state": "RUNNING", "worker_id": self.worker_id}
        kind = "source" if "Source" in config["connector.class"] else "sink"
        info = {"config": config, "type": kind, "tasks": []}
        return {"info": info, "status": {"connector": task, "tasks": [task]}}


@contextmanager
def serving() -> Iterator[ScriptedWorker]:
    worker = ScriptedWorker()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            worker.authorization.append(self.headers["Authorization"])
            status, body, headers = worker.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            for at in range(0, len(body), 100 if worker.drip_s else len(body) or 1):
                self.wfile.write(body[at : at + 100] if worker.drip_s else body)
                time.sleep(worker.drip_s)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

        @override
        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return  # the client had enough

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    worker.worker_id = f"127.0.0.1:{server.server_address[1]}"
    worker.url = f"http://{worker.worker_id}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield worker
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def worker() -> Iterator[ScriptedWorker]:
    with serving() as one:
        yield one


@pytest.fixture
def other() -> Iterator[ScriptedWorker]:
    with serving() as one:
        yield one


def source(
    *urls: str, credentials: Credentials | None = None, worker_groups: WorkerGroups | None = None
) -> ConnectSource:
    return ConnectSource(urls, credentials, cluster_id=CLUSTER, worker_groups=worker_groups, limits=LIMITS)


def names(facts: list[Fact]) -> set[str]:
    return {fact.connector for fact in facts if isinstance(fact, ConnectorSeen)}


def reasons(facts: list[Fact]) -> dict[str, str]:
    return {fact.name: fact.reason for fact in facts if isinstance(fact, NotVisible)}


def test_two_workers_of_one_cluster_are_asked_once(worker: ScriptedWorker, other: ScriptedWorker) -> None:
    worker.connectors = other.connectors = {"a": {"connector.class": "MockSink", "topics": "t"}}
    worker.worker_id = other.worker_id
    facts = source(worker.url, other.url).poll(1_000)
    assert names(facts) == {"a"}
    assert other.asked == []


def test_a_worker_under_another_name_tells_no_connector_twice(worker: ScriptedWorker, other: ScriptedWorker) -> None:
    worker.connectors = other.connectors = {"a": {"connector.class": "MockSink", "topics": "t"}}
    worker.worker_id = other.worker_id = "connect-1.internal:8083"
    facts = source(worker.url, other.url).poll(1_000)
    assert len(facts) == 1


def test_clusters_of_their_own_are_all_asked(worker: ScriptedWorker, other: ScriptedWorker) -> None:
    worker.connectors = {"a": {"connector.class": "MockSink", "topics": "t"}}
    other.connectors = {"b": {"connector.class": "MockSink", "topics": "t"}}
    assert names(source(worker.url, other.url).poll(1_000)) == {"a", "b"}


def test_connectors_that_share_a_name_are_both_told_and_said_to_share_it(
    worker: ScriptedWorker, other: ScriptedWorker
) -> None:
    worker.connectors = {"a": {"connector.class": "MockSink", "topics": "t"}}
    other.connectors = {"a": {"connector.class": "MockSink", "topics": "u"}}
    facts = source(worker.url, other.url).poll(1_000)
    assert {fact.promised for fact in facts if isinstance(fact, ConnectorSeen)} == {("t",), ("u",)}
    assert reasons(facts) == {"a": "name-used-twice"}


def test_a_worker_that_died_is_no_loss_while_another_of_its_group_answers(worker: ScriptedWorker) -> None:
    with serving() as dying:
        worker.connectors = dying.connectors = {"a": {"connector.class": "MockSink", "topics": "t"}}
        groups = {dying.worker_id: "connect", worker.worker_id: "connect"}
        asking = source(dying.url, worker.url, worker_groups=lambda: groups)
        [fact] = asking.poll(1_000)
        assert isinstance(fact, ConnectorSeen)
        assert fact.workers_group == "connect"
    del groups[dying.worker_id]
    assert reasons(asking.poll(120_000)) == {}


def test_a_dead_worker_of_a_cluster_that_nobody_else_speaks_for_is_named(worker: ScriptedWorker) -> None:
    with serving() as gone:
        url = gone.url
    assert reasons(source(url, worker.url).poll(1_000)) == {url: "worker-unreachable"}


def test_when_no_worker_answers_at_all_the_source_is_unreachable() -> None:
    with serving() as gone:
        url = gone.url
    with pytest.raises(SourceUnreachable, match=r"no Kafka Connect worker answers \(1 tried\)"):
        source(url).poll(1_000)


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        ("/", (401, b"", {}), "no-connect-right"),
        ("/", (403, b"{}", {}), "no-connect-right"),
        ("/connectors", (401, b"", {}), "no-connect-right"),
        ("/", (200, b"<html>hello</html>", {}), "no-connect-worker"),
        ("/", (200, b"{}", {}), "no-connect-worker"),
        ("/connectors", (404, b'{"error_code": 404, "message": "secret"}', {}), "no-connect-worker"),
        ("/connectors", (200, b"[" * 50_000, {}), "no-connect-worker"),
        ("/", (200, b'{"kafka_cluster_id": "elsewhere"}', {}), "other-kafka-cluster"),
    ],
)
def test_a_worker_that_does_not_list_its_connectors_is_named_with_the_reason(
    worker: ScriptedWorker, path: str, answer: tuple[int, bytes, Mapping[str, str]], reason: str
) -> None:
    worker.overrides = {path: answer}
    facts = source(worker.url).poll(1_000)
    assert reasons(facts) == {worker.url: reason}


def test_a_redirect_is_not_followed_and_no_credential_goes_along(worker: ScriptedWorker, other: ScriptedWorker) -> None:
    worker.overrides = {"/": (307, b"", {"Location": f"{other.url}/"})}
    with pytest.raises(SourceUnreachable):
        source(worker.url, credentials=Credentials("auditor", "secret")).poll(1_000)
    assert other.asked == []
    assert worker.authorization == ["Basic YXVkaXRvcjpzZWNyZXQ="]


def test_a_worker_that_is_busy_sharing_out_is_asked_again_next_time(worker: ScriptedWorker) -> None:
    worker.connectors = {"a": {"connector.class": "MockSink", "topics": "t"}}
    worker.overrides = {"/connectors": (409, b"", {})}
    asking = source(worker.url)
    with pytest.raises(SourceUnreachable):
        asking.poll(1_000)
    worker.overrides = {}
    assert names(asking.poll(2_000)) == {"a"}


def test_an_answer_without_end_is_cut_off(worker: ScriptedWorker) -> None:
    worker.overrides = {"/": (200, b"x" * 200_000, {})}
    with pytest.raises(WorkerUnreachable, match="more than 100000 bytes"):
        WorkerClient(worker.url, Credentials(), limits=LIMITS).get("/")


def test_an_answer_that_drips_is_cut_off(worker: ScriptedWorker) -> None:
    worker.overrides = {"/": (200, b"x" * 5_000, {})}
    worker.drip_s = 0.1
    started_s = time.monotonic()
    with pytest.raises(WorkerUnreachable, match="too slow"):
        WorkerClient(worker.url, Credentials(), limits=LIMITS).get("/")
    assert time.monotonic() - started_s < 3


def test_no_error_and_no_fact_shows_credentials(worker: ScriptedWorker) -> None:
    url = worker.url.replace("http://", "http://auditor:hunter2@") + "?token=hunter2"
    client = WorkerClient(url, Credentials("auditor", "hunter2"), limits=LIMITS)
    assert client.url == worker.url
    worker.overrides = {"/": (302, b"hunter2", {"Location": url})}
    with pytest.raises(WorkerUnreachable) as caught:
        client.get("/")
    assert "hunter2" not in repr((caught.value, client, Credentials("auditor", "hunter2")))


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://x:99999", "http://x:port", "x:8083"])
def test_what_is_no_address_of_a_worker_is_a_mistake_of_the_user(url: str) -> None:
    with pytest.raises(UsageError, match=r"connect\.urls"):
        ConnectSource([url])


def test_a_ca_file_that_is_none_is_a_mistake_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(UsageError, match=r"connect\.ssl_ca_file"):
        ConnectSource(["https://x"], ca_file=tmp_path / "ca.pem")


def test_topics_that_a_connector_touches_later_are_news(worker: ScriptedWorker) -> None:
    worker.connectors = {"a": {"connector.class": "MockSink", "topics": "t"}}
    asking = source(worker.url)
    assert len(asking.poll(1_000)) == 1
    assert asking.poll(2_000) == []
    worker.touched = {"a": ["t"]}
    [fact] = asking.poll(3_000)
    assert isinstance(fact, ConnectorSeen)
    assert fact.topics == ("t",)


def test_workers_without_topic_lists_are_said_to_have_none(worker: ScriptedWorker) -> None:
    worker.connectors = {"a": {"connector.class": "MockSink", "topics": "t"}}
    worker.overrides = {"/connectors/a/topics": (403, b'{"message": "Topic tracking is disabled."}', {})}
    assert reasons(source(worker.url).poll(1_000)) == {worker.url: "topic-tracking-off"}


def test_workers_before_kip_875_are_asked_no_less(worker: ScriptedWorker) -> None:
    worker.connectors = {"a": {"connector.class": "MockSink", "topics": "t"}}
    worker.touched = {"a": ["t"]}
    worker.overrides = {"/connectors/a/offsets": (404, b'{"message": "HTTP 404 Not Found"}', {})}
    [fact] = source(worker.url).poll(1_000)
    assert isinstance(fact, ConnectorSeen)
    assert fact.topics == ("t",)


def test_the_offsets_of_a_source_are_asked_for_only_where_they_tell_something_and_create_nothing(
    worker: ScriptedWorker,
) -> None:
    hidden = {"connector.class": "FileStreamSource", "topic": "t", "file": "${file:/run/feed:path}"}
    worker.connectors = {
        "known": {**hidden, "file": "/in.txt"},
        "hidden": hidden,
        "apart": {**hidden, "offsets.storage.topic": "offsets-of-its-own"},
        "other": {"connector.class": "JdbcSourceConnector", "topic.prefix": "t"},
    }
    offsets = {"offsets": [{"partition": {"filename": "/in.txt"}, "offset": {"position": 1}}]}
    worker.overrides = {"/connectors/hidden/offsets": (200, json.dumps(offsets).encode(), {})}
    facts = source(worker.url).poll(1_000)
    assert [path for path in worker.asked if path.endswith("/offsets")] == ["/connectors/hidden/offsets"]
    named = {fact.connector: fact.externals for fact in facts if isinstance(fact, ConnectorSeen)}
    assert named["hidden"] == (External("file", "/in.txt"),)
    assert ("hidden", "external-unknown") not in reasons(facts).items()


def test_a_connectors_name_is_quoted_in_questions_and_references(worker: ScriptedWorker) -> None:
    worker.connectors = {"../a b?c#d": {"connector.class": "MockSink", "topics": "t"}}
    [fact] = source(worker.url).poll(1_000)
    assert "/connectors/..%2Fa%20b%3Fc%23d/topics" in worker.asked
    assert fact.provenance.reference == f"GET {worker.url}/connectors/..%2Fa%20b%3Fc%23d"


def test_a_thousand_connectors_are_gone_through_in_rounds(worker: ScriptedWorker) -> None:
    config = {"connector.class": "MockSink", "topics": "t"}
    worker.connectors = {f"c{number}": config for number in range(7)}
    memory = TouchedMemory(connectors_a_round=3)
    listing = sinks_of(worker)
    rounds = []
    for _ in range(3):
        worker.asked.clear()
        memory.refresh(WorkerClient(worker.url, Credentials(), limits=LIMITS), listing)
        rounds.append({path.split("/")[2] for path in worker.asked})
    assert [len(some) for some in rounds] == [3, 3, 3]
    assert set().union(*rounds) == set(worker.connectors)


def test_a_connector_about_which_a_worker_fails_keeps_no_other_from_its_turn(worker: ScriptedWorker) -> None:
    config = {"connector.class": "MockSink", "topics": "t"}
    worker.connectors = {"a": config, "b": config}
    worker.touched = {"a": ["t"], "b": ["t"]}
    memory = TouchedMemory(connectors_a_round=1)
    client = WorkerClient(worker.url, Credentials(), limits=LIMITS)
    memory.refresh(client, sinks_of(worker))
    worker.overrides = {"/connectors/a/": (500, b"", {})}
    for _ in range(3):
        memory.refresh(client, sinks_of(worker))
    assert (memory.of("a").topics, memory.of("b").topics) == (("t",), ("t",))


def test_a_connector_that_is_gone_is_told_again_when_it_comes_back(worker: ScriptedWorker) -> None:
    config = {"connector.class": "MockSink", "topics": "t"}
    worker.connectors = {"a": config}
    asking = source(worker.url)
    assert names(asking.poll(1_000)) == {"a"}
    worker.connectors = {}
    assert asking.poll(2_000) == []
    worker.connectors = {"a": config}
    assert names(asking.poll(3_000)) == {"a"}


def test_several_clusters_fail_one_by_one_and_hide_no_other() -> None:
    with ExitStack() as stack:
        workers = [stack.enter_context(serving()) for _ in range(4)]
        for number, one in enumerate(workers):
            one.connectors = {f"c{number}": {"connector.class": "MockSink", "topics": "t"}}
        workers[1].overrides = {"/": (500, b"", {})}
        workers[2].cluster_id = "elsewhere"
        facts = source(*(one.url for one in workers)).poll(1_000)
        assert names(facts) == {"c0", "c3"}
        assert reasons(facts) == {workers[1].url: "worker-unreachable", workers[2].url: "other-kafka-cluster"}


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x02", b"\x00\x02\x00\x17http://", b"\x00\x02\x00\x04none", b"\x00\x02\xff\xff"]
)
def test_bytes_that_are_no_workers_subscription_are_refused(data: bytes) -> None:
    with pytest.raises(WorkerUndecodable):
        worker_address(data)


def test_a_workers_subscription_names_its_address() -> None:
    real = bytes.fromhex("00020017") + b"http://127.0.0.1:28083/" + bytes.fromhex("000000000000000f00000000")
    assert worker_address(real) == "127.0.0.1:28083"


def sinks_of(worker: ScriptedWorker) -> tuple[Listed, ...]:
    return decode_listing(worker.answer("/connectors?")[1]).connectors
