"""YAML text → a tree of nodes that know their lines, after everything dangerous has been refused.

Refused: more than 1 MiB, aliases (a few lines of them can unfold into gigabytes), nesting deeper than 32, control
characters, several documents. Tags are not obeyed: the reader of the tree decides what a scalar means.
"""

from __future__ import annotations

from typing import Final

import yaml

from flowaudit.topology.mistakes import Mistakes

LARGEST_BYTES: Final = 1 << 20
DEEPEST: Final = 32


def compose(text: str, mistakes: Mistakes) -> yaml.Node | None:
    """The root node of `text`, or None when it cannot be used; the reason is then in `mistakes`."""
    size_bytes = len(text.encode("utf-8", errors="replace"))
    if size_bytes > LARGEST_BYTES:
        mistakes.add(1, f"the file has {size_bytes} bytes; the most that is read is {LARGEST_BYTES}")
        return None
    try:
        if not _is_harmless(text, mistakes):
            return None
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        mistakes.add(line, f"not valid YAML: {error.problem}")
        return None
    except yaml.YAMLError:
        mistakes.add(1, "not valid YAML: it holds characters that YAML does not allow")
        return None
    if root is None:
        mistakes.add(1, "the file is empty")
    return root


def line_of(node: yaml.Node) -> int:
    """The line on which a node starts, counted from 1."""
    return int(node.start_mark.line) + 1


def child(node: yaml.Node, key: str) -> yaml.Node:
    """The value under `key`, or the node itself when the key is absent (a default was used)."""
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if key_node.value == key:
                return value_node  # type: ignore[no-any-return]
    return node


def items(node: yaml.Node, key: str) -> list[yaml.Node]:
    """What is listed under `key`; nothing when the key is absent."""
    listed = child(node, key)
    return list(listed.value) if isinstance(listed, yaml.SequenceNode) else []


def _is_harmless(text: str, mistakes: Mistakes) -> bool:
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            mistakes.add(line, f"the alias *{event.anchor} is refused; write the value out")
            return False
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if documents > 1:
            mistakes.add(line, "a second document starts here; a file holds one")
            return False
        if depth > DEEPEST:
            mistakes.add(line, f"nested deeper than {DEEPEST} levels")
            return False
    return True
