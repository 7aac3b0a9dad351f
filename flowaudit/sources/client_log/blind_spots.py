"""What files about clients do not say, as facts: told at once, and again every minute while it lasts. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final

from flowaudit.facts import Channel, Fact, NotVisible, Provenance
from flowaudit.sources.news import News

_OMITTED: Final = "a client that calls itself the auditor's; what it reads is not in the graph"


def auditor_client(client_id: str, now_ms: int) -> NotVisible:
    """Names are free to choose: nobody shall hide behind the auditor's unnoticed."""
    provenance = Provenance(Channel.BROKER_LOG, now_ms, "lines about the auditor's own clients")
    return NotVisible(provenance, "client", client_id, "auditor-client", _OMITTED)


class FileTroubles:
    """Files that cannot be read, lines that cannot be understood, and anything else that a source could not see."""

    def __init__(self, kind: str) -> None:
        """`kind` says what the files are: `broker log`."""
        self._kind = kind
        self._undecodable: dict[str, int] = {}
        self._unreadable: dict[str, None] = {}
        self._late: dict[str, int] = {}
        self._news = News()

    def undecodable(self, file: str, lines: int) -> None:
        """So many more lines of the file were not understood."""
        if lines:
            self._undecodable[file] = self._undecodable.get(file, 0) + lines

    def unreadable(self, file: str) -> None:
        """The file cannot be read at present."""
        self._unreadable[file] = None

    def readable(self, file: str) -> None:
        """The file can be read."""
        self._unreadable.pop(file, None)

    def begins_late(self, file: str, skipped_bytes: int) -> None:
        """The file is so large that its beginning was left out."""
        if skipped_bytes:
            self._late[file] = skipped_bytes

    def facts(self, now_ms: int, others: Iterable[NotVisible] = ()) -> list[Fact]:
        """What is worth telling now; `others` are blind spots of the same source."""
        told = [
            *(self._of(now_ms, file, "file-unreadable", "everything that it says") for file in self._unreadable),
            *(
                self._of(now_ms, file, "undecodable-lines", f"what {lines} of its lines say that cannot be read")
                for file, lines in self._undecodable.items()
            ),
            *(
                self._of(now_ms, file, "beginning-skipped", f"what its first {skipped} bytes say")
                for file, skipped in self._late.items()
            ),
        ]
        told += [((other.subject, other.name, other.reason), other) for other in others]
        self._news.forget_all_but(key for key, _ in told)
        return list(self._news.of(told))

    def _of(self, now_ms: int, file: str, reason: str, hides: str) -> tuple[Hashable, Fact]:
        provenance = Provenance(Channel.BROKER_LOG, now_ms, f"{self._kind} {file}")
        return (reason, file), NotVisible(provenance, "source", f"{self._kind} {file}", reason, hides)
