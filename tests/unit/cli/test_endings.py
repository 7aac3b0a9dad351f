"""Every way in which a command can fail is one line on stderr and an exit code; never a traceback."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from flowaudit.cli.main import BUG, INTERRUPTED, main
from flowaudit.cli.terminal import printable
from flowaudit.errors import ExitCode, FlowAuditError, LedgerError, SourceUnreachable, UsageError
from flowaudit.graph.document import dump
from tests.unit.cli.fakes import FakeWiring
from tests.unit.metrics.samples import estate

Capture = pytest.CaptureFixture[str]
SNAPSHOT = ["snapshot", "--bootstrap-servers", "a:1", "--output", "-"]


def ending(error: BaseException, capsys: Capture) -> tuple[int, str]:
    code = main(SNAPSHOT, FakeWiring(error=error))
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "code"),
    [(FlowAuditError, 2), (UsageError, 2), (LedgerError, 2), (SourceUnreachable, 3)],
)
def test_an_expected_error_is_its_own_line_and_its_exit_code(
    kind: type[FlowAuditError], code: int, capsys: Capture
) -> None:
    assert ending(kind("the thing, its value, the way out"), capsys) == (
        code,
        "flowaudit: the thing, its value, the way out\n",
    )


def test_an_unexpected_error_is_called_a_bug_and_its_text_is_not_shown(capsys: Capture) -> None:
    code, err = ending(ValueError("payload of a person"), capsys)
    assert code == BUG
    assert err.startswith("flowaudit: this is a bug in flowaudit: ValueError at ")
    assert err.count("\n") == 1
    assert "person" not in err


def test_with_debug_the_traceback_comes_through_without_the_text(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("FLOWAUDIT_DEBUG", "1")
    code, err = ending(ValueError("payload of a person"), capsys)
    assert code == BUG
    assert "Traceback" in err
    assert 'fakes.py", line' in err
    assert "\nValueError\n" in err
    assert "person" not in err


def test_ctrl_c_is_quiet(capsys: Capture) -> None:
    assert ending(KeyboardInterrupt(), capsys) == (INTERRUPTED, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["snapshto"], "Did you mean 'snapshot'?"),
        (["show", "--fromat", "json"], "--fromat"),
        (["show", "--format", "xml"], "xml"),
        (["path", "lock"], "DST"),
        (["snapshot", "--duration", "soon"], "'--duration'"),
        (["snapshot"], "kafka.bootstrap_servers: is missing"),
        (
            ["snapshot", "--bootstrap-servers", "nonsense"],
            "--bootstrap-servers: kafka.bootstrap_servers.0: must be host:port",
        ),
        (["snapshot", "--bootstrap-servers", "a:1", "--tap", "("], "--tap: tap.topics.0: is not a regular expression"),
        (["run", "--config", "no.yaml"], "no.yaml: cannot be read"),
        (["show", "no.json"], "graph file 'no.json' cannot be read"),
        (["show"], "graph file 'graph.json' cannot be read"),
        (["show", "a.json", "--state", "b"], "are both given"),
        (["show", "--state", "nowhere"], "is no directory"),
        (["export", "a.json"], "--format"),
        (["score", "a.json"], "--truth"),
    ],
)
def test_a_mistake_in_the_arguments_is_exit_code_2(
    arguments: list[str], told: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments, FakeWiring()) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("flowaudit: ")
    assert err.count("\n") == 1
    assert told in err


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"schema": "flowaudit.graph/v9"}', b"[" * 100_000]
)
def test_a_file_that_is_no_graph_is_exit_code_2(content: bytes, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "g.json"
    path.write_bytes(content)
    assert main(["show", str(path)]) == ExitCode.USAGE
    err = capsys.readouterr().err
    assert err.startswith("flowaudit: ")
    assert str(path) in err
    assert err.count("\n") == 1


def test_many_mistakes_in_a_configuration_are_one_line_each(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("kafka: {bootstrap_server: a}\nweb: {port: x}\n", encoding="utf-8")
    assert main(["run", "--config", str(path)]) == ExitCode.USAGE
    assert capsys.readouterr().err.splitlines()[0] == "flowaudit: 3 mistakes in the configuration:"


@pytest.mark.parametrize(
    "command",
    ["", "demo", "snapshot", "run", "worker", "show", "path", "impact", "cut", "diff", "export", "simulate", "score"],
)
def test_every_command_has_help(command: str, capsys: Capture) -> None:
    assert main([*filter(None, [command]), "--help"]) == ExitCode.CLEAN
    out = capsys.readouterr().out
    assert out.startswith("Usage: flowaudit")
    assert "--help" in out


def test_version(capsys: Capture) -> None:
    assert main(["--version"]) == ExitCode.CLEAN
    assert capsys.readouterr().out.startswith("flowaudit ")


def test_help_does_not_wait_for_the_heavy_libraries() -> None:
    script = (
        "import sys; from flowaudit.cli.main import main; main(['--help']);"
        "print(sorted({'aiokafka','faust','kafka','networkx','numpy','pydantic','yaml','uvicorn'} & set(sys.modules)))"
    )
    started_s = time.monotonic()
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.rstrip().endswith("[]")
    assert time.monotonic() - started_s < 10


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    path.write_bytes(dump(estate()))
    for command in ("show", "export --format csv"):
        shell = f"{sys.executable} -m flowaudit {command} {path} | true; echo ${{PIPESTATUS[0]}}"
        result = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False, timeout=60)
        assert (result.stdout, result.stderr) == ("0\n", "")


def test_output_into_a_pipe_has_no_colours_and_cuts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    path.write_bytes(dump(estate()))
    result = subprocess.run(
        [sys.executable, "-m", "flowaudit", "path", "lock", "travel-ban", str(path)],
        capture_output=True,
        check=True,
        timeout=60,
        env={"COLUMNS": "20", "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
    )
    text = result.stdout.decode()
    assert "\x1b" not in text
    assert "lock → central-monitor → citizen-score → travel-ban\n" in text


def test_printable_keeps_text_and_escapes_the_rest() -> None:
    assert printable("Türschloss → 门锁 é") == "Türschloss → 门锁 é"
    assert printable("a\x1bb\nc\u202ed\ud800") == "a\\u001bb\\u000ac\\u202ed\\ud800"
    assert printable("a\nb\r", keep="\n") == "a\nb\\u000d"
