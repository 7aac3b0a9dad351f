"""What a crash may leave behind: where it happened, and nothing of what it was about.

The text of an exception quotes what could not be read, a log line quotes the exception, and a core dump holds all that
the process held. Entry points call `leave_no_data` first.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Final

from typing_extensions import override

_PR_SET_DUMPABLE: Final = 4
"""prctl(2): not dumpable, a process leaves no core, also where cores are piped to a collector."""


def report_of(error: BaseException) -> str:
    """The traceback of an exception, with its causes and the members of groups, and without any exception's text."""
    return "".join(_lines(error, "", set()))


def leave_no_data() -> None:
    """Make this process end without showing data, however it ends. Call it once, in the main thread, at the start.

    Uncaught exceptions of any thread, and what libraries log of exceptions, are told without their texts. There are no
    core dumps, as far as the system lets a process decide that.
    """
    sys.excepthook = _on_uncaught
    threading.excepthook = _on_uncaught_in_thread
    sys.unraisablehook = _on_unraisable
    _log_without_texts()
    _dump_no_core()


def _lines(error: BaseException, indent: str, told: set[int]) -> Iterator[str]:
    if id(error) in told:
        return
    told.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before, indent, told)
        yield f"{indent}after which:\n"
    yield f"{indent}Traceback (most recent call last; texts of exceptions may quote data and are not shown):\n"
    for frame in traceback.extract_tb(error.__traceback__).format():
        yield from (indent + line for line in frame.splitlines(keepends=True))
    yield f"{indent}{type(error).__qualname__}\n"
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _lines(member, indent + "  ", told)


def _on_uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    _tell(report_of(error))


def _on_uncaught_in_thread(uncaught: threading.ExceptHookArgs) -> None:
    if uncaught.exc_value is not None and not isinstance(uncaught.exc_value, SystemExit):
        _tell(report_of(uncaught.exc_value))


def _on_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    if unraisable.exc_value is not None:
        _tell(report_of(unraisable.exc_value))


def _tell(report: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(report)
        sys.stderr.flush()


class _WithoutTexts(logging.Formatter):
    """The first line of a message, and the frames of an exception: asyncio's further lines quote results of tasks."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        first = record.getMessage().partition("\n")[0]
        error = record.exc_info[1] if record.exc_info else None
        return f"{record.name}: {first}" if error is None else f"{record.name}: {first}\n{report_of(error).rstrip()}"


def _log_without_texts() -> None:
    """Without a handler, Python prints what libraries warn of as they put it."""
    handler = logging.StreamHandler()
    handler.setFormatter(_WithoutTexts())
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)


def _dump_no_core() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 (there is none on Windows)

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
