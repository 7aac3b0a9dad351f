from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from flowaudit.topology.json_schema import json_schema, schema_text
from tests.unit.topology.test_checks import WHOLE

ROOT = Path(__file__).parents[3]
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_the_schema_in_the_docs_is_the_one_of_the_code() -> None:
    advice = "write the output of `flowaudit topology schema` to docs/topology-v1.schema.json"
    assert (ROOT / "docs" / "topology-v1.schema.json").read_text(encoding="utf-8") == schema_text(), advice


@pytest.mark.parametrize("text", [WHOLE, *(path.read_text() for path in ROOT.glob("topologies/*/topology.yaml"))])
def test_what_is_valid_satisfies_the_schema(text: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    VALIDATOR.validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    "wrong", [{"systems": []}, {"schema": "flowaudit.topology/v2"}, {"system": []}, {"data": [{"topics": []}]}]
)
def test_an_editor_is_told_of_wrong_words_and_missing_ones(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({**yaml.safe_load(WHOLE), **wrong})
