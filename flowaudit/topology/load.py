"""Topology file → model. Every mistake in the file is told at once, with its line and the way out."""

from __future__ import annotations

from pathlib import Path

from flowaudit.errors import UsageError
from flowaudit.topology.checks import check
from flowaudit.topology.mistakes import Mistake, Mistakes
from flowaudit.topology.model import Topology
from flowaudit.topology.read_struct import read_struct
from flowaudit.topology.written_file import read_written
from flowaudit.topology.yaml_tree import compose


class TopologyInvalid(UsageError):
    """A topology file cannot be used; the text lists every mistake as `file:line: what is wrong`, one a line."""

    def __init__(self, message: str, mistakes: tuple[Mistake, ...] = ()) -> None:
        super().__init__(message)
        self.mistakes = mistakes


def load_topology(path: Path) -> Topology:
    """The topology that a file declares.

    Raises:
        TopologyInvalid: the file cannot be read, or something in it is wrong.
    """
    return parse_topology(read_written(path, "an existing topology file", TopologyInvalid), source=str(path))


def parse_topology(text: str, *, source: str = "topology.yaml") -> Topology:
    """The topology that `text` declares; `source` names it in messages.

    Raises:
        TopologyInvalid: something in the text is wrong.
    """
    mistakes = Mistakes(source)
    root = compose(text, mistakes)
    topology = read_struct(root, Topology, mistakes) if root is not None else None
    if topology is not None and root is not None:
        check(topology, root, mistakes)
    if topology is None or mistakes.found:
        raise TopologyInvalid(mistakes.message(), mistakes.found)
    return topology
