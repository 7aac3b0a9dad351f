"""Node ids for XML formats: the document's ids, cleaned, and distinct."""

from __future__ import annotations

from flowaudit.exports.columns import NodeRow
from flowaudit.exports.text import distinct, xml_text


def xml_ids(rows: list[NodeRow]) -> dict[str, str]:
    """From the document's node id to the id in an XML file."""
    return dict(zip((row.id for row in rows), distinct([xml_text(row.id) for row in rows]), strict=True))
