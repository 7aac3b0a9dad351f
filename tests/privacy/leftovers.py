"""Everything that a run leaves behind, by the place where it was found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from tests.e2e.commands import Service, flowaudit

_FORMATS = ("json", "graphml", "gexf", "mermaid", "dot", "csv")
_VIEWS = ("topic", "identity")
_PAGES = ("/", "/linkage", "/metrics", "/healthz", "/readyz", "/graph", "/api/graph", "/nowhere?topic=none")
_OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


def pages_of(service: Service) -> dict[str, bytes]:
    """What its web server answers."""
    answers = {f"web {path}": service.answer(path) for path in _PAGES}
    answers["web /metrics, OpenMetrics"] = service.answer("/metrics", _OPEN_METRICS)
    return {place: answer.encode() for place, answer in answers.items()}


def outputs_of(*services: Service) -> dict[str, bytes]:
    """What they wrote to stdout and stderr."""
    return {
        f"{stream} of run {number}": text.encode()
        for number, service in enumerate(services)
        for stream, text in (("stdout", service.stdout), ("stderr", service.stderr))
    }


def exported(state: Path, graph: Path) -> dict[str, bytes]:
    """What is said while the graph document is made."""
    return {"export json": _said("export", "--state", state, "--format", "json", "--output", graph)}


def commands_on(state: Path, graph: Path) -> dict[str, bytes]:
    """What every command says that reads a state directory or a graph, of every view of it and in every format."""
    commands: tuple[tuple[str | Path, ...], ...] = (
        *(("export", graph, "--format", name) for name in _FORMATS),
        *(("export", graph, "--view", "identity", "--format", name) for name in _FORMATS),
        ("export", "--state", state, "--view", "topic", "--format", "csv"),
        ("show", "--state", state),
        ("show", graph, "--format", "json"),
        *(("show", graph, "--view", view) for view in _VIEWS),
        *(("show", graph, "--view", view, "--format", "json") for view in _VIEWS),
        ("path", "lock", "citizen-score", graph),
        ("score", graph, "--truth", graph),
        ("show", state / "ledger.sqlite"),
    )
    return {" ".join(map(str, command)): _said(*command) for command in commands}


def _said(*arguments: str | Path) -> bytes:
    result = flowaudit(*arguments)
    assert "Traceback" not in result.stderr
    return (result.stdout + result.stderr).encode()


def files_below(*folders: Path, except_for: Path | None = None) -> dict[str, bytes]:
    """All files, byte by byte."""
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found if except_for is None or except_for not in path.parents}


def databases_in(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The rows of SQLite databases: in the file, a long value lies in pieces on several pages."""
    return {
        f"rows of {name}": b"\n".join(_rows(Path(name)))
        for name, data in files.items()
        if data.startswith(b"SQLite format 3\0")
    }


def _rows(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 (the name is the database's own)
                yield b"\t".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
