"""A log file that is read while its owner writes it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flowaudit.errors import FlowAuditError

_HEAD_BYTES: Final = 128
"""By its first bytes, a time among them, a file is told from another that took its place in the same inode."""
_LONGEST_LINE_BYTES: Final = 16 << 20
DEFAULT_BACKLOG_BYTES: Final = 256 << 20


class FileUnreadable(FlowAuditError):
    """The file is not there, may not be read, or is no regular file."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What was read in one go: complete lines without their ends."""

    lines: list[bytes]
    skipped_lines: int = 0
    """Lines that are too long to be read."""


class GrowingFile:
    """Follows one path: through growth, renaming (a new file under the old name) and truncation (copytruncate).

    The rest of a renamed file is read before the new one. Two rotations between two reads lose what was in between.
    A line counts when its end is written.
    """

    def __init__(self, path: Path, backlog_bytes: int = DEFAULT_BACKLOG_BYTES) -> None:
        """Reading begins at most `backlog_bytes` before the file's end; `skipped_bytes` then says what lies before."""
        self._path = path
        self._backlog_bytes = backlog_bytes
        self._descriptor = -1
        self._head = b""
        self._position = 0
        self._partial = b""
        self._too_long = False
        self._begins_at_line = True
        self.skipped_bytes = 0

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return self._path.name

    def read(self, max_bytes: int) -> Lines:
        """The next complete lines, of at most `max_bytes` together; none when nothing was written since.

        Raises:
            FileUnreadable: see there. What was read before stays read; the next call tries again.
        """
        try:
            return self._lines(self._bytes(max_bytes))
        except OSError as error:
            self._close()
            msg = f"the log file {self.name!r} cannot be read ({type(error).__name__})"
            raise FileUnreadable(msg) from None

    def _bytes(self, max_bytes: int) -> bytes:
        if self._descriptor < 0:
            self._open(self._backlog_bytes)
        elif self._was_truncated():
            self._restart()
        data = self._take(max_bytes)
        if not data and self._was_replaced():
            self._close()
            self._open(None)
            data = self._take(max_bytes)
        return data

    def _take(self, max_bytes: int) -> bytes:
        data = os.pread(self._descriptor, max_bytes, self._position)
        if len(self._head) < _HEAD_BYTES:
            self._head = os.pread(self._descriptor, _HEAD_BYTES, 0)
        self._position += len(data)
        return data

    def _open(self, backlog_bytes: int | None) -> None:
        # Without O_NONBLOCK the open of a pipe would wait for a writer.
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise OSError
        self._descriptor = descriptor
        self._restart()
        if backlog_bytes is not None and status.st_size > backlog_bytes:
            self._position = self.skipped_bytes = status.st_size - backlog_bytes
            self._begins_at_line = False

    def _restart(self) -> None:
        self._position, self._partial, self._head = 0, b"", b""
        self._too_long, self._begins_at_line = False, True

    def _was_truncated(self) -> bool:
        if os.fstat(self._descriptor).st_size < self._position:
            return True
        return os.pread(self._descriptor, len(self._head), 0) != self._head

    def _was_replaced(self) -> bool:
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False  # between the two steps of a rotation
        ours = os.fstat(self._descriptor)
        return (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino)

    def _lines(self, data: bytes) -> Lines:
        *lines, partial = (self._partial + data).split(b"\n")
        skipped = 0
        if lines and (self._too_long or not self._begins_at_line):
            skipped += int(self._too_long)
            del lines[0]
            self._too_long, self._begins_at_line = False, True
        if len(partial) > _LONGEST_LINE_BYTES:
            partial, self._too_long = b"", True
        self._partial = partial
        return Lines([line.rstrip(b"\r") for line in lines if line.strip()], skipped)

    def close(self) -> None:
        """Let go of the file."""
        self._close()

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
