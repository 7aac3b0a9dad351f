"""The locks: every attempt at a door becomes an event, and orders from elsewhere keep the door shut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flowaudit.estates import chance, spelling
from flowaudit.estates.behaviour import Attempt, attempts
from flowaudit.estates.program import Incoming, Outgoing, Town, read_as
from flowaudit.estates.records import CurfewOrder, DoorKind, Face, LockEvent, Refusal, VisitApproval, Visitor
from flowaudit.estates.topic_names import CURFEW_ORDERS, LOCK_EVENTS, VISITORS_APPROVALS


class _Curfew(NamedTuple):
    order_no: str
    until_city_s: float


class _Approval(NamedTuple):
    approval_no: str
    approved: bool
    until_city_s: float


class Locks:
    """Everyone is let in whom the camera knows, unless a curfew closes the flat or a visitor is not approved.

    The door lets people out at all times: a curfew and an approval are enforced on the way in.
    """

    def __init__(self, town: Town) -> None:
        self._town = town
        self._attempts: Iterator[Attempt] = attempts(town)
        self._next = next(self._attempts)
        self._curfews: dict[str, _Curfew] = {}
        self._approvals: dict[tuple[str, str], _Approval] = {}
        self._kept_out: set[int] = set()

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:
        """Orders and approvals change what the doors do; they cause no event by themselves."""
        if incoming.topic == CURFEW_ORDERS and (order := read_as(CurfewOrder, incoming)):
            self._close_flat(order, city_s)
        elif incoming.topic == VISITORS_APPROVALS and (approval := read_as(VisitApproval, incoming)):
            self._note_approval(approval, city_s)
        return ()

    def unprompted(self, city_s: float) -> Sequence[Outgoing]:
        """The attempts up to now, as events."""
        events: list[Outgoing] = []
        while self._next.city_s <= city_s:
            event = self._at_door(self._next)
            if event is not None:
                events.append(self._town.outgoing(LOCK_EVENTS, event.lock_id, event))
            self._next = next(self._attempts)
        return events

    def _close_flat(self, order: CurfewOrder, city_s: float) -> None:
        flat = spelling.address_key(order.premises)
        self._curfews[flat] = _Curfew(order.order_no, city_s + order.lasts_city_s)

    def _note_approval(self, approval: VisitApproval, city_s: float) -> None:
        if approval.host_tenancy is not None:
            pair = (_host_key(approval.host_tenancy), spelling.citizen_key(approval.guest_id))
            until_city_s = city_s + approval.valid_city_s
            self._approvals[pair] = _Approval(approval.approval_no, approval.approved, until_city_s)

    def _at_door(self, attempt: Attempt) -> LockEvent | None:
        if attempt.kind in ("arrive", "depart"):
            return self._visitor(attempt)
        return self._tenant(attempt)

    def _tenant(self, attempt: Attempt) -> LockEvent | None:
        if attempt.kind == "leave":
            if attempt.person in self._kept_out:
                return None
            return self._event(attempt, "exit", recognised=attempt.person)
        recognised = attempt.person if attempt.mistaken_for is None else attempt.mistaken_for
        if attempt.rejected:
            return self._event(attempt, "denied", recognised=None)
        curfew = self._curfews.get(self._flat(attempt))
        if curfew is not None and attempt.city_s < curfew.until_city_s:
            self._kept_out.add(attempt.person)
            reason = Refusal(curfew_order=curfew.order_no.replace("-", ""))
            return self._event(attempt, "refused", recognised=recognised, reason=reason)
        self._kept_out.discard(attempt.person)
        return self._event(attempt, "unlock", recognised=recognised)

    def _visitor(self, attempt: Attempt) -> LockEvent | None:
        people = self._town.population
        if attempt.kind == "depart":
            if attempt.person in self._kept_out:
                return None
            return self._event(attempt, "visitor_departure", recognised=None)
        pair = (_host_key(self._host(attempt)), people.citizen_number(attempt.person))
        approval = self._approvals.get(pair)
        if approval is None or attempt.city_s >= approval.until_city_s:
            self._kept_out.discard(attempt.person)
            return self._event(attempt, "visitor_arrival", recognised=None)
        reason = Refusal(approval=approval.approval_no)
        if approval.approved:
            self._kept_out.discard(attempt.person)
            return self._event(attempt, "visitor_arrival", recognised=None, reason=reason)
        self._kept_out.add(attempt.person)
        return self._event(attempt, "refused", recognised=None, reason=reason)

    def _event(
        self, attempt: Attempt, kind: DoorKind, *, recognised: int | None, reason: Refusal | None = None
    ) -> LockEvent:
        town, people = self._town, self._town.population
        is_guest = people.is_guest(attempt.person)
        document = people.citizen_number(attempt.person) if is_guest else None
        return LockEvent(
            event_id=chance.uuid(town.seed, "lock event", attempt.number),
            kind=kind,
            lock_id=people.lock_id(attempt.household),
            address=spelling.address_dashed(people.address(attempt.household)),
            tenant_id=None if recognised is None else spelling.tenancy_label(people.tenant_number(recognised)),
            face=None if kind == "exit" else self._face(attempt, recognised),
            visitor=None if document is None else Visitor(document=document, host=self._host(attempt)),
            on_order_of=reason,
            at=town.stamp(attempt.city_s),
        )

    def _face(self, attempt: Attempt, recognised: int | None) -> Face:
        seed, number = self._town.seed, attempt.number
        certainty = 0.62 if attempt.rejected else 0.93
        return Face(
            template=self._town.population.template(attempt.person if recognised is None else recognised),
            capture=f"cap/{chance.hexadecimal(18, seed, 'capture', number)}.jpg",
            confidence=round(min(0.999, max(0.3, certainty + 0.03 * chance.normal(seed, "confidence", number))), 3),
            matched=not attempt.rejected,
        )

    def _host(self, attempt: Attempt) -> str:
        people = self._town.population
        return spelling.tenancy_label(people.tenant_number(people.members(attempt.household)[0]))

    def _flat(self, attempt: Attempt) -> str:
        people = self._town.population
        return spelling.address_key(spelling.address_dashed(people.address(attempt.household)))


def _host_key(label: str) -> str:
    return str(spelling.tenancy_number(label))
