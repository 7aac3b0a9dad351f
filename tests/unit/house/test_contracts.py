"""The import contracts hold, and each of them can fail: a planted violation is caught."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

PLANTED = {
    "rooms": ("facts/planted.py", "import flowaudit.graph.snapshot\n"),
    "pure": ("graph/planted.py", "import time\n"),
    "decoders": ("sources/groups/decode.py", "import kafka\n"),
    "sources": ("sources/topics/planted.py", "import flowaudit.sources.groups\n"),
    "networkx": ("linkage/planted.py", "import networkx\n"),
    "clients": ("engine/planted.py", "import aiokafka\n"),
    "policy": ("policy/planted.py", "import flowaudit.ledger\n"),
    "sqlite": ("engine/planted.py", "import sqlite3\n"),
}
ALSO_PLANTED = [*PLANTED.items(), ("decoders", ("sources/tap/formats/avro.py", "import socket\n"))]


def lint(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    return subprocess.run([*command, *arguments], cwd=tree, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "flowaudit", tree / "flowaudit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tree)
    return tree


def test_every_contract_has_a_planted_violation() -> None:
    contracts = [line for line in (ROOT / ".importlinter").read_text().splitlines() if ":contract:" in line]
    assert {line.strip("[]").rsplit(":", 1)[1] for line in contracts} == set(PLANTED)


def test_the_house_keeps_its_contracts(copy_of_the_house: Path) -> None:
    result = lint(copy_of_the_house)
    assert result.returncode == 0, result.stdout
    assert f"{len(PLANTED)} kept, 0 broken" in result.stdout


@pytest.mark.parametrize(("contract", "planted"), ALSO_PLANTED)
def test_a_planted_violation_is_caught(contract: str, planted: tuple[str, str], copy_of_the_house: Path) -> None:
    name, line = planted
    path = copy_of_the_house / "flowaudit" / name
    before = path.read_text() if path.exists() else None
    path.write_text((before or '"""Planted."""\n') + line)
    try:
        result = lint(copy_of_the_house, "--contract", contract)
    finally:
        path.unlink() if before is None else path.write_text(before)
    assert result.returncode == 1, result.stdout
    assert "0 kept, 1 broken" in result.stdout


def test_a_room_that_nobody_placed_is_caught(copy_of_the_house: Path) -> None:
    path = copy_of_the_house / "flowaudit" / "shed.py"
    path.write_text('"""Planted."""\n')
    try:
        result = lint(copy_of_the_house, "--contract", "rooms")
    finally:
        path.unlink()
    assert result.returncode == 1, result.stdout
