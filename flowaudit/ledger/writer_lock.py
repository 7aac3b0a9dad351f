"""One writer a ledger: a lock on a file beside it, which the system releases however the writer ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flowaudit.errors import LedgerError

if sys.platform != "win32":
    import fcntl


class WriterLock:
    """Held from its making until `release`.

    Raises:
        LedgerError: another process (or another part of this one) holds it, or the file cannot be made.
    """

    def __init__(self, ledger: Path) -> None:
        try:
            self._descriptor = os.open(ledger.with_name(f"{ledger.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            msg = f"ledger {ledger}: cannot be written ({error.strerror}); choose another state directory"
            raise LedgerError(msg) from error
        if sys.platform == "win32":
            return  # SQLite alone keeps writers apart there
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            msg = f"ledger {ledger}: another run is writing to it; stop that one, or give this one its own directory"
            raise LedgerError(msg) from None

    def release(self) -> None:
        """Let another writer in. Harmless twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
