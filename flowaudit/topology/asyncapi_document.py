"""An AsyncAPI 3.0 document as plain values, with the references inside of it followed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import yaml

from flowaudit.errors import UsageError
from flowaudit.topology.mistakes import Mistakes
from flowaudit.topology.written_file import read_written
from flowaudit.topology.yaml_tree import compose

_MOST_STEPS: Final = 16
"""A reference to a reference, and so on: more are a circle."""


class AsyncApiInvalid(UsageError):
    """A file that is no AsyncAPI 3.0 document, or one that contradicts itself."""


class AsyncApiDocument:
    """One document (https://www.asyncapi.com/docs/reference/specification/v3.0.0); `source` names it in messages."""

    def __init__(self, text: str, source: str) -> None:
        """Read YAML or JSON.

        Raises:
            AsyncApiInvalid: it cannot be read, or is of another version.
        """
        mistakes = Mistakes(source)
        node = compose(text, mistakes)
        root = None if node is None else _plain(node)
        if mistakes.found:
            raise AsyncApiInvalid(mistakes.message())
        self.source = source
        self.root: Mapping[str, Any] = root if isinstance(root, dict) else {}
        version = self.root.get("asyncapi")
        if not isinstance(version, str) or not version.startswith("3.0."):
            found = f"'asyncapi' is {str(version)[:40]!r}" if version else "it has no key 'asyncapi'"
            msg = f"{source}: not a graph, and not an AsyncAPI 3.0 document: {found}"
            raise AsyncApiInvalid(msg)

    def table(self, key: str) -> dict[str, dict[str, Any]]:
        """The named things under a key of the document, with what they refer to in their place."""
        return {name: self.resolve(value, f"#/{key}/{name}") for name, value in self._mapping(key).items()}

    def resolve(self, value: object, where: str) -> dict[str, Any]:
        """A mapping, or the one that its `$ref` names.

        Raises:
            AsyncApiInvalid: it names nothing, something outside of the document, or itself.
        """
        for _ in range(_MOST_STEPS):
            if not isinstance(value, dict):
                raise self._refusal(where, "must be a mapping")
            reference = value.get("$ref")
            if reference is None:
                return value
            value = self._at(str(reference), where)
        raise self._refusal(where, "refers to itself")

    def reference(self, value: object, key: str, where: str) -> str:
        """The name of the thing under `key` that a reference names, directly or by a reference on the way."""
        target = self.resolve(value, where)
        for name, known in self.table(key).items():
            if known is target:
                return name
        raise self._refusal(where, f"names nothing under {key!r}")

    def _mapping(self, key: str) -> Mapping[str, Any]:
        value, where = self.root.get(key) or {}, f"#/{key}"
        if not isinstance(value, dict):
            raise self._refusal(where, "must be a mapping")
        return value

    def _at(self, reference: str, where: str) -> object:
        if not reference.startswith("#/"):
            why = f"refers to {reference[:80]!r}, outside of the document; bundle it into one file first"
            raise self._refusal(where, why)
        value: Any = self.root
        for part in reference[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if not isinstance(value, dict) or key not in value:
                raise self._refusal(where, f"refers to {reference[:80]!r}, which does not exist")
            value = value[key]
        return value

    def _refusal(self, where: str, why: str) -> AsyncApiInvalid:
        return AsyncApiInvalid(f"{self.source}: {where} {why}")


def read_asyncapi(path: Path) -> AsyncApiDocument:
    """The document in a file.

    Raises:
        AsyncApiInvalid: the file cannot be read, or is no AsyncAPI 3.0 document.
    """
    return AsyncApiDocument(read_written(path, "a graph file or AsyncAPI documents", AsyncApiInvalid), str(path))


def _plain(node: yaml.Node) -> Any:  # noqa: ANN401 - whatever the document holds
    if isinstance(node, yaml.MappingNode):
        return {str(_plain(key)): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)
