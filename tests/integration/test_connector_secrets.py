"""A thousand secrets in the connectors of a real Connect worker: nothing that flowaudit gives out holds one."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from typing_extensions import override

from flowaudit.embedded import EmbeddedKafka
from flowaudit.embedded.prepare import prepare
from tests.e2e.commands import Service, eventually, flowaudit, write_config
from tests.estate.connect import ConnectWorker
from tests.estate.java_clients import NoJavaCompiler
from tests.integration.planted_worker import configs_of, planted_worker
from tests.integration.secret_search import found_in
from tests.unit.sources.connector_secrets import Planted, planted

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

TOPIC = "locks.events"
FORMATS = ("json", "graphml", "gexf", "mermaid", "dot", "csv")
PAGES = ("/", "/metrics", "/healthz", "/readyz")
AT_ONCE = 4
PLANTS = planted(1_000)
SECRETS = [plant.secrets[0] for plant in PLANTS]
CONFIGS = configs_of(PLANTS)
QUOTED_IN_TRACES = {
    "a dead-letter topic that is none",
    "a file that is an address",
    "a file with a signature",
    "a topic that is none",
}
"""Places whose connectors fail: the worker's status quotes the secret."""


class HeardService(Service):
    """A service whose stdout is kept too."""

    stdout = ""

    @override
    def _end(self, within_s: float = 30) -> int:
        assert self._process.stdout
        self.stdout = self._process.stdout.read()
        return super()._end(within_s)


@dataclass(frozen=True)
class Audit:
    """What the worker holds, and what a user got out of auditing it."""

    listing: Mapping[str, Any]
    """The worker's own word: configuration and status of each connector."""
    given_out: Mapping[str, bytes]
    """Place → what stands there: outputs, pages, files."""

    @property
    def graphs(self) -> dict[str, dict[str, Any]]:
        """Every graph document among what was given out."""
        said = {place: data for place, data in self.given_out.items() if place.endswith("stdout")}
        names = [place for place in said if "--output -" in place or (place.startswith("export") and "json:" in place)]
        assert len(names) == 3
        return {name: json.loads(said[name]) for name in names}

    def quoting(self, plant_name: str) -> str:
        """The traces in a connector's status."""
        status = self.listing[plant_name]["status"]
        return "\n".join(part.get("trace", "") for part in (status["connector"], *status["tasks"]))


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audit]:
    prepare()
    with EmbeddedKafka() as kafka:
        write_events(kafka.bootstrap_servers)
        try:
            with planted_worker(kafka.bootstrap_servers, tmp_path_factory.mktemp("connect"), CONFIGS) as worker:
                eventually(lambda: is_up(worker), 30, "every connector has a task, and some have failed")
                given_out = use(kafka.bootstrap_servers, worker.url, tmp_path_factory.mktemp("audit"))
                yield Audit(listing_of(worker), given_out)
        except NoJavaCompiler as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(error))


def write_events(bootstrap_servers: str) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap_servers)
    for _ in range(10):
        producer.send(TOPIC, b"opened")
    producer.close()


def listing_of(worker: ConnectWorker) -> dict[str, Any]:
    listing: dict[str, Any] = worker.ask("GET", "/connectors?expand=info&expand=status")[1]
    return listing


def is_up(worker: ConnectWorker) -> bool:
    status = {name: each["status"] for name, each in listing_of(worker).items()}
    failed = {name for name, each in status.items() if any(task["state"] == "FAILED" for task in each["tasks"])}
    expected = {plant.name for plant in PLANTS if plant.place in QUOTED_IN_TRACES and plant.name in CONFIGS}
    return status.keys() == CONFIGS.keys() and all(each["tasks"] for each in status.values()) and expected <= failed


def use(bootstrap_servers: str, worker_url: str, folder: Path) -> dict[str, bytes]:
    """Do all that a user can do, and collect what comes of it."""
    settings = f"connect:\n  urls: ['{worker_url}']\n  interval_s: 1\n"
    config = str(write_config(folder, bootstrap_servers, extra=settings))
    heard: dict[str, bytes] = {}
    with HeardService(Path(config)) as service:
        heard |= say_all(
            folder,
            ("snapshot", "--config", config, "--duration", "6", "--output", "-"),
            ("snapshot", "--config", config, "--duration", "6"),
            ("doctor", "--config", config),
            ("doctor", "--config", config, "--format", "json"),
        )
        eventually(lambda: has_all_connectors(service.metrics()), 30, "the connectors are in the service's graph")
        heard |= {page: page_of(service, page) for page in PAGES}
        heard |= files_below(folder, "while it runs")
        assert service.stop() == 0
        heard |= {"run stdout": service.stdout.encode(), "run stderr": service.stderr.encode()}
    for source in (("--state", "state"), ("graph.json",)):
        shown = [("show", *source, "--format", form) for form in ("text", "json")]
        heard |= say_all(folder, *shown, *(("export", *source, "--format", form) for form in FORMATS))
    return heard | files_below(folder, "afterwards")


