"""The JSON Schema of topology files, made from the model that reads them: editors complete and check by it."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from flowaudit.topology.model import SCHEMA, Topology

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of what `load_topology` reads.

    Names that are given twice and references to nothing are told by the reader alone. The schema wants a name that
    looks like a number in quotes; the reader takes it as it stands.
    """
    schema = msgspec.json.schema(Topology)
    fields = schema["$defs"]["Topology"]["properties"]
    fields["schema"] = {"const": SCHEMA}
    fields["systems"] = {**fields["systems"], "minItems": 1}
    schema["$defs"]["DataRule"]["properties"]["topics"]["minItems"] = 1
    return {"$schema": _DIALECT, "title": SCHEMA, **schema}


def schema_text() -> str:
    """The schema as `docs/topology-v1.schema.json` holds it."""
    return json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
