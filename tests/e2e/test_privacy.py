"""Nothing raw: thousands of identifiers in every kind of record, and none in anything that the auditor leaves.

Not as it was written, not in another spelling, not encoded, not hashed; not when the auditor is killed, loses its
broker, or ends by a fault of its own. `make privacy` does the same with a hundred thousand of them.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from flowaudit.bootstrap.worker_process import WorkerProcess
from flowaudit.config import load_settings
from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions
from tests.e2e.commands import COMMAND, Service, clean_environment, eventually, write_config
from tests.e2e.ledger import reached
from tests.privacy.identifiers import Identifier, identifiers
from tests.privacy.leftovers import commands_on, databases_in, exported, files_below, outputs_of, pages_of
from tests.privacy.planting import ANSWERS, DAMAGED, STYLES, VISITS, damage, plant, plant_flow
from tests.privacy.search import Leak, Search

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.e2e,
    pytest.mark.timeout(3_600),
    pytest.mark.usefixtures("dumps_cores"),
]

COUNT = int(os.environ.get("PLANTED_IDENTIFIERS", "2000"))
PATIENCE_S = 120 + COUNT / 100
SEED = 5
UNREADABLE = ("not-json", "not-utf8", "too-deep")
SHOWN_AT_MOST = 20
PEOPLE_OF_THE_FLOW = 150
VISITS_OF_EACH = 6


class Estate(NamedTuple):
    """A broker with identifiers all over its topics."""

    kafka: EmbeddedKafka
    prefix: str

    @property
    def servers(self) -> str:
        return self.kafka.bootstrap_servers

    @property
    def tap(self) -> list[str]:
        return [rf"{self.prefix}\..*"]


@pytest.fixture(scope="module")
def planted() -> Sequence[Identifier]:
    return tuple(identifiers(COUNT, SEED))


@pytest.fixture(scope="module")
def search(planted: Sequence[Identifier]) -> Search:
    return Search(planted)


@pytest.fixture(scope="module")
def estate(planted: Sequence[Identifier], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    logs = tmp_path_factory.mktemp("audited")
    prefix = f"planted-{uuid.uuid4().hex[:6]}"
    with EmbeddedKafka(EmbeddedKafkaOptions(keep_logs_dir=logs)) as kafka:
        plant(kafka.bootstrap_servers, prefix, planted)
        assert damage(logs, prefix)
        yield Estate(kafka, prefix)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an auditor lives, with all its temporary files, and core dumps if any."""
    for folder in ("tmp", "cwd"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("FLOWAUDIT_DEBUG", "1")
    return tmp_path


@pytest.fixture
def dumps_cores() -> Iterator[None]:
    """As on a machine where whoever crashes leaves its memory."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


def service(house: Path, config: Path) -> Service:
    return Service(config, {"FLOWAUDIT_DEBUG": "1"}, house / "cwd")


def comes(service: Service, found: Callable[[], object], what: str) -> None:
    """Wait for it; not for what a service does that has ended."""
    eventually(lambda: found() or service.ended, PATIENCE_S, what)
    assert not service.ended, service.stderr


def leaks(search: Search, house: Path, outputs: Mapping[str, bytes]) -> list[Leak]:
    files = files_below(house)
    assert [name for name in files if Path(name).name.startswith("core")] == [], "memory was dumped"
    return search.leaks({**outputs, **files, **databases_in(files)})[:SHOWN_AT_MOST]


def all_is_read(state: Path, estate: Estate) -> Callable[[], bool]:
    """Is everything accounted for? Where a batch is damaged, not all of it ever is."""
    return lambda: all(reached(state, f"{estate.prefix}.{style}") >= COUNT for style in STYLES)


def a_flow_is_linked(running: Service, estate: Estate, planted: Sequence[Identifier]) -> None:
    """Whoever links nothing leaks nothing of what is linked."""
    plant_flow(estate.servers, estate.prefix, [*planted[:PEOPLE_OF_THE_FLOW]] * VISITS_OF_EACH)
    told = f"topic:{estate.prefix}.{VISITS} → topic:{estate.prefix}.{ANSWERS}: derives"
    comes(running, lambda: told in running.stderr, "the flow is linked")


def assert_it_saw_them(graph: Path) -> None:
    """Whoever reads nothing leaks nothing: what was planted was read."""
    rows = {row["topic"].split(".")[1]: row for row in json.loads(graph.read_bytes())["coverage"]["tapped"]}
    for style in STYLES:
        assert rows[style]["audited"] + rows[style]["quarantined"] == COUNT, style
    for style in UNREADABLE:
        assert rows[style]["quarantined"] == COUNT, style
    assert rows["json"]["audited"] == COUNT
    assert DAMAGED in rows


def assert_it_saw_people(graph: Path) -> None:
    """Whoever finds nobody again leaks nothing of who was found."""
    people = json.loads(graph.read_bytes())["linkage"]["clusters"]
    assert any(field["topic"].endswith((VISITS, ANSWERS)) for cluster in people for field in cluster["fields"])


def test_a_run_that_is_killed_and_loses_its_broker_leaves_nothing_raw(
    estate: Estate, planted: Sequence[Identifier], search: Search, house: Path
) -> None:
    config = write_config(house, estate.servers, tap=estate.tap)
    state = house / "state"
    with service(house, config) as killed:
        comes(killed, lambda: reached(state, f"{estate.prefix}.json"), "the run gets on")
        killed.kill()
    with service(house, config) as crashed:
        crashed.url(PATIENCE_S)
        comes(crashed, lambda: reached(state, f"{estate.prefix}.sentence"), "it goes on")
        crashed.kill(signal.SIGABRT)
    with service(house, config) as last:
        comes(last, all_is_read(state, estate), "everything is read")
        a_flow_is_linked(last, estate, planted)
        estate.kafka.stop_broker()
        estate.kafka.start_broker()
        pages = pages_of(last)
        assert last.stop() == 0
    with service(house, config) as refused:
        config.write_text(config.read_text() + "nonsense: true\n")
        eventually(lambda: refused.ended or "serving" in refused.stderr, PATIENCE_S, "it ends or serves")
        refused.kill()
    graph = house / "graph.json"
    outputs = exported(state, graph) | commands_on(state, graph)
    outputs |= outputs_of(killed, crashed, last, refused) | pages
    assert_it_saw_them(graph)
    assert_it_saw_people(graph)
    assert leaks(search, house, outputs) == []


def test_workers_and_their_audit_cluster_keep_nothing_raw(
    estate: Estate, planted: Sequence[Identifier], search: Search, house: Path
) -> None:
    kept = house / "audit-cluster"
    kept.mkdir()
    key = house / "tap.key"
    key.write_text(uuid.uuid4().hex * 2)
    state = house / "state"
    with EmbeddedKafka(EmbeddedKafkaOptions(keep_logs_dir=kept)) as own:
        extra = f"audit_cluster:\n  bootstrap_servers: ['{own.bootstrap_servers}']\n"
        config = write_config(house, estate.servers, tap=estate.tap, extra=extra)
        config.write_text(config.read_text().replace("  theta: 1.0\n", f"  theta: 1.0\n  key_file: {key}\n"))
        settings = load_settings(config, {})
        with service(house, config) as running:
            with WorkerProcess(settings, house / "killed.log") as worker:
                comes(running, lambda: reached(state, f"{estate.prefix}.json"), "the worker gets on")
                worker.kill()
            with WorkerProcess(settings, house / "worker.log"):
                comes(running, all_is_read(state, estate), "everything is read")
                a_flow_is_linked(running, estate, planted)
                pages = pages_of(running)
            assert running.stop() == 0
    graph = house / "graph.json"
    outputs = exported(state, graph) | outputs_of(running) | pages
    assert_it_saw_them(graph)
    segments = [name for name, data in files_below(kept).items() if name.endswith(".log") and data]
    assert any("flowaudit.sightings" in name for name in segments), "the audit cluster's log was kept"
    assert leaks(search, house, outputs) == []


def test_snapshots_leave_nothing_raw(estate: Estate, search: Search, house: Path) -> None:
    graph = house / "graph.json"
    outputs = snapshot(estate, house, graph, 60, signal.SIGKILL)
    outputs |= snapshot(estate, house, graph, 8 + COUNT / 1_000, None)
    assert json.loads(graph.read_bytes())["coverage"]["tapped"]
    assert leaks(search, house, outputs) == []


def snapshot(
    estate: Estate, house: Path, graph: Path, duration_s: float, sign: signal.Signals | None
) -> dict[str, bytes]:
    """What a snapshot says that ends by itself, or in its midst by a signal."""
    command = ["snapshot", "--bootstrap-servers", estate.servers, "--duration", str(duration_s), "--output", str(graph)]
    with subprocess.Popen(
        [*COMMAND, *command, "--tap", *estate.tap],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment() | {"FLOWAUDIT_DEBUG": "1", "FLOWAUDIT_TAP__START": "earliest"},
        cwd=house / "cwd",
    ) as process:
        if sign is not None:
            eventually(lambda: list((house / "tmp").rglob("ledger.sqlite")), PATIENCE_S, "it has begun")
            time.sleep(2)
            process.send_signal(sign)
        stdout, stderr = process.communicate(timeout=duration_s + 60)
    return {f"stdout of the snapshot ended by {sign}": stdout, f"stderr of the snapshot ended by {sign}": stderr}
