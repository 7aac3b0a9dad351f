"""Fetching Kafka's jars from a Maven repository: a local one that serves the cached jars, and one that is not there."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typing_extensions import override

from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions, EmbeddedKafkaUnavailable, JarRefused
from flowaudit.embedded.fetch import locked_class_path, user_cache_dir
from flowaudit.embedded.jars import KafkaLock, load_lock
from flowaudit.errors import ExitCode

pytestmark = pytest.mark.kafka

_FETCH = """
import sys
from pathlib import Path
from flowaudit.embedded.fetch import locked_class_path
from flowaudit.embedded.jars import load_lock
print(len(locked_class_path(load_lock(), Path(sys.argv[1]), [sys.argv[2]])))
"""


@dataclass
class Repository:
    """A Maven repository on a loopback port; `spoiled` file names are delivered with one byte changed."""

    url: str = ""
    served: list[str] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)


@pytest.fixture
def repository() -> Iterator[Repository]:
    lock = load_lock()
    cached = dict(zip(lock.jars, locked_class_path(lock, user_cache_dir(), ()), strict=True))
    files = {
        f"/{jar.group.replace('.', '/')}/{jar.artifact}/{jar.version}/{jar.artifact}-{jar.version}.jar": path
        for jar, path in cached.items()
    }
    told = Repository()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = files.get(self.path)
            if path is None:
                self.send_error(404)
                return
            name = self.path.rpartition("/")[2]
            told.served.append(name)
            content = path.read_bytes()
            if name in told.spoiled:
                content = bytes([content[0] ^ 1]) + content[1:]
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        @override
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def test_two_first_starts_at_once_fetch_each_jar_once(repository: Repository, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _FETCH, str(tmp_path), repository.url]
    pair = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=120) for process in pair]
    expected = len(load_lock().jars)
    assert [out.strip() for out, _ in told] == [str(expected)] * 2
    assert sorted(repository.served) == sorted(set(repository.served))
    assert sorted("fetched Apache Kafka" in err for _, err in told) == [False, True]


def test_a_wrong_delivery_never_enters_the_cache(repository: Repository, tmp_path: Path) -> None:
    lock = load_lock()
    few = KafkaLock(lock.kafka_version, lock.jars[:3])
    repository.spoiled.add(f"{few.jars[1].artifact}-{few.jars[1].version}.jar")
    with pytest.raises(JarRefused, match="delivered something else"):
        locked_class_path(few, tmp_path, [repository.url])
    assert not list(tmp_path.rglob(few.jars[1].file_name))
    assert not list(tmp_path.rglob("stage-*"))
    repository.spoiled.clear()
    assert all(path.is_file() for path in locked_class_path(few, tmp_path, [repository.url]))


def test_a_repository_without_the_file_is_named_without_its_password(repository: Repository, tmp_path: Path) -> None:
    url = repository.url.replace("http://", "http://someone:secret@") + "/elsewhere"
    with pytest.raises(EmbeddedKafkaUnavailable, match="it answers, but not with the file") as unavailable:
        locked_class_path(load_lock(), tmp_path, [url])
    assert f"{repository.url}/elsewhere" in str(unavailable.value)
    assert "secret" not in str(unavailable.value)


def test_without_a_repository_the_error_is_one_line_that_names_the_ways_out(tmp_path: Path) -> None:
    options = EmbeddedKafkaOptions(cache_dir=tmp_path, maven_repositories=("http://127.0.0.1:1/maven",))
    began_s = time.monotonic()
    with pytest.raises(EmbeddedKafkaUnavailable) as unavailable:
        EmbeddedKafka(options).start()
    message = str(unavailable.value)
    assert "\n" not in message
    for told in ("http://127.0.0.1:1/maven", "ConnectionError", "--bootstrap-servers", "FLOWAUDIT_KAFKA_HOME"):
        assert told in message
    assert unavailable.value.exit_code is ExitCode.UNREACHABLE
    assert unavailable.value.__suppress_context__
    assert time.monotonic() - began_s < 15.0
