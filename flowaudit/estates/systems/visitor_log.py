"""The visitor log: who came to whom, and how long they stayed, written when they leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flowaudit.estates import chance, spelling
from flowaudit.estates.program import Incoming, Outgoing, Reactive, Town, read_as
from flowaudit.estates.records import LockEvent, Seen, VisitLogged
from flowaudit.estates.topic_names import VISITORS_LOG


class _Arrival(NamedTuple):
    event: str
    at: str
    city_s: float


class VisitorLog(Reactive):
    """Pairs a visitor's arrival with the departure from the same door."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._inside: dict[tuple[str, str], _Arrival] = {}

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:
        """An arrival is remembered; a departure becomes one line of the log."""
        event = read_as(LockEvent, incoming)
        if event is None or event.visitor is None:
            return ()
        key = (event.lock_id, event.visitor.document)
        if event.kind == "visitor_arrival":
            self._inside[key] = _Arrival(event.event_id, event.at, city_s)
        if event.kind != "visitor_departure" or key not in self._inside:
            return ()
        arrival = self._inside.pop(key)
        number = chance.decimal(10, self._town.seed, "visit", event.event_id)
        logged = VisitLogged(
            visit_no=f"V{number}",
            guest=spelling.citizen_spaced(event.visitor.document),
            host=event.visitor.host.removeprefix("T-"),
            flat=spelling.address_respelled(event.address, " "),
            arrived=Seen(event=arrival.event, at=arrival.at),
            left=Seen(event=event.event_id, at=event.at),
            stayed_minutes=round((city_s - arrival.city_s) / 60),
        )
        delay_ms = self._town.delay_ms(60, 0.4, "visit", event.event_id)
        return (self._town.outgoing(VISITORS_LOG, logged.visit_no, logged, delay_ms),)
