"""Between a client and a program: records in, records out when they are due, offsets that are safe to commit."""

from __future__ import annotations

from flowaudit.estates.catalogue import Part
from flowaudit.estates.link import Link, wall_s
from flowaudit.estates.order import Report
from flowaudit.estates.outbox import Outbox, Position
from flowaudit.estates.program import Incoming, Outgoing, make_town

LONGEST_WAIT_S = 0.1
"""How long a client may sleep when nothing is due: life itself is asked this often."""


class Pump:
    """Runs one part of the estate; the client adapters own the sockets and call this."""

    def __init__(self, part: Part, link: Link) -> None:
        self.part = part
        self.link = link
        self._program = part.program(make_town(link.order.parameters, link.order.seed))
        self._outbox: Outbox[Outgoing] = Outbox()
        self._is_ready = False

    def accept(self, position: Position, value: bytes | None) -> None:
        """A record was read; a tombstone only moves the position."""
        now_s = wall_s()
        outgoing = (
            () if value is None else self._program.decide(Incoming(position.topic, value), self.link.city_s(now_s))
        )
        self._outbox.add(position, outgoing, now_s)

    def due(self) -> list[Outgoing]:
        """What is to be written now."""
        now_s = wall_s()
        self._outbox.add(None, self._program.unprompted(self.link.city_s(now_s)), now_s)
        return self._outbox.due(now_s)

    def wait_s(self) -> float:
        """How long a client may wait for records before it asks again what is due."""
        return self._outbox.wait_s(wall_s(), LONGEST_WAIT_S)

    def committable(self) -> dict[tuple[str, int], int]:
        """Offsets that may be committed once everything handed out by `due` has been acknowledged."""
        return self._outbox.committable()

    def ready(self) -> None:
        """The client works; said once."""
        if not self._is_ready:
            self._is_ready = True
            self.link.report(Report("ready"))
