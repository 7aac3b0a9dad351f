"""The JSON Schema of the graph document, made from the types that read and write it."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from flowaudit.graph.document_form import DocumentForm
from flowaudit.graph.snapshot import SCHEMA

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) that every document of `dump` satisfies."""
    return {"$schema": _DIALECT, "title": SCHEMA, **msgspec.json.schema(DocumentForm)}


def schema_text() -> str:
    """The schema as `docs/graph-v1.schema.json` holds it."""
    return json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
