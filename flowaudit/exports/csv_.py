"""CSV for spreadsheets and graph databases: RFC 4180 quoting, and no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Final

from flowaudit.exports.columns import EDGE_COLUMNS, NODE_COLUMNS, Cell, edge_rows, node_rows
from flowaudit.graph.snapshot import GraphSnapshot

_FORMULA_STARTS: Final = tuple("=+-@＝＋－＠")
"""What makes a spreadsheet calculate (OWASP, CSV Injection), also in full width; quoting alone does not stop it."""
_STREAM_ONLY_NODE: Final = tuple(f"node_{name}" for name in NODE_COLUMNS)


def csv_files(snapshot: GraphSnapshot) -> dict[str, str]:
    """`nodes.csv` and `edges.csv` by file name, each with a header."""
    nodes = ({"id": row.id, **row.cells} for row in node_rows(snapshot))
    edges = ({"id": row.id, "source": row.source, "target": row.target, **row.cells} for row in edge_rows(snapshot))
    return {
        "nodes.csv": write_csv(("id", *NODE_COLUMNS), nodes),
        "edges.csv": write_csv(("id", "source", "target", *EDGE_COLUMNS), edges),
    }


def csv_stream(snapshot: GraphSnapshot) -> str:
    """Nodes and edges as one table, for a pipe: column `row` says `node` or `edge`; cells of the other stay empty."""
    header = ("row", "id", *_STREAM_ONLY_NODE, "source", "target", *EDGE_COLUMNS)
    nodes = [
        {"row": "node", "id": row.id, **{f"node_{name}": cell for name, cell in row.cells.items()}}
        for row in node_rows(snapshot)
    ]
    edges = [
        {"row": "edge", "id": row.id, "source": row.source, "target": row.target, **row.cells}
        for row in edge_rows(snapshot)
    ]
    return write_csv(header, [*nodes, *edges])


def harmless(cell: Cell) -> Cell:
    """A cell on one line that no spreadsheet calculates: what starts like a formula gets an apostrophe in front."""
    if isinstance(cell, int | float):
        return cell
    plain = re.sub(r"[\t\r\n]", " ", cell.replace("\0", ""))
    return f"'{plain}" if plain.lstrip().startswith(_FORMULA_STARTS) else plain


def write_csv(header: tuple[str, ...], rows: Iterable[Mapping[str, Cell]]) -> str:
    """A table with a header; cells that a row does not have stay empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([harmless(row.get(name, "")) for name in header] for row in rows)
    return text.getvalue()
