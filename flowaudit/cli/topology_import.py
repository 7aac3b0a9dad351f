"""From the files that `flowaudit topology import` was given to a draft."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flowaudit.cli.reading import read_graph
from flowaudit.cli.wiring import Wiring
from flowaudit.graph.adopt import adopt
from flowaudit.topology.asyncapi import draft_of
from flowaudit.topology.asyncapi_document import read_asyncapi
from flowaudit.topology.draft import Draft

_PEEKED_BYTES: Final = 4_096


def draft_from(files: Sequence[Path], wiring: Wiring) -> Draft:
    """The draft of one graph, or of AsyncAPI documents that are taken together.

    Raises:
        UsageError: a file cannot be read, or is neither.
    """
    if len(files) == 1 and _looks_like_a_graph(files[0]):
        return adopt(read_graph(files[0], None, wiring))
    return draft_of([read_asyncapi(path) for path in files])


def _looks_like_a_graph(path: Path) -> bool:
    """Graph documents are JSON; so may AsyncAPI documents be, which say what they are near their beginning."""
    try:
        with path.open("rb") as file:
            head = file.read(_PEEKED_BYTES)
    except OSError:
        return False  # whoever reads it says why it cannot be read
    return head.lstrip().startswith(b"{") and b'"asyncapi"' not in head
