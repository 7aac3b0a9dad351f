"""The connect source on real workers: Apache Kafka's own, distributed, with its file connectors."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowaudit.embedded import EmbeddedKafka
from flowaudit.errors import SourceUnreachable
from flowaudit.facts import ConnectorSeen, Direction, External, Fact, NotVisible
from flowaudit.facts.codec import encode_fact
from flowaudit.graph.connect_facts import ConnectFacts, connector_node
from flowaudit.sources.connect import ConnectSource, worker_groups
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession
from tests.estate.connect import ConnectWorker
from tests.unit.sources.connector_secrets import planted

GROUP = "contract-connect"
SOURCE, SINK = "contract-calendar-feed", "contract-calendar-archive"
WRITTEN, READ, DEAD = "contract.calendar.days", "contract.calendar.days", "contract.calendar.dead"


@dataclass(frozen=True)
class City:
    """Two workers of one Connect cluster, with a source and a sink that have moved data."""

    first: ConnectWorker
    second: ConnectWorker
    directory: Path
    kafka: EmbeddedKafka

    @property
    def dead_url(self) -> str:
        """An address at which nobody listens."""
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            return f"http://127.0.0.1:{unused.getsockname()[1]}"


@pytest.fixture(scope="module")
def city(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    directory = tmp_path_factory.mktemp("connect")
    workers = [ConnectWorker(kafka.bootstrap_servers, directory / name, group=GROUP) for name in ("one", "two")]
    with ExitStack() as stack:
        for worker in workers:
            worker.launch()
            stack.callback(worker.stop)
        first, second = (worker.start() for worker in workers)
        (directory / "days.txt").write_text("monday\ntuesday\nsunday\n", encoding="utf-8")
        first.create(
            SOURCE,
            {
                "connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector",
                "file": str(directory / "days.txt"),
                "topic": "raw.calendar.days",
                "transforms": "city",
                "transforms.city.type": "org.apache.kafka.connect.transforms.RegexRouter",
                "transforms.city.regex": r"raw\.(.*)",
                "transforms.city.replacement": "contract.$1",
                "producer.override.client.id": "a-producer-of-its-own",
            },
        )
        second.create(
            SINK,
            {
                "connector.class": "FileStreamSink",
                "file": str(directory / "archive.txt"),
                "topics": f"{READ},contract.calendar.never",
                "errors.tolerance": "all",
                "errors.deadletterqueue.topic.name": DEAD,
                "errors.deadletterqueue.topic.replication.factor": "1",
            },
        )
        await_lines(directory / "archive.txt", 3)
        await_topics(first, SINK)
        yield City(first, second, directory, kafka)


def test_a_source_is_seen_with_its_file_and_with_the_topic_behind_its_transform(city: City) -> None:
    fact = connectors(poll(city, city.first.url))[SOURCE]
    assert (fact.direction, fact.state, fact.tasks) == (Direction.SOURCE, "RUNNING", 1)
    assert fact.topics == fact.promised == (WRITTEN,)
    assert fact.externals == (External("file", str(city.directory / "days.txt")),)
    assert fact.workers_group == GROUP


def test_a_sink_is_seen_with_its_group_its_dead_letters_and_what_it_only_promises_to_read(city: City) -> None:
    fact = connectors(poll(city, city.first.url))[SINK]
    assert (fact.direction, fact.group, fact.dead_letter_topic) == (Direction.SINK, f"connect-{SINK}", DEAD)
    assert fact.topics == (READ,)
    assert fact.promised == (READ, "contract.calendar.never")
    assert fact.externals == (External("file", str(city.directory / "archive.txt")),)


def test_the_graph_proves_the_way_from_file_to_file_and_declares_the_rest(city: City) -> None:
    folded = ConnectFacts()
    for fact in connectors(poll(city, city.first.url)).values():
        folded.add(fact)
    edges = {(e.source.name, e.kind.value, e.target.name, e.evidence.tier.value) for e in folded.edges()}
    assert edges == {
        (str(city.directory / "days.txt"), "sources", SOURCE, "observed"),
        (SOURCE, "produces", WRITTEN, "proven"),
        (READ, "consumes", SINK, "proven"),
        ("contract.calendar.never", "consumes", SINK, "declared"),
        (SINK, "sinks", str(city.directory / "archive.txt"), "observed"),
        (SINK, "produces", DEAD, "declared"),
    }
    assert set(folded.group_owners().values()) == {(connector_node(SINK),)}


def test_a_dead_worker_is_passed_over_for_the_next_of_its_cluster(city: City) -> None:
    facts = poll(city, city.dead_url, city.second.url, city.first.url)
    assert set(connectors(facts)) == {SOURCE, SINK}
    assert [fact.reason for fact in facts if isinstance(fact, NotVisible)] == ["worker-unreachable"]


def test_when_no_worker_answers_the_source_says_so(city: City) -> None:
    with pytest.raises(SourceUnreachable, match="no Kafka Connect worker answers"):
        ConnectSource([city.dead_url]).poll(1_000)


def test_a_worker_of_another_kafka_cluster_is_left_out_and_said_to_be(city: City) -> None:
    facts = ConnectSource([city.first.url], cluster_id="another-cluster").poll(1_000)
    assert [(type(fact), fact.name, fact.reason) for fact in facts if isinstance(fact, NotVisible)] == [
        (NotVisible, city.first.url, "other-kafka-cluster")
    ]
    assert not connectors(facts)


def test_what_has_not_changed_is_not_told_again(city: City) -> None:
    source = ConnectSource([city.first.url, city.second.url], cluster_id=city.kafka.cluster_id)
    assert source.poll(1_000)
    assert source.poll(2_000) == []


def test_a_worker_that_stops_leaves_its_connectors_to_the_other(city: City, tmp_path: Path) -> None:
    third = ConnectWorker(city.kafka.bootstrap_servers, tmp_path / "three", group=GROUP).start()
    try:
        with AdminSession(KafkaConnection(city.kafka.bootstrap_servers)) as session:
            urls = [third.url, city.first.url]
            source = ConnectSource(urls, cluster_id=city.kafka.cluster_id, worker_groups=lambda: worker_groups(session))
            assert set(connectors(source.poll(1_000))) == {SOURCE, SINK}
            third.stop()
            assert not [fact for fact in source.poll(120_000) if isinstance(fact, NotVisible)]
    finally:
        third.stop()


def test_no_secret_of_a_real_configuration_comes_out_of_a_real_worker(city: City) -> None:
    plants = [plant for plant in planted(200) if plant.is_startable]
    config: dict[str, str] = {}
    for plant in plants:
        config |= plant.config
    config |= {"connector.class": "FileStreamSink", "topics": "no.such", "topics.regex": "", "file": "/in/x?sig=S0Z"}
    secrets = {secret for plant in plants for secret in plant.secrets if secret in "\n".join(config.values())}
    assert len(secrets) > 20
    city.first.configure("contract-planted", config)
    try:
        await_connector(city, "contract-planted")
        assert secrets & set(str(city.first.ask("GET", "/connectors/contract-planted")[1]).split("'"))
        facts = poll(city, city.first.url)
        assert "contract-planted" in connectors(facts)
        told = b"".join(encode_fact(fact) for fact in facts)
        assert not [secret for secret in secrets if secret.encode() in told]
    finally:
        city.first.delete("contract-planted")


def poll(city: City, *urls: str) -> list[Fact]:
    with AdminSession(KafkaConnection(city.kafka.bootstrap_servers)) as session:
        await_group(session)
        source = ConnectSource(urls, cluster_id=city.kafka.cluster_id, worker_groups=lambda: worker_groups(session))
        return source.poll(1_000)


def connectors(facts: list[Fact]) -> dict[str, ConnectorSeen]:
    return {fact.connector: fact for fact in facts if isinstance(fact, ConnectorSeen)}


def await_group(session: AdminSession) -> None:
    """A group that is in the midst of a rebalance does not say who its members are."""
    deadline_s = time.monotonic() + 60
    while GROUP not in worker_groups(session).values():
        assert time.monotonic() < deadline_s, f"{GROUP} has no members"
        time.sleep(0.1)


def await_lines(path: Path, lines: int) -> None:
    deadline_s = time.monotonic() + 30
    while not (path.exists() and len(path.read_text(encoding="utf-8").splitlines()) >= lines):
        assert time.monotonic() < deadline_s, f"{path} has not {lines} lines"
        time.sleep(0.1)


def await_topics(worker: ConnectWorker, connector: str) -> None:
    deadline_s = time.monotonic() + 30
    while not worker.ask("GET", f"/connectors/{connector}/topics")[1][connector]["topics"]:
        assert time.monotonic() < deadline_s, f"{connector} touched no topic"
        time.sleep(0.1)


def await_connector(city: City, name: str) -> None:
    deadline_s = time.monotonic() + 30
    # A connector that has no status yet is left out of the expanded listing.
    while name not in city.first.ask("GET", "/connectors?expand=status")[1]:
        assert time.monotonic() < deadline_s, "the connector did not come up"
        time.sleep(0.1)
