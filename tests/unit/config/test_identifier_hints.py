"""What the user says of fields: read with care, and refused with the key, the line and the way out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowaudit.bootstrap.parts import audit_settings_of
from flowaudit.config import ConfigInvalid, load_settings
from flowaudit.sources.tap.hints import FieldHint, HintKind

BROKERS = {"FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS": "localhost:9092"}
GOOD = """\
tap:
  previous_key: the key before the change
  identifiers:
    - topic: crm\\..*
      path: $.contact.phone
      kind: person
      region: GB
    - {topic: doors, path: "$key", kind: none}
"""


def _file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "flowaudit.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_hints_reach_the_audit(tmp_path: Path) -> None:
    audit = audit_settings_of(load_settings(_file(tmp_path, GOOD), BROKERS))
    assert audit.hints == (
        FieldHint("crm\\..*", "$.contact.phone", HintKind.PERSON, "GB"),
        FieldHint("doors", "$key", HintKind.NONE),
    )
    assert audit.previous_key is not None
    assert audit.previous_key_id != audit.key_id
    assert "before the change" not in repr(audit)


def test_hints_from_the_environment_are_json() -> None:
    hints = [{"topic": "doors", "path": "$.guests[*].id_no", "kind": "person"}]
    settings = load_settings(None, BROKERS | {"FLOWAUDIT_TAP__IDENTIFIERS": json.dumps(hints)})
    assert [hint.path for hint in settings.tap.identifiers] == ["$.guests[*].id_no"]
    with pytest.raises(ConfigInvalid, match=r"FLOWAUDIT_TAP__IDENTIFIERS: tap.identifiers: is not JSON"):
        load_settings(None, BROKERS | {"FLOWAUDIT_TAP__IDENTIFIERS": "$.id"})


def test_a_hint_may_name_part_of_a_composite() -> None:
    hints = [{"topic": "doors", "path": "$key.<_>[1]", "kind": "event"}]
    settings = load_settings(None, BROKERS | {"FLOWAUDIT_TAP__IDENTIFIERS": json.dumps(hints)})
    assert [hint.path for hint in settings.tap.identifiers] == ["$key.<_>[1]"]


@pytest.mark.parametrize(
    ("line", "wrong", "said"),
    [
        (4, "topic: crm(", r"line 4: tap.identifiers.0.topic: is not a regular expression"),
        (5, "path: contact.phone", r"line 5: tap.identifiers.0.path: must be the path of a field"),
        (5, "path: $.contact[", r"line 5: tap.identifiers.0.path: must be the path of a field"),
        (5, "path: $.contact.<_>", r"line 5: tap.identifiers.0.path: must be the path of a field"),
        (6, "kind: people", r"line 6: tap.identifiers.0.kind: .*'person'"),
        (7, "region: Britain", r"line 7: tap.identifiers.0.region: must be a country in two capital letters"),
        (7, "rgion: GB", r"line 7: tap.identifiers.0.rgion: unknown key: did you mean 'region'"),
        (6, "", r"tap.identifiers.0.kind: is missing"),
    ],
)
def test_mistakes_are_told_with_key_and_line(tmp_path: Path, line: int, wrong: str, said: str) -> None:
    lines = GOOD.splitlines()
    if wrong:
        lead = lines[line - 1][:6]
        lines[line - 1] = lead + wrong
    else:
        del lines[line - 1]
    with pytest.raises(ConfigInvalid, match=said):
        load_settings(_file(tmp_path, "\n".join(lines)), BROKERS)
