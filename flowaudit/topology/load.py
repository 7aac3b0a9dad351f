"""Topology file → model. Every mistake in the file is told at once, with its line and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from flowaudit.errors import UsageError
from flowaudit.topology.mistakes import Mistake, Mistakes, nearest
from flowaudit.topology.model import SCHEMA, Topology
from flowaudit.topology.read_struct import read_struct
from flowaudit.topology.yaml_tree import compose, line_of


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
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8"
        raise TopologyInvalid(msg) from None
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); name an existing topology file"
        raise TopologyInvalid(msg) from None
    return parse_topology(text, source=str(path))


def parse_topology(text: str, *, source: str = "topology.yaml") -> Topology:
    """The topology that `text` declares; `source` names it in messages.

    Raises:
        TopologyInvalid: something in the text is wrong.
    """
    mistakes = Mistakes(source)
    root = compose(text, mistakes)
    topology = read_struct(root, Topology, mistakes) if root is not None else None
    if topology is not None and root is not None:
        _check(topology, root, mistakes)
    if topology is None or mistakes.found:
        raise TopologyInvalid(mistakes.message(), mistakes.found)
    return topology


def _check(topology: Topology, root: yaml.Node, mistakes: Mistakes) -> None:
    if topology.schema != SCHEMA:
        line = line_of(_child(root, "schema"))
        mistakes.add(line, f"'schema' is {topology.schema!r}; this version reads {SCHEMA!r}")
    if not topology.systems:
        mistakes.add(line_of(_child(root, "systems")), "'systems' is empty; name at least one system")
    system_lines = [line_of(node) for node in _items(root, "systems")]
    names = [system.name for system in topology.systems]
    _check_unique("system", zip(names, system_lines, strict=True), mistakes)
    for flow, node in zip(topology.flows, _items(root, "flows"), strict=True):
        for key, name in (("from", flow.source), ("to", flow.target)):
            if name not in names:
                text = f"the flow's {key!r} names the system {name!r}, which does not exist; {nearest(name, names)}"
                mistakes.add(line_of(_child(node, key)), text)
    flow_lines = [line_of(node) for node in _items(root, "flows")]
    pairs = (f"{flow.source} → {flow.target}" for flow in topology.flows)
    _check_unique("flow", zip(pairs, flow_lines, strict=True), mistakes)


def _check_unique(what: str, named: Iterable[tuple[str, int]], mistakes: Mistakes) -> None:
    first: dict[str, int] = {}
    for name, line in named:
        if name in first:
            mistakes.add(line, f"the {what} {name!r} is declared twice; the first is on line {first[name]}")
        first.setdefault(name, line)


def _child(node: yaml.Node, key: str) -> yaml.Node:
    """The value under `key`, or the node itself when the key is absent (a default was used)."""
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if key_node.value == key:
                return value_node  # type: ignore[no-any-return]
    return node


def _items(node: yaml.Node, key: str) -> list[yaml.Node]:
    child = _child(node, key)
    return list(child.value) if isinstance(child, yaml.SequenceNode) else []
