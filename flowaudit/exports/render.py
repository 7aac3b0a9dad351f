"""The registry of export formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flowaudit.errors import UsageError
from flowaudit.exports.csv_ import csv_stream
from flowaudit.exports.dot import dot
from flowaudit.exports.gexf import gexf
from flowaudit.exports.graphml import graphml
from flowaudit.exports.identity import identity_csv, identity_json, identity_mermaid
from flowaudit.exports.json_ import json_document
from flowaudit.exports.mermaid import mermaid
from flowaudit.graph.snapshot import GraphSnapshot


class FormatUnknown(UsageError):
    """An export format that does not exist."""


@dataclass(frozen=True, slots=True)
class Format:
    """One export format."""

    name: str
    suffix: str
    media_type: str
    write: Callable[[GraphSnapshot], str]
    """Snapshot → text; the text is UTF-8 when it becomes bytes, and ends with a newline."""


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        form.name: form
        for form in (
            Format("json", ".json", "application/json", json_document),
            Format("graphml", ".graphml", "application/graphml+xml", graphml),
            Format("gexf", ".gexf", "application/gexf+xml", gexf),
            Format("mermaid", ".mmd", "text/vnd.mermaid", mermaid),
            Format("dot", ".dot", "text/vnd.graphviz", dot),
            Format("csv", ".csv", "text/csv", csv_stream),
        )
    }
)
"""All formats by name."""

IDENTITY_FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        form.name: form
        for form in (
            Format("json", ".json", "application/json", identity_json),
            Format("mermaid", ".mmd", "text/vnd.mermaid", identity_mermaid),
            Format("csv", ".csv", "text/csv", identity_csv),
        )
    }
)
"""What the identity-linkage view can be written as, by name."""


def render(snapshot: GraphSnapshot, format: str) -> str:  # noqa: A002 - it is called a format everywhere
    """The snapshot as text of a format, ending with a newline; write it as UTF-8.

    Raises:
        FormatUnknown: no such format; the message names those that there are.
    """
    return _write(FORMATS, snapshot, format)


def render_identities(snapshot: GraphSnapshot, format: str) -> str:  # noqa: A002 - it is called a format everywhere
    """The identity-linkage view as text of a format, ending with a newline; write it as UTF-8.

    Raises:
        FormatUnknown: no such format; the message names those that there are.
    """
    return _write(IDENTITY_FORMATS, snapshot, format)


def _write(formats: Mapping[str, Format], snapshot: GraphSnapshot, name: str) -> str:
    if name not in formats:
        msg = f"no export format {name!r}; choose one of {', '.join(formats)}"
        raise FormatUnknown(msg)
    return formats[name].write(snapshot)
