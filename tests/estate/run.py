"""The estate of real clients on one broker: Java, Connect and Python, and what is true of them.

What is true is what the clients say that they did, after they did it; no word of the auditor goes into it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewTopic

from flowaudit.embedded import EmbeddedKafka
from tests.e2e.commands import eventually
from tests.estate.connect import ConnectWorker
from tests.estate.java_clients import JavaClients, Told
from tests.estate.python_clients import PythonTruth, start_python_clients

Edges = Mapping[str, frozenset[tuple[str, str]]]
"""Class of client → edges, as (source, target) by node ids of the graph document."""

SHARE_GROUP: Final = "inspection"
PROGRAMS: Final = (
    "idempotent-producer gate.opened",
    "idempotent-producer gate.opened gate.alarm",
    # A stranger in an application's sink, and in a topic that only looks like a changelog of the group `billing`.
    "idempotent-producer stats.least billing-export-changelog",
    "transactional-producer ledger.booked ledger.cancelled",
    "plain-producer meter.read camera.frame",
    "classic-group billing gate.opened",
    "kip848-group counting gate.opened gate.alarm",
    r"kip848-pattern watching gate\..* 2",
    f"share-group {SHARE_GROUP} meter.read",
    "streams-exactly-once stats-exact gate.opened stats.exact",
    "streams-at-least-once stats-least gate.opened stats.least",
    "streams-protocol stats-protocol gate.opened stats.protocol",
    # Its name begins the names of three other applications' internal topics.
    "streams-named-store stats gate.opened stats.plain",
    "streams-stateless loud gate.opened loud.plain at_least_once",
    "streams-stateless loud-exact gate.opened loud.exact exactly_once_v2",
    "transactional-loop fares gate.opened fares.charged fares.rehearsed",
    "transactional-loop tolls gate.opened tolls.charged tolls.rehearsed",
    "one-second-group night-shift gate.opened",
    "assign-commit archiving meter.read",
    "assign-silent camera.frame",
)
"""Each a line of `tests/estate/java/Main.java`: program, then group, topics it reads, topics it writes."""
TOPICS: Final = (
    "gate.opened", "gate.alarm", "meter.read", "camera.frame", "stats.exact", "stats.least", "stats.protocol",
    "stats.plain", "loud.plain", "loud.exact", "fares.charged", "fares.rehearsed", "tolls.charged", "tolls.rehearsed",
    "ledger.booked", "ledger.cancelled",
    "billing-export-changelog", "calendar.days",
)  # fmt: skip
_CONNECT_GROUP: Final = "estate-connect"
_SOURCE, _SINK, _CONNECT_TOPIC = "calendar-feed", "calendar-archive", "calendar.days"
CONNECTOR_GROUPS: Final = {f"connect-{_SINK}": f"connector:{_SINK}"}
"""Group → the connector that reads by it."""
CONNECT_TOPICS: Final = frozenset(f"topic:{_CONNECT_GROUP}-{what}" for what in ("configs", "offsets", "status"))
"""The worker's own memory."""
_READY_WITHIN_S: Final = 90.0


@dataclass(frozen=True, slots=True)
class Truth:
    """What the estate does, and where to look at it."""

    bootstrap_servers: str
    connect_url: str
    broker_data: Path
    """The folder in which the broker keeps its logs."""
    consumes: Edges
    produces: Edges
    signed: Mapping[str, int]
    """Topic → how many producers that belong to no group write it with a producer id."""
    unsigned: frozenset[str]
    """Topics that somebody writes without a producer id."""
    silent: frozenset[str]
    """Topics with a reader that is in no group and commits nothing."""
    aborted: frozenset[str]
    """Topics of which every transaction was aborted."""


@contextmanager
def running_estate(runs: tuple[Path, ...], directory: Path) -> Iterator[Truth]:
    """A broker with all clients of the estate on it, each of which has done its job; `runs` is the Java class path."""
    with EmbeddedKafka() as kafka, ExitStack() as stack:
        servers = kafka.bootstrap_servers
        _prepare(servers)
        worker = ConnectWorker(servers, directory / "connect", group=_CONNECT_GROUP)
        worker.launch()
        stack.callback(worker.stop)
        java = stack.enter_context(JavaClients(runs, servers, directory / "java", PROGRAMS))
        python = stack.enter_context(start_python_clients(servers, directory))
        _connect(worker.start(), directory)
        java.await_ready(_READY_WITHIN_S)
        yield _truth(kafka, worker.url, java.told, python.truth)


def _prepare(servers: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics([NewTopic(topic, 2, 1) for topic in TOPICS])
    start = {"share.auto.offset.reset": "earliest"}
    admin.alter_configs([ConfigResource(ConfigResourceType.GROUP, SHARE_GROUP, start)])
    admin.close()


def _connect(worker: ConnectWorker, directory: Path) -> None:
    days, archive = directory / "days.txt", directory / "archive.txt"
    days.write_text("monday\ntuesday\nsunday\n", encoding="utf-8")
    file_class = "org.apache.kafka.connect.file.FileStream"
    worker.create(
        _SOURCE, {"connector.class": f"{file_class}SourceConnector", "file": str(days), "topic": _CONNECT_TOPIC}
    )
    worker.create(
        _SINK, {"connector.class": f"{file_class}SinkConnector", "file": str(archive), "topics": _CONNECT_TOPIC}
    )
    eventually(lambda: archive.exists() and "sunday" in archive.read_text(), 30, "the sink has written the feed")


def _truth(kafka: EmbeddedKafka, connect_url: str, java: Iterable[Told], python: PythonTruth) -> Truth:
    told = tuple(java)
    consumes = _edges(told, "consumes", ("topic", "group"))
    produces = _edges(told, "produces", ("group", "topic"))
    consumes |= {name: _ids(edges, ("topic", "group")) for name, edges in python.consumes.items()}
    produces |= {name: _ids(edges, ("group", "topic")) for name, edges in python.produces.items()}
    consumes["Connect sink"] = frozenset({(f"topic:{_CONNECT_TOPIC}", f"connector:{_SINK}")})
    produces["Connect source"] = frozenset({(f"connector:{_SOURCE}", f"topic:{_CONNECT_TOPIC}")})
    return Truth(
        kafka.bootstrap_servers,
        connect_url,
        kafka.node_dir / "data",
        consumes,
        produces,
        Counter(_topics(told, "signs")) + Counter(python.signed_topics),
        frozenset(_topics(told, "unsigned")) | python.unsigned_topics,
        frozenset(_topics(told, "silent")) | python.silent_topics,
        frozenset(_topics(told, "aborted")) | python.aborted_topics,
    )


def _edges(told: Iterable[Told], word: str, kinds: tuple[str, str]) -> dict[str, frozenset[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in told:
        if one.word == word:
            source, target = one.rest
            found[f"Java {one.program}"].add((source, target))
    return {name: _ids(edges, kinds) for name, edges in found.items()}


def _ids(edges: Iterable[tuple[str, str]], kinds: tuple[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((f"{kinds[0]}:{source}", f"{kinds[1]}:{target}") for source, target in edges)


def _topics(told: Iterable[Told], word: str) -> list[str]:
    return [one.rest[0] for one in told if one.word == word]
