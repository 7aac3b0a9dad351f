"""Files that people write, as text: topologies, policies, documents of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flowaudit.errors import UsageError


def read_written(path: Path, wanted: str, invalid: Callable[[str], UsageError]) -> str:
    """The text of a file; `wanted` says what to name instead when it cannot be read: `an existing topology file`.

    Raises:
        UsageError: the file cannot be read, as the error that `invalid` makes of what is wrong.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8"
        raise invalid(msg) from None
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); name {wanted}"
        raise invalid(msg) from None
