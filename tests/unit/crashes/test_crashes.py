"""A process that crashes tells where, and leaves nothing of what it was about: no text, no core."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flowaudit.crashes import report_of

PERSON = "110105194912310021"
PROLOGUE = f"""
import asyncio, gc, logging, threading
from flowaudit.crashes import leave_no_data
leave_no_data()
def fails():
    return int("{PERSON}x")
"""
CRASHES = {
    "uncaught": "fails()",
    "uncaught, with a cause": """
try:
    fails()
except ValueError as error:
    raise KeyError("{PERSON}") from error
""",
    "in a thread": "thread = threading.Thread(target=fails); thread.start(); thread.join()",
    "in a finalizer": """
class Held:
    def __del__(self): fails()
Held()
""",
    "in a task that nobody waits for": """
async def main():
    async def work(): fails()
    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    del task
    gc.collect()
asyncio.run(main())
""",
    "logged by a library": """
try:
    fails()
except ValueError:
    logging.getLogger("some.library").exception("it failed\\nat {PERSON}")
""",
    "in a group": """
raise ExceptionGroup("{PERSON}", [ValueError("{PERSON}"), KeyError("{PERSON}")])
""",
}


@pytest.mark.parametrize("crash", CRASHES.values(), ids=CRASHES)
def test_a_crash_tells_where_and_not_about_whom(crash: str, tmp_path: Path) -> None:
    script = tmp_path / "crash.py"
    script.write_text(PROLOGUE.replace(PERSON, '" + "'.join(PERSON)) + crash.replace("{PERSON}", '" + "'.join(PERSON)))
    ended = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert PERSON not in ended.stdout + ended.stderr
    assert "ValueError" in ended.stderr
    assert 'crash.py", line' in ended.stderr


def test_a_process_that_aborts_leaves_no_core(tmp_path: Path) -> None:
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]

    def wants_cores() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))

    ended = subprocess.run(
        [sys.executable, "-c", "import os; from flowaudit.crashes import leave_no_data; leave_no_data(); os.abort()"],
        cwd=tmp_path,
        check=False,
        preexec_fn=wants_cores,
    )
    assert ended.returncode == -signal.SIGABRT
    assert list(tmp_path.iterdir()) == []


def test_a_report_of_exceptions_that_cause_each_other_ends() -> None:
    first, second = ValueError(PERSON), KeyError(PERSON)
    first.__cause__, second.__cause__ = second, first
    report = report_of(first)
    assert "ValueError" in report
    assert "KeyError" in report
    assert PERSON not in report
