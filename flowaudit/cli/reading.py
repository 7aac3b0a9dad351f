"""Where a graph comes from: a file, or the ledger in a state directory."""

from __future__ import annotations

from pathlib import Path

from flowaudit.cli.options import DEFAULT_GRAPH
from flowaudit.cli.wiring import Wiring
from flowaudit.errors import UsageError
from flowaudit.graph.document import load
from flowaudit.graph.snapshot import GraphSnapshot

_MAX_BYTES = 512 * 1024 * 1024


class GraphNotFound(UsageError):
    """The file or the directory that was named is not there, or cannot be read."""


def read_graph(graph: Path | None, state: Path | None, wiring: Wiring) -> GraphSnapshot:
    """The graph that the arguments name; `graph.json` when they name none.

    Raises:
        GraphNotFound: there is no such file or directory, or both were named.
        GraphUnreadable: the file is no graph document.
    """
    if graph and state:
        msg = f"a graph file ({str(graph)!r}) and --state ({str(state)!r}) are both given; keep one"
        raise GraphNotFound(msg)
    if state:
        if not state.is_dir():
            msg = f"--state {str(state)!r} is no directory; name the ledger.directory of a `flowaudit run`"
            raise GraphNotFound(msg)
        return wiring.state(state)
    path = graph or DEFAULT_GRAPH
    return load(_read(path), str(path))


def read_place(place: Path, wiring: Wiring) -> GraphSnapshot:
    """The graph of a file, or of a state directory, whichever the path is.

    Raises:
        GraphNotFound: there is no such file or directory.
        GraphUnreadable: the file is no graph document.
    """
    return wiring.state(place) if place.is_dir() else load(_read(place), str(place))


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            msg = f"{str(path)!r} is larger than {_MAX_BYTES >> 20} MiB; that is no graph document"
            raise GraphNotFound(msg)
        return path.read_bytes()
    except OSError as error:
        msg = (
            f"graph file {str(path)!r} cannot be read: {error.strerror}; `flowaudit snapshot --output {path}` makes one"
        )
        raise GraphNotFound(msg) from error
