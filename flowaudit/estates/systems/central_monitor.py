"""The central monitoring station: asks the face database who was at the door, and joins the answer with the door."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from flowaudit.estates import chance
from flowaudit.estates.behaviour import MINUTE_S
from flowaudit.estates.program import Incoming, Outgoing, Reactive, Town, read_as
from flowaudit.estates.records import FaceIdentity, FaceLookup, LockEvent, Place, Sighting, Subject
from flowaudit.estates.topic_names import FACEDB_IDENTITIES, FACEDB_LOOKUPS, LOCK_EVENTS, MONITOR_SIGHTINGS

_INBOUND = ("unlock", "denied", "refused", "visitor_arrival")


class CentralMonitor(Reactive):
    """Everybody who wants to come in is looked up; whom the database names is a sighting."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._asked: OrderedDict[str, tuple[float, LockEvent]] = OrderedDict()

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:
        """A lookup for a face at a door; a sighting for an answer whose door event is still remembered."""
        if incoming.topic == LOCK_EVENTS and (event := read_as(LockEvent, incoming)):
            return self._ask(event, city_s)
        if incoming.topic == FACEDB_IDENTITIES and (identity := read_as(FaceIdentity, incoming)):
            return self._sighted(identity, city_s)
        return ()

    def _ask(self, event: LockEvent, city_s: float) -> Sequence[Outgoing]:
        if event.kind not in _INBOUND or event.face is None:
            return ()
        self._forget(city_s)
        query = f"fq_{chance.hexadecimal(20, self._town.seed, 'query', event.event_id)}"
        self._asked[query] = (city_s, event)
        delay_ms = self._town.delay_ms(40, 0.4, "lookup", event.event_id)
        lookup = FaceLookup(
            query=query,
            template_ref=event.face.template.upper(),
            capture_ref=event.face.capture,
            claimed_id=event.visitor.document if event.visitor else None,
            asked_at=self._town.stamp(city_s, delay_ms),
        )
        return (self._town.outgoing(FACEDB_LOOKUPS, query, lookup, delay_ms),)

    def _sighted(self, identity: FaceIdentity, city_s: float) -> Sequence[Outgoing]:
        _, event = self._asked.pop(identity.in_reply_to, (0.0, None))
        if event is None or identity.id_number is None:
            return ()
        delay_ms = self._town.delay_ms(80, 0.4, "sighting", event.event_id)
        sighting = Sighting(
            sighting=f"S-{chance.hexadecimal(24, self._town.seed, 'sighting', event.event_id)}",
            door_event=event.event_id,
            lookup=identity.in_reply_to,
            subject=Subject(id_no=identity.id_number),
            place=Place(lock=event.lock_id, address=event.address),
            tenancy=event.visitor.host if event.visitor else event.tenant_id,
            circumstance=event.kind,
            seen_at=self._town.stamp(city_s, delay_ms),
        )
        return (self._town.outgoing(MONITOR_SIGHTINGS, identity.id_number, sighting, delay_ms),)

    def _forget(self, city_s: float) -> None:
        oldest = city_s - self._town.parameters.central_monitor.join_within_city_min * MINUTE_S
        while self._asked:
            query = next(iter(self._asked))
            if self._asked[query][0] >= oldest:
                return
            del self._asked[query]
