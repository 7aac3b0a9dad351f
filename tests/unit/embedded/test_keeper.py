"""The supervisor process, with sleeping shells in the place of the broker."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowaudit.embedded.errors import KeeperFailed
from flowaudit.embedded.keeper import Keeper
from flowaudit.embedded.supervisor import Commands

_SLEEPER = ["/bin/sh", "-c", "exec sleep 60"]


@pytest.fixture
def node_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "node"
    folder.mkdir()
    return folder


def _keep(node_dir: Path, broker: list[str], formatting: str = "exit 0") -> Keeper:
    return Keeper(node_dir, Commands(["/bin/sh", "-c", formatting], broker), stop_gracefully=False)


@pytest.fixture
def sleeping(node_dir: Path) -> Iterator[Keeper]:
    keeper = _keep(node_dir, _SLEEPER)
    yield keeper
    keeper.end()


def _soon() -> float:
    return time.monotonic() + 10.0


def _gone(pid: int) -> bool:
    """Whether a process is gone within ten seconds."""
    deadline_s = _soon()
    while time.monotonic() < deadline_s:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_end_kills_the_broker_and_removes_the_folder(node_dir: Path) -> None:
    keeper = _keep(node_dir, _SLEEPER)
    pid = keeper.ask("start", "started", _soon())
    keeper.end()
    assert _gone(pid)
    assert not node_dir.exists()


def test_formatting_reports_its_exit_code(node_dir: Path) -> None:
    keeper = _keep(node_dir, _SLEEPER, formatting="exit 7")
    assert keeper.ask("format", "formatted", _soon()) == 7
    keeper.end()


def test_what_the_broker_prints_is_in_its_folder(node_dir: Path) -> None:
    keeper = _keep(node_dir, _SLEEPER, formatting="echo told; echo warned >&2")
    keeper.ask("format", "formatted", _soon())
    assert (node_dir / "console.log").read_text(encoding="utf-8") == "told\nwarned\n"
    keeper.end()


def test_a_broker_that_ends_by_itself_is_reported(node_dir: Path) -> None:
    keeper = _keep(node_dir, ["/bin/sh", "-c", "exit 3"])
    keeper.ask("start", "started", _soon())
    assert keeper.broker_exited(5.0)
    keeper.end()


def test_stop_ends_the_broker_in_good_order_and_start_brings_another(sleeping: Keeper) -> None:
    first = sleeping.ask("start", "started", _soon())
    assert sleeping.ask("stop", "exited", _soon()) == -signal.SIGTERM
    second = sleeping.ask("start", "started", _soon())
    assert _gone(first)
    assert first != second


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal")
def test_the_broker_dies_with_a_killed_keeper(node_dir: Path) -> None:
    keeper = _keep(node_dir, _SLEEPER)
    pid = keeper.ask("start", "started", _soon())
    keeper._process.kill()
    assert _gone(pid)
    keeper.end()


def test_a_keeper_that_is_gone_is_a_failure(node_dir: Path) -> None:
    keeper = _keep(node_dir, _SLEEPER)
    keeper.end()
    with pytest.raises(KeeperFailed):
        keeper.ask("start", "started", _soon())


def test_an_answer_that_does_not_come_in_time_is_a_failure(node_dir: Path) -> None:
    keeper = _keep(node_dir, _SLEEPER, formatting="exec sleep 2")
    with pytest.raises(KeeperFailed):
        keeper.ask("format", "formatted", time.monotonic() + 0.2)
    keeper.end()
