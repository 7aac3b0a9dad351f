"""Results go to stdout or into a file; everything else goes to stderr."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from flowaudit.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH = 4_096
STDOUT = Path("-")


class OutputRefused(UsageError):
    """A file that the user named cannot be written."""


@contextlib.contextmanager
def _clean_pipe() -> Iterator[None]:
    """`flowaudit show | head` ends quietly when `head` has seen enough."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes stdout once more when it ends; give it somewhere to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None


def print_text(text: str) -> None:
    """Print a result."""
    with _clean_pipe():
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def print_bytes(data: bytes) -> None:
    """Print a result that is bytes, exactly."""
    with _clean_pipe():
        sys.stdout.buffer.write(data)


def print_json(value: object) -> None:
    """Print a result as JSON: sorted keys, two blanks, no escapes that only hinder reading."""
    print_text(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=True))


@contextlib.contextmanager
def result_console() -> Iterator[Console]:
    """A rich console for a result on stdout; into a pipe it neither colours nor cuts long names."""
    from rich.console import Console  # noqa: PLC0415 - start-up

    if sys.stdout.isatty():
        yield Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        return
    page = io.StringIO()
    yield Console(file=page, highlight=False, markup=False, emoji=False, width=_PIPE_WIDTH, color_system=None)
    # Tables pad every line to the width of the longest; in a file or a pipe that is only noise.
    print_text("\n".join(line.rstrip() for line in page.getvalue().splitlines()))


def require_writable(path: Path) -> None:
    """Find out before a long run that its result will have no place.

    Raises:
        OutputRefused: the file cannot be written.
    """
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        reason = "it is a folder" if path.is_dir() else f"{str(path.parent)!r} is no folder that you may write to"
        msg = f"{str(path)!r} cannot be written: {reason}; name another file with --output"
        raise OutputRefused(msg)


def write_file(path: Path, data: bytes) -> None:
    """Write a result into a file, whole or not at all.

    Raises:
        OutputRefused: the file cannot be written.
    """
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            # mkstemp makes files for their owner alone; a result is an ordinary file.
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        msg = f"{str(path)!r} cannot be written: {error.strerror}; name another file with --output"
        raise OutputRefused(msg) from error


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
