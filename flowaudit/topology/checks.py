"""What must hold between the parts of a topology: names are unique, and every reference names something."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import yaml

from flowaudit.topology.mistakes import Mistakes, nearest
from flowaudit.topology.model import SCHEMA, Topology
from flowaudit.topology.yaml_tree import child, items, line_of


class _Reference(NamedTuple):
    """One word of the file that must be the name of something in it."""

    line: int
    says: str
    """Who names it, and as what: `the flow's 'from' names the system`."""
    name: str
    valid: Collection[str]


def check(topology: Topology, root: yaml.Node, mistakes: Mistakes) -> None:
    """Note all that is wrong between the parts; `root` is the tree that `topology` was read from."""
    if topology.schema != SCHEMA:
        line = line_of(child(root, "schema"))
        mistakes.add(line, f"'schema' is {topology.schema!r}; this version reads {SCHEMA!r}")
    if not topology.systems:
        mistakes.add(line_of(child(root, "systems")), "'systems' is empty; name at least one system")
    _check_names(topology, root, mistakes)
    for reference in _references(topology, root):
        if reference.name not in reference.valid:
            hint = nearest(reference.name, reference.valid)
            mistakes.add(reference.line, f"{reference.says} {reference.name!r}, which does not exist; {hint}")
    for rule, node in zip(topology.data, items(root, "data"), strict=True):
        if not rule.topics:
            mistakes.add(line_of(child(node, "topics")), "the rule's 'topics' is empty; name at least one pattern")


def _check_names(topology: Topology, root: yaml.Node, mistakes: Mistakes) -> None:
    listed: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("system", "systems", (system.name for system in topology.systems)),
        ("purpose", "purposes", (purpose.name for purpose in topology.purposes)),
        ("category of people", "people", (people.name for people in topology.people)),
        ("flow", "flows", (f"{flow.source} → {flow.target}" for flow in topology.flows)),
    )
    for what, key, names in listed:
        first: dict[str, int] = {}
        for name, line in zip(names, map(line_of, items(root, key)), strict=True):
            if name in first:
                mistakes.add(line, f"the {what} {name!r} is declared twice; the first is on line {first[name]}")
            first.setdefault(name, line)


def _references(topology: Topology, root: yaml.Node) -> Iterator[_Reference]:
    systems = [system.name for system in topology.systems]
    purposes = [purpose.name for purpose in topology.purposes]
    people = [one.name for one in topology.people]
    for flow, node in zip(topology.flows, items(root, "flows"), strict=True):
        for key, name in (("from", flow.source), ("to", flow.target)):
            yield _Reference(line_of(child(node, key)), f"the flow's {key!r} names the system", name, systems)
        if purposes:
            line = line_of(child(node, "purpose"))
            yield _Reference(line, "the flow's 'purpose' names the purpose", flow.purpose, purposes)
    for system, node in zip(topology.systems, items(root, "systems"), strict=True):
        yield from _all(node, "purposes", system.purposes, "the system's 'purposes' names the purpose", purposes)
    for purpose, node in zip(topology.purposes, items(root, "purposes"), strict=True):
        says = "the purpose's 'compatible_with' names the purpose"
        yield from _all(node, "compatible_with", purpose.compatible_with, says, purposes)
    for rule, node in zip(topology.data, items(root, "data"), strict=True):
        yield from _all(node, "people", rule.people, "the rule's 'people' names the category of people", people)
        yield from _all(node, "purposes", rule.purposes, "the rule's 'purposes' names the purpose", purposes)


def _all(node: yaml.Node, key: str, names: Sequence[str], says: str, valid: Collection[str]) -> Iterator[_Reference]:
    for name, item in zip(names, items(node, key), strict=True):
        yield _Reference(line_of(item), says, name, valid)
