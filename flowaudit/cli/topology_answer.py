"""What `flowaudit topology validate` and `import` print."""

from __future__ import annotations

from pathlib import Path

from flowaudit.cli.options import Format
from flowaudit.cli.output import print_json, print_text
from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import counted
from flowaudit.topology.draft import Draft, draft_text
from flowaudit.topology.mistakes import Mistake
from flowaudit.topology.model import Topology


def print_validation(
    file: Path, topology: Topology | None, mistakes: tuple[Mistake, ...], result_format: Format
) -> None:
    """Print what the file declares, or every mistake in it as `file:line: what is wrong`."""
    if result_format is Format.JSON:
        print_json(_document(file, topology, mistakes))
    elif topology is not None:
        told = ", ".join(counted(number, noun) for noun, number in _counts(topology).items())
        print_text(printable(f"{file}: valid: {topology.title} ({told})"))
    else:
        print_text("\n".join(printable(f"{file}:{mistake.line}: {mistake.text}") for mistake in mistakes))


def print_draft(draft: Draft, result_format: Format) -> None:
    """Print a draft as a topology file; as JSON, its text and what was left out of it."""
    if result_format is Format.JSON:
        counts = {"system": len(draft.systems), "flow": len(draft.flows)}
        print_json({"topology": draft_text(draft), "declares": counts, "left_out": list(draft.notes)})
    else:
        print_text(draft_text(draft))


def _document(file: Path, topology: Topology | None, mistakes: tuple[Mistake, ...]) -> dict[str, object]:
    return {
        "file": str(file),
        "valid": topology is not None,
        "mistakes": [{"line": mistake.line, "text": mistake.text} for mistake in mistakes],
        "declares": {} if topology is None else _counts(topology),
    }


def _counts(topology: Topology) -> dict[str, int]:
    return {
        "system": len(topology.systems),
        "flow": len(topology.flows),
        "purpose": len(topology.purposes),
        "data rule": len(topology.data),
    }
