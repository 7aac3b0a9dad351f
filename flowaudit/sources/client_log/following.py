"""Reads what was written to a file about clients since the last look, and notes what could not be read of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flowaudit.sources.client_log.blind_spots import FileTroubles
from flowaudit.sources.client_log.growing_file import FileUnreadable, GrowingFile
from flowaudit.sources.client_log.words import LineUndecodable

_BYTES_A_POLL: Final = 16 << 20


def take_new_lines(file: GrowingFile, troubles: FileTroubles, take: Callable[[bytes], None]) -> None:
    """Give `take` each line that was written since the last call, at most 16 MiB of them.

    A file that cannot be read, and lines of which `take` raises `LineUndecodable`, are noted as troubles.
    """
    try:
        read = file.read(_BYTES_A_POLL)
    except FileUnreadable:
        troubles.unreadable(file.name)
        return
    troubles.readable(file.name)
    troubles.begins_late(file.name, file.skipped_bytes)
    undecodable = read.skipped_lines
    for line in read.lines:
        try:
            take(line)
        except LineUndecodable:
            undecodable += 1
    troubles.undecodable(file.name, undecodable)