def say_all(folder: Path, *commands: tuple[str, ...]) -> dict[str, bytes]:
    """Give the commands side by side; returns what they say."""
    heard: dict[str, bytes] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for said in pool.map(lambda command: say(folder, *command), commands):
            heard |= said
    return heard


def say(folder: Path, command: str, *arguments: str) -> dict[str, bytes]:
    done = flowaudit(command, *arguments, cwd=folder)
    # The doctor ends with 1 when it has something to say.
    assert done.returncode in ({0, 1} if command == "doctor" else {0}), done.stderr
    line = " ".join((command, *arguments))
    return {f"{line}: stdout": done.stdout.encode(), f"{line}: stderr": done.stderr.encode()}


def has_all_connectors(page: str) -> bool:
    return all(f'"connector:{name}"' in page for name in CONFIGS)


def page_of(service: Service, path: str) -> bytes:
    with urllib.request.urlopen(service.url() + path, timeout=10) as answer:
        page: bytes = answer.read()
    return page


def files_below(folder: Path, when: str) -> dict[str, bytes]:
    """Each file with its name, which is searched too."""
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return {f"{path} {when}": str(path).encode() + b"\n" + (folder / path).read_bytes() for path in paths}


def test_the_worker_holds_every_secret(audit: Audit) -> None:
    values = "\n".join(value for each in audit.listing.values() for value in each["info"]["config"].values())
    assert len(set(SECRETS)) == 1_000
    assert [plant.place for plant in PLANTS if not any(secret in values for secret in plant.secrets)] == []


def test_the_worker_quotes_secrets_in_the_traces_of_connectors_that_failed(audit: Audit) -> None:
    hosts = [plant for plant in PLANTS if plant.name in CONFIGS]
    assert {plant.place for plant in hosts if plant.secrets[0] in audit.quoting(plant.name)} == QUOTED_IN_TRACES


def test_every_connector_is_in_every_graph_and_its_data_flow_too(audit: Audit) -> None:
    readers = {f"connector:{plant.name}" for plant in PLANTS if plant.name in CONFIGS and reads(plant)}
    assert len(readers) > 30
    for place, graph in audit.graphs.items():
        nodes = {node["id"] for node in graph["nodes"]}
        assert {f"connector:{name}" for name in CONFIGS} <= nodes, place
        edges = {edge["target"] for edge in graph["edges"] if edge["source"] == f"topic:{TOPIC}"}
        assert readers - edges == set(), place


def reads(plant: Planted) -> bool:
    return plant.direction == "sink" and plant.config["topics"] == TOPIC


def test_the_ledger_was_searched_as_it_stood_in_its_log_and_in_its_file(audit: Audit) -> None:
    assert b"planted-1" in audit.given_out["state/ledger.sqlite-wal while it runs"]
    assert b"planted-1" in audit.given_out["state/ledger.sqlite afterwards"]


def test_systems_are_named_without_the_credentials_that_stand_beside_them(audit: Audit) -> None:
    for place, graph in audit.graphs.items():
        ends = " ".join(node["id"] for node in graph["nodes"])
        assert "mysql://db.example.org:3306" in ends, place
        assert "mongodb://db.example.org:27017" in ends, place


def test_no_secret_is_in_any_output_page_or_file(audit: Audit) -> None:
    assert found_in(audit.given_out, SECRETS) == []


def test_the_search_itself_finds_what_is_there() -> None:
    secret = SECRETS[0]
    raw = secret.encode()
    planted_forms = (
        raw,
        raw.upper(),
        raw.hex().upper().encode(),
        base64.b64encode(b"u:" + raw + b"@x"),
        "".join(f"%{byte:02X}" for byte in raw).encode(),
        hashlib.sha256(raw).hexdigest().encode(),
        hashlib.sha1(secret.lower().encode(), usedforsecurity=False).hexdigest().encode(),
    )
    for form in planted_forms:
        assert found_in({"somewhere": b"before " + form + b" after"}, SECRETS), form
    assert found_in({"somewhere": b"before and after"}, SECRETS) == []
