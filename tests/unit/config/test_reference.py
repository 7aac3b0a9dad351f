from __future__ import annotations

from pathlib import Path

import pytest

from flowaudit.config import load_settings
from flowaudit.config.model import keys_of, secret_keys, section_names
from flowaudit.config.reference import main, reference

COMMITTED = Path(__file__).parents[3] / "docs" / "reference-config.yaml"


def test_the_committed_reference_is_what_the_model_says() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == reference()


def test_check_says_whether_the_committed_one_is_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(COMMITTED.parents[1])
    assert main(["--check"]) == 0
    monkeypatch.chdir(tmp_path)
    assert main(["--check"]) == 1
    assert "is stale" in capsys.readouterr().err


def test_the_reference_loads_and_is_the_defaults() -> None:
    defaults = load_settings(None, {"FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS": "localhost:9092"})
    assert load_settings(COMMITTED, {}) == defaults


def test_the_reference_names_every_key_and_how_to_give_each_secret() -> None:
    text = COMMITTED.read_text(encoding="utf-8")
    for section in section_names():
        assert f"{section}:" in text
        assert all(f"{key}:" in text for key in keys_of(section))
    for key in secret_keys("kafka"):
        assert f"FLOWAUDIT_KAFKA__{key.upper()}_FILE" in text
