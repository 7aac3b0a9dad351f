"""Each command: what it asks for, what it prints where, how it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from flowaudit.bootstrap import DemoOptions
from flowaudit.cli.main import main
from flowaudit.cli.wiring import Simulation
from flowaudit.config import Settings
from flowaudit.engine.progress import LinkFirstSeen, Note, Serving, SystemStarted, TopicTapped, Warn, Watching
from flowaudit.errors import ExitCode, SourceUnreachable
from flowaudit.estates.truth import DecoyPair, Truth, TruthEdge, TruthNode, dump_truth
from flowaudit.graph.document import dump, load
from flowaudit.graph.evidence import Tier, Verdict
from flowaudit.graph.identity_view import Sampling
from flowaudit.graph.snapshot import Coverage, Node
from tests.unit.cli.fakes import FakeWiring
from tests.unit.metrics.samples import START_MS, derives, estate, topic

Capture = pytest.CaptureFixture[str]
EVENTS = (
    Note("starting two brokers"),
    SystemStarted("citizen-score", "confluent-kafka", 4711),
    Watching("kafka://broker.example:9092", 30, topics=5, groups=4),
    TopicTapped("locks.events", 4),
    LinkFirstSeen(derives("locks.events", "monitor.sightings", Tier.CONFIRMED), "lock", "central-monitor", START_MS),
    Serving("http://127.0.0.1:9732"),
    Warn("one broker does not answer"),
)


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "estate.json"
    path.write_bytes(dump(estate()))
    return path


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# --- show ---------------------------------------------------------------------------------------------------------


def test_show_is_one_page_systems_tiers_undeclared_flows_coverage(graph: Path, capsys: Capture) -> None:
    assert main(["show", str(graph)]) == ExitCode.CLEAN
    out, err = capsys.readouterr()
    assert err == ""
    for told in (
        "9 nodes, 7 edges",
        "central-monitor",
        "Flows that nobody declared",
        "lock → central-monitor",
        "linkage",
        "locks.events",
        "Not visible (2)",
        "no-read-right",
        "who may read and write",
    ):
        assert told in out
    assert "lock → tenancy-control" not in out


def test_show_takes_graph_json_when_nothing_is_named(graph: Path, capsys: Capture) -> None:
    graph.rename("graph.json")
    assert main(["show"]) == ExitCode.CLEAN
    assert "9 nodes" in capsys.readouterr().out


def test_show_as_json_has_the_same_numbers(graph: Path, capsys: Capture) -> None:
    assert main(["show", str(graph), "--format", "json"]) == ExitCode.CLEAN
    document = json.loads(capsys.readouterr().out)
    assert document["nodes"] == {"group": 4, "topic": 5}
    assert {(flow["source"], flow["target"]) for flow in document["undeclared"]} == {
        ("lock", "central-monitor"),
        ("central-monitor", "citizen-score"),
        ("citizen-score", "travel-ban"),
    }
    assert len(document["coverage"]["not_visible"]) == 2


def test_show_reads_a_state_directory(tmp_path: Path, capsys: Capture) -> None:
    wiring = FakeWiring()
    assert main(["show", "--state", str(tmp_path)], wiring) == ExitCode.CLEAN
    assert wiring.asked == ["state", tmp_path]
    assert "9 nodes" in capsys.readouterr().out


def test_a_graph_without_topology_or_edges_says_so(tmp_path: Path, capsys: Capture) -> None:
    edges = tuple(replace(edge, verdict=Verdict.UNJUDGED) for edge in estate().edges)
    for number, snapshot in enumerate(
        (replace(estate(), edges=edges), replace(estate(), nodes=(), edges=(), coverage=Coverage()))
    ):
        path = tmp_path / f"{number}.json"
        path.write_bytes(dump(snapshot))
        assert main(["show", str(path)]) == ExitCode.CLEAN
        assert "No topology was given" in capsys.readouterr().out


def test_names_from_the_cluster_cannot_steer_the_terminal(tmp_path: Path, capsys: Capture) -> None:
    hostile = "\x1b[2J\x1b]0;pwned\x07\u202e[bold red]x"
    nodes = tuple(sorted((*estate().nodes, Node(topic(hostile), hostile)), key=lambda node: node.id))
    edges = (*estate().edges, derives("locks.events", hostile, Tier.CONFIRMED))
    edges = tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind)))
    path = tmp_path / "hostile.json"
    path.write_bytes(dump(replace(estate(), nodes=nodes, edges=edges)))
    for command in (["show", str(path)], ["path", "lock", f"topic:{hostile}", str(path)]):
        assert main(command) == ExitCode.CLEAN
        out = capsys.readouterr().out
        assert "\\u001b[2J" in out
        assert "[bold red]x" in out
        assert not set(out) & {"\x1b", "\x07", "\u202e"}


@pytest.mark.parametrize("view", ["system", "topic"])
def test_a_view_of_flows_says_how_sure_each_is(view: str, graph: Path, capsys: Capture) -> None:
    assert main(["show", str(graph), "--view", view]) == ExitCode.CLEAN
    out = capsys.readouterr().out
    assert "probable (.93) · records alone: suspected · settled by committed-offsets" in out
    assert "Linkage looked at 2.5% to 10% of the identifiers (theta 0.025 to 0.1)." in out
    assert main(["show", str(graph), "--view", view, "--format", "json"]) == ExitCode.CLEAN
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "flowaudit.graph/v1"
    (edge,) = (edge for edge in document["edges"] if "inference" in edge)
    assert edge["inference"] == {
        "confidence": 0.93,
        "records_alone": "suspected",
        "settled_by": ["committed-offsets"],
        "through": [],
    }


def test_the_identity_view_says_who_is_recognised_where_and_what_a_join_adds(graph: Path, capsys: Capture) -> None:
    assert main(["show", str(graph), "--view", "identity"]) == ExitCode.CLEAN
    out = capsys.readouterr().out
    for told in (
        "1. about 4,100 identities (give or take 7%) in 4 topics, since 2025-11-23 10:00:00Z",
        "locks.events alone tells of 4,100: door, opened_at",
        "joining score.updates adds, for 3,900: score, reason",
        "by $.who = locks.events $.subject, since 2025-11-23 10:00:00Z",
        "joining travel.bans adds, for too few to tell: nothing new",
        "theta 0.025 to 0.1",
    ):
        assert told in out
    row = next(line for line in out.splitlines() if line.startswith("locks.events | travel.bans"))
    assert "human order" in row
    assert "too few to tell" in row


def test_the_identity_view_as_json_is_the_linkage_of_the_graph_document(graph: Path, capsys: Capture) -> None:
    assert main(["show", str(graph), "--view", "identity", "--format", "json"]) == ExitCode.CLEAN
    assert json.loads(capsys.readouterr().out) == json.loads(graph.read_bytes())["linkage"]


def test_the_summary_names_who_is_in_several_topics(graph: Path, capsys: Capture) -> None:
    assert main(["show", str(graph)]) == ExitCode.CLEAN
    out = capsys.readouterr().out
    assert "The same people in several topics" in out
    assert "locks.events, monitor.sightings, score.updates, travel.bans" in out


def test_where_memory_was_short_linkage_says_of_what(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "short.json"
    path.write_bytes(dump(replace(estate(), sampling=Sampling(1.0, 1.0, records=0.04, digests=0.6))))
    assert main(["show", str(path), "--view", "identity"]) == ExitCode.CLEAN
    out = " ".join(capsys.readouterr().out.split())
    assert (
        "Linkage looked at all identifiers (theta 1). Of the records of the busiest topic it asked 4% what they come"
        " from. It had room for the digests of 60% of these identifiers (linkage.max_aliases)."
    ) in out


def test_a_graph_in_which_linkage_looked_at_nothing_says_so(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "untapped.json"
    path.write_bytes(dump(replace(estate(), clusters=(), same_people=(), sampling=None)))
    assert main(["show", str(path), "--view", "identity"]) == ExitCode.CLEAN
    out = capsys.readouterr().out
    assert "Linkage looked at no identifiers." in out
    assert "No field of one topic was seen" in out


@pytest.mark.parametrize(("view", "starts"), [("system", '{"cluster"'), ("topic", '{"cluster"'), ("identity", "{")])
def test_views_are_exported_as_well(view: str, starts: str, graph: Path, capsys: Capture) -> None:
    assert main(["export", str(graph), "--view", view, "--format", "json"]) == ExitCode.CLEAN
    assert capsys.readouterr().out.startswith(starts)
    assert main(["export", str(graph), "--view", view, "--format", "mermaid"]) == ExitCode.CLEAN
    assert capsys.readouterr().out.startswith("flowchart LR")


# --- path ---------------------------------------------------------------------------------------------------------


def test_path_shows_every_hop_with_evidence_tier_verdict_and_first_sight(graph: Path, capsys: Capture) -> None:
    assert main(["path", "lock", "travel-ban", str(graph)]) == ExitCode.CLEAN
    out = capsys.readouterr().out
    assert "lock → central-monitor → citizen-score → travel-ban" in out
    assert "3 hops, 3 never declared, weakest evidence: probable (.93) in monitor.sightings → score.updates" in out
    assert "probable (.93) · records alone: suspected · settled by committed-offsets · or else: lonely.topic" in out
    assert "derives, confirmed, first seen 2025-11-23 10:00:05Z  NEVER DECLARED" in out
    assert "linkage (confirmed): content of locks.events seen again in monitor.sightings" in out
    assert "topic:locks.events is read by group:central-monitor: observed by committed-offsets, group-membership" in out


def test_path_as_json_carries_the_same(graph: Path, capsys: Capture) -> None:
    assert main(["path", "lock", "travel-ban", str(graph), "--format", "json"]) == ExitCode.CLEAN
    (found,) = json.loads(capsys.readouterr().out)["paths"]
    assert found["systems"] == ["lock", "central-monitor", "citizen-score", "travel-ban"]
    assert [hop["verdict"] for hop in found["hops"]] == ["undeclared"] * 3
    assert all(hop["evidence"] and hop["support"] for hop in found["hops"])


def test_no_path_is_exit_code_1(graph: Path, capsys: Capture) -> None:
    assert main(["path", "travel-ban", "lock", str(graph)]) == ExitCode.FINDINGS
    out, err = capsys.readouterr()
    assert "no path from travel-ban to lock" in out
    assert err == ""
    assert main(["path", "travel-ban", "lock", str(graph), "--format", "json"]) == ExitCode.FINDINGS
    assert json.loads(capsys.readouterr().out)["paths"] == []


def test_an_unknown_name_is_exit_code_2_with_the_nearest(graph: Path, capsys: Capture) -> None:
    assert main(["path", "lokc", "travel-ban", str(graph)]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert "'lokc'" in err
    assert "'lock'" in err


# --- export -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["json", "graphml", "gexf", "mermaid", "dot", "csv"])
def test_export_writes_to_stdout_or_a_file_the_same_bytes(
    name: str, graph: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["export", str(graph), "--format", name]) == ExitCode.CLEAN
    printed = capfdbinary.readouterr().out
    assert b"locks.events" in printed
    target = tmp_path / "out"
    assert main(["export", str(graph), "--format", name, "--output", str(target)]) == ExitCode.CLEAN
    assert target.read_bytes() == printed


def test_an_export_that_cannot_be_written_leaves_nothing_and_says_why(graph: Path, capsys: Capture) -> None:
    assert main(["export", str(graph), "--format", "dot", "--output", "no/such/folder/x.dot"]) == ExitCode.USAGE
    assert "'no/such/folder/x.dot' cannot be written: No such file or directory" in capsys.readouterr().err


# --- score --------------------------------------------------------------------------------------------------------


def test_score_prints_precision_recall_and_what_is_wrong(graph: Path, tmp_path: Path, capsys: Capture) -> None:
    nodes = [f"topic:{name}" for name in ("locks.events", "monitor.sightings", "score.updates", "travel.bans")]
    truth = Truth(
        topology="t",
        nodes=tuple(TruthNode(id=node, kind="topic", name=node.partition(":")[2]) for node in nodes),
        edges=(
            TruthEdge(kind="derives", source=nodes[0], target=nodes[1], hidden=True),
            TruthEdge(kind="derives", source=nodes[1], target=nodes[2], hidden=True),
            TruthEdge(kind="derives", source=nodes[3], target=nodes[0], hidden=True),
        ),
        decoys=(DecoyPair(source=nodes[2], target=nodes[3]),),
        systems=(),
    )
    path = tmp_path / "truth.json"
    path.write_bytes(dump_truth(truth))
    assert main(["score", str(graph), "--truth", str(path)]) == ExitCode.CLEAN
    out = capsys.readouterr().out
    assert "0.67" in out
    assert "missed    derives topic:travel.bans → topic:locks.events" in out
    assert "decoy     topic:score.updates → topic:travel.bans was linked (confirmed)" in out
    assert "true derives edges found or named as an alternate: 2 of 3" in out
    assert "decoys linked at probable or better: 1 of 1" in out
    assert main(["score", str(graph), "--truth", str(path), "--format", "json"]) == ExitCode.CLEAN
    document = json.loads(capsys.readouterr().out)
    assert document["found_or_alternate"] == {"count": 2, "share": pytest.approx(2 / 3)}
    assert document["decoys_at_probable"] == {"linked": 1, "pairs": 1}
    assert document["calibration"]["edges"] <= 3
    assert document["overall"]["derives"] == {
        "correct": 2, "wrong": 1, "missed": 1,
        "precision": pytest.approx(2 / 3), "recall": pytest.approx(2 / 3), "f1": pytest.approx(2 / 3),
    }  # fmt: skip


# --- snapshot, run, worker, simulate, demo ------------------------------------------------------------------------


def settings_asked_of(wiring: FakeWiring) -> Settings:
    settings = wiring.asked[1]
    assert isinstance(settings, Settings)
    return settings


def test_snapshot_writes_the_graph_and_tells_the_summary(capsys: Capture) -> None:
    wiring = FakeWiring(events=EVENTS)
    arguments = ["--bootstrap-servers", "a:1,b:2", "--tap", "locks\\..*", "--tap", "x{1,2}", "--duration", "5"]
    assert main(["snapshot", *arguments, "--topology", "t.yaml"], wiring) == ExitCode.CLEAN
    settings = settings_asked_of(wiring)
    assert settings.kafka.bootstrap_servers == ("a:1", "b:2")
    assert settings.tap.topics == ("locks\\..*", "x{1,2}")
    assert settings.topology.path == Path("t.yaml")
    assert wiring.asked[2] == 5
    assert load(Path("graph.json").read_bytes(), "graph.json") == estate()
    out, err = capsys.readouterr()
    assert "9 nodes" in out
    assert "the graph is in graph.json" in err


def test_progress_is_on_stderr_one_line_an_event(capsys: Capture) -> None:
    main(["snapshot", "--bootstrap-servers", "a:1", "--format", "json"], FakeWiring(events=EVENTS))
    out, err = capsys.readouterr()
    assert load(out.encode(), "stdout") == estate()
    lines = err.splitlines()
    assert len(lines) == len(EVENTS)
    assert lines[1] == "starts   citizen-score  (confluent-kafka, process 4711)"
    assert lines[3] == "tapping  locks.events  (4 partitions)"
    assert lines[4].startswith("2025-11-23 10:00:00Z  seen     lock → central-monitor")
    assert lines[4].endswith("confirmed by linkage  NEVER DECLARED")


def test_snapshot_to_stdout_and_nothing_else_there(capsys: Capture) -> None:
    assert main(["snapshot", "--bootstrap-servers", "a:1", "--output", "-"], FakeWiring()) == ExitCode.CLEAN
    assert capsys.readouterr().out.encode() == dump(estate())
    assert not Path("graph.json").exists()


def test_run_takes_its_settings_from_the_file_and_ends_cleanly_at_ctrl_c() -> None:
    Path("f.yaml").write_text("kafka: {bootstrap_servers: [a:1]}\nweb: {port: 0}\n", encoding="utf-8")
    wiring = FakeWiring(interrupts=1)
    assert main(["run", "--config", "f.yaml"], wiring) == ExitCode.CLEAN
    assert settings_asked_of(wiring).web.port == 0


def test_a_second_ctrl_c_ends_at_once(capsys: Capture) -> None:
    assert main(["run", "--bootstrap-servers", "a:1"], FakeWiring(interrupts=2)) == 130
    assert capsys.readouterr() == ("", "")


def test_worker_wants_an_audit_cluster(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS", "a:1")
    wiring = FakeWiring()
    assert main(["worker"], wiring) == ExitCode.USAGE
    assert "audit_cluster.bootstrap_servers" in capsys.readouterr().err
    monkeypatch.setenv("FLOWAUDIT_AUDIT_CLUSTER__BOOTSTRAP_SERVERS", "b:1")
    assert main(["worker"], wiring) == ExitCode.CLEAN
    assert wiring.asked[0] == "worker"


def test_simulate_passes_on_what_it_was_asked_for() -> None:
    wiring = FakeWiring()
    options = ["--bootstrap-servers", "a:1", "--rate", "50", "--duration", "9", "--truth", "t.json", "--seed", "7"]
    assert main(["simulate", "topologies/x", *options, "--scale", "0.1"], wiring) == ExitCode.CLEAN
    assert wiring.asked[1] == Simulation(Path("topologies/x"), "a:1", 50, 9, Path("t.json"), 7, 0.1)


def test_demo_tells_the_paths_and_where_the_graph_lies(capsys: Capture) -> None:
    wiring = FakeWiring(events=EVENTS)
    assert main(["demo", "--duration", "40", "--no-browser", "--seed", "3"], wiring) == ExitCode.CLEAN
    options = wiring.asked[1]
    assert isinstance(options, DemoOptions)
    assert (options.duration_s, options.open_browser, options.seed) == (40, False, 3)
    out, err = capsys.readouterr()
    assert "lock → central-monitor → citizen-score → travel-ban" in out
    assert "No way from lock to curfew was seen in this time." in out
    assert "The graph is in graph.json" in out
    assert "seen     lock → central-monitor" in err


def test_demo_as_json(capsys: Capture) -> None:
    assert main(["demo", "--duration", "40", "--format", "json"], FakeWiring()) == ExitCode.CLEAN
    document = json.loads(capsys.readouterr().out)
    assert document["graph"] == "graph.json"
    assert document["paths"][0]["systems"][-1] == "travel-ban"
    assert {"source": "lock", "target": "curfew"} in document["not_found"]


def test_a_cluster_that_does_not_answer_is_exit_code_3(capsys: Capture) -> None:
    wiring = FakeWiring(error=SourceUnreachable("kafka://a:1 does not answer; is the broker up?"))
    assert main(["snapshot", "--bootstrap-servers", "a:1"], wiring) == ExitCode.UNREACHABLE
    assert capsys.readouterr().err == "flowaudit: kafka://a:1 does not answer; is the broker up?\n"
