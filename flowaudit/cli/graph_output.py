"""A fresh graph: into a file and as a summary, or as a document on stdout."""

from __future__ import annotations

from pathlib import Path

from flowaudit.cli.options import DEFAULT_GRAPH, Format
from flowaudit.cli.output import STDOUT, print_bytes, print_json, write_file
from flowaudit.cli.summary import print_summary
from flowaudit.cli.summary_document import summary_document
from flowaudit.engine.progress import Note, Progress
from flowaudit.graph.document import dump
from flowaudit.graph.snapshot import GraphSnapshot


def deliver(graph: GraphSnapshot, *, output: Path | None, result_format: Format, progress: Progress) -> None:
    """Write the document where `output` says, and print what the format asks for.

    `-`, or JSON without an output: the document is the result on stdout, and nothing else is.

    Raises:
        OutputRefused: the file cannot be written.
    """
    document = dump(graph)
    if output == STDOUT or (output is None and result_format is Format.JSON):
        print_bytes(document)
        return
    path = output or DEFAULT_GRAPH
    write_file(path, document)
    if result_format is Format.JSON:
        print_json(summary_document(graph))
    else:
        print_summary(graph)
    progress.tell(Note(f"the graph is in {path}"))
