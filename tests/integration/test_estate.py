"""An estate of real clients of every kind, audited from beside: what the graph says, held against what they did."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kafka.admin import KafkaAdminClient, NewTopic

from tests.e2e.commands import Service, flowaudit, write_config
from tests.estate.broker_log import UNSIGNED, BrokerLog, read_broker_log
from tests.estate.java_clients import JavaClients, NoJavaCompiler, compile_clients
from tests.estate.run import CONNECT_TOPICS, CONNECTOR_GROUPS, SHARE_GROUP, Truth, running_estate
from tests.integration.scoring import Edge, Score, all_of, reads_in, score, seen_flows, writes_in

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

WATCHED_S = "20"
JOINED_WITHIN_S = 10.0
CLASSES = {
    "Java classic-group",
    "Java kip848-group",
    "Java kip848-pattern",
    "Java share-group",
    "Java streams-exactly-once",
    "Java streams-at-least-once",
    "Java streams-named-store",
    "Java streams-protocol",
    "Java streams-stateless",
    "Java transactional-loop",
    "Java one-second-group",
    "Java assign-commit",
    "Connect sink",
    "Faust app with a table",
    "Faust app, exactly once",
    "kafka-python group",
    "aiokafka group",
    "librdkafka classic group",
    "librdkafka KIP-848 group",
    "librdkafka transactional loop",
    "aiokafka transactional loop",
    "assigned reader that commits",
}
"""Every class that reads and that Kafka makes visible."""
PROVEN_WRITERS = {
    "Java transactional-loop",
    "Java streams-exactly-once",
    "Java streams-at-least-once",
    "Java streams-protocol",
    "Java streams-stateless",
    "librdkafka transactional loop",
    "aiokafka transactional loop",
}
"""Not among them: an application whose changelog bears a name that anybody could have chosen."""


@dataclass(frozen=True)
class Audit:
    """What the estate did, what the auditor says of it, and what stands in the broker's own log files."""

    truth: Truth
    graph: dict[str, Any]
    log: BrokerLog

    def flows(self, kind: str) -> dict[Edge, str]:
        """Edges of tier observed or better, with their tier."""
        return seen_flows(self.graph, kind)

    def readers(self) -> Score:
        """The `consumes` edges, scored."""
        return score(self.truth.consumes, self.flows("consumes").keys())

    def writers(self) -> Score:
        """The `produces` edges of groups and connectors, scored."""
        owned = {edge for edge in self.flows("produces") if not edge[0].startswith("producer:")}
        return score(self.truth.produces, owned)

    def hidden(self, *reasons: str) -> set[str]:
        """Topics of which coverage says, for one of these reasons, that something is not visible."""
        told = self.graph["coverage"]["not_visible"]
        return {each["name"] for each in told if each["subject"] == "topic" and each["reason"] in reasons}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The class path of the compiled Java clients."""
    try:
        return compile_clients(tmp_path_factory.mktemp("java"))
    except NoJavaCompiler as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def truth(programs: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Truth]:
    with running_estate(programs, tmp_path_factory.mktemp("estate")) as truth:
        yield truth


@pytest.fixture(scope="module")
def audit(truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    directory = tmp_path_factory.mktemp("audit")
    output = directory / "graph.json"
    config = config_of(truth, directory)
    done = flowaudit("snapshot", "--config", config, "--duration", WATCHED_S, "--output", output)
    assert done.returncode == 0, done.stderr
    return Audit(truth, json.loads(output.read_text()), read_broker_log(truth.broker_data))


def config_of(truth: Truth, directory: Path) -> Path:
    return write_config(directory, truth.bootstrap_servers, extra=f"connect:\n  urls: ['{truth.connect_url}']\n")


def test_the_estate_has_every_class_of_client(truth: Truth) -> None:
    assert truth.consumes.keys() == CLASSES
    assert {"Connect source", "Java transactional-loop", "Java streams-at-least-once"} <= truth.produces.keys()
    assert truth.signed
    assert truth.unsigned
    assert truth.silent
    assert truth.aborted


def test_the_clients_did_what_they_say(audit: Audit) -> None:
    share = {edge for edge in all_of(audit.truth.consumes) if edge[1] == f"group:{SHARE_GROUP}"}
    committed = reads_in(audit.log, CONNECTOR_GROUPS)
    assert committed == all_of(audit.truth.consumes) - share, "a share group keeps its offsets elsewhere"
    assert {topic for topic, producer_id in audit.log.writes if producer_id == UNSIGNED} >= audit.truth.unsigned
    stays = {topic for topic, _ in audit.log.writes}
    assert audit.truth.aborted <= {topic for topic, _ in audit.log.aborted} - stays


def test_no_reader_is_invented(audit: Audit) -> None:
    assert audit.readers().invented == set()


def test_no_reader_is_missed(audit: Audit) -> None:
    assert audit.readers().missed == {}


def test_no_writer_is_invented(audit: Audit) -> None:
    assert audit.writers().invented == set()


def test_no_writer_is_missed(audit: Audit) -> None:
    assert audit.writers().missed == {}


def test_every_producer_id_of_the_brokers_log_is_drawn_as_who_it_is_and_no_other(audit: Audit) -> None:
    by_name = {
        edge for edge in all_of(audit.truth.produces) if (edge[1].removeprefix("topic:"), UNSIGNED) in audit.log.writes
    }
    drawn = {edge for edge in audit.flows("produces") if not edge[0].startswith("connector:")}
    logged = {edge for edge in writes_in(audit.log, all_of(audit.truth.produces)) if edge[1] not in CONNECT_TOPICS}
    assert drawn - by_name == logged


def test_the_score_is_told(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        for what, of in (("consumes", audit.readers()), ("produces", audit.writers())):
            print(
                f"\n  {what}: precision {of.precision:.2f}, recall {of.recall:.2f} over {of.correct} edges"
                f" of {len(getattr(audit.truth, what))} classes of clients",
                end="",
            )
    assert audit.readers().precision == audit.readers().recall == 1
    assert audit.writers().precision == audit.writers().recall == 1


def test_producers_of_no_group_are_counted_topic_by_topic(audit: Audit) -> None:
    alone = [edge for edge in audit.flows("produces") if edge[0].startswith("producer:")]
    assert Counter(topic.removeprefix("topic:") for _, topic in alone) == audit.truth.signed


def test_transactions_and_both_guarantees_of_streams_are_proven(audit: Audit) -> None:
    tiers = audit.flows("produces")
    ours = set().union(*(audit.truth.produces[writer] for writer in PROVEN_WRITERS))
    assert {edge: tiers.get(edge) for edge in ours} == dict.fromkeys(ours, "proven")


def test_what_was_only_ever_aborted_is_no_flow_and_said_to_be_aborted(audit: Audit) -> None:
    written = {edge["target"] for edge in audit.graph["edges"] if edge["kind"] == "produces"}
    assert written & {f"topic:{topic}" for topic in audit.truth.aborted} == set()
    assert audit.truth.aborted - audit.hidden("only-aborted-transactions") == set()


def test_topics_of_which_kafka_does_not_show_every_reader_or_writer_are_named(audit: Audit) -> None:
    assert audit.truth.silent - audit.hidden("group-less-readers-not-listed") == set()
    unknown = audit.hidden("writer-unknown", "writes-without-producer-id", "no-writer-seen")
    assert audit.truth.unsigned - unknown == set()


def test_a_new_loop_is_joined_within_seconds_of_its_first_transaction(
    audit: Audit, programs: tuple[Path, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The estate was audited before this loop joins it: its truth knows nothing of the loop.
    truth = audit.truth
    admin = KafkaAdminClient(bootstrap_servers=truth.bootstrap_servers)
    admin.create_topics([NewTopic(topic, 2, 1) for topic in ("late.charged", "late.rehearsed")])
    admin.close()
    with Service(config_of(truth, tmp_path)) as service:
        deadline_s = time.monotonic() + 30
        while 'target="topic:fares.charged"' not in service.metrics():
            assert time.monotonic() < deadline_s, "the estate's own loop is in the graph"
            time.sleep(0.2)
        loop = "transactional-loop late-fares gate.opened late.charged late.rehearsed"
        with JavaClients(programs, truth.bootstrap_servers, tmp_path / "java", [loop]) as late:
            late.await_told("produces", 30)
            committed_s = time.monotonic()
            while not is_joined(service.metrics()):
                assert time.monotonic() < committed_s + JOINED_WITHIN_S, "the join is in the graph"
                time.sleep(0.1)
            took_s = time.monotonic() - committed_s
    with capsys.disabled():
        print(f"\n  joined {took_s:.1f} s after the first committed transaction")


def is_joined(page: str) -> bool:
    """Both ends of the new loop, its writing proven."""
    edges = [line for line in page.splitlines() if line.startswith("flowaudit_graph_edge_info")]
    reads = any('source="topic:gate.opened",target="group:late-fares"' in edge for edge in edges)
    writes = [edge for edge in edges if 'source="group:late-fares",target="topic:late.charged"' in edge]
    return reads and any('tier="proven"' in edge for edge in writes)
