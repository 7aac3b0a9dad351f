"""What travels on each topic of the estate. One struct a topic; the same person has another field name in each.

Each record quotes only what its direct input had. JSON on the wire.
"""

from __future__ import annotations

from typing import Literal

import msgspec

DoorKind = Literal["unlock", "exit", "denied", "refused", "visitor_arrival", "visitor_departure"]


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Something on a topic."""


class Face(Record, frozen=True, kw_only=True):
    """What the camera at the door made of a face."""

    template: str
    capture: str
    confidence: float
    matched: bool


class Visitor(Record, frozen=True, kw_only=True):
    """Who rang: the identity card that was held to the intercom, and the host."""

    document: str
    host: str


class Refusal(Record, frozen=True, kw_only=True):
    """On whose word the door stayed shut, or opened for a visitor."""

    curfew_order: str | None = None
    approval: str | None = None


class LockEvent(Record, frozen=True, kw_only=True):
    """`locks.events`: something happened at a door."""

    event_id: str
    kind: DoorKind
    lock_id: str
    address: str
    tenant_id: str | None
    face: Face | None
    visitor: Visitor | None = None
    on_order_of: Refusal | None = None
    at: str


class TenancyCheck(Record, frozen=True, kw_only=True):
    """`tenancy.checks`: is the one who came in registered in that flat?"""

    check: str
    evidence: str
    resident: int | None
    registered: bool
    checked_at: str


class Seen(Record, frozen=True, kw_only=True):
    """One end of a stay."""

    event: str
    at: str


class VisitLogged(Record, frozen=True, kw_only=True):
    """`visitors.log`: who came to whom, and how long they stayed."""

    visit_no: str
    guest: str
    host: str
    flat: str
    arrived: Seen
    left: Seen
    stayed_minutes: int


class FaceLookup(Record, frozen=True, kw_only=True):
    """`facedb.lookups`: who is this?"""

    query: str
    template_ref: str
    capture_ref: str
    claimed_id: str | None
    asked_at: str


class FaceIdentity(Record, frozen=True, kw_only=True):
    """`facedb.identities`: this citizen."""

    in_reply_to: str
    id_number: str | None
    similarity: float
    took_ms: int
    answered_at: str


class Subject(Record, frozen=True, kw_only=True):
    """A named citizen."""

    id_no: str


class Place(Record, frozen=True, kw_only=True):
    """A door."""

    lock: str
    address: str


class Sighting(Record, frozen=True, kw_only=True):
    """`monitor.sightings`: this citizen was at this door."""

    sighting: str
    door_event: str
    lookup: str
    subject: Subject
    place: Place
    tenancy: str | None
    circumstance: DoorKind
    seen_at: str


class Cause(Record, frozen=True, kw_only=True):
    """Why a score moved."""

    kind: Literal["sighting", "visit"]
    ref: str


class Household(Record, frozen=True, kw_only=True):
    """Whose door it was."""

    address: str
    tenancy: str | None


class ScoreUpdate(Record, frozen=True, kw_only=True):
    """`score.updates`: a citizen's score moved."""

    update: str
    citizen: str
    score: int
    delta: int
    cause: Cause
    household: Household
    scored_at: str


class Passenger(Record, frozen=True, kw_only=True):
    """Who may not travel."""

    document: str


class TravelBan(Record, frozen=True, kw_only=True):
    """`travel.bans`: no planes, no trains, for up to a year."""

    ban: str
    passenger: Passenger
    modes: tuple[str, ...]
    until: str
    based_on: str
    issued_at: str


class CurfewOrder(Record, frozen=True, kw_only=True):
    """`curfew.orders`: nobody of this flat comes in until it is over."""

    order_no: str
    premises: str
    tenancy: str | None
    score_ref: str
    lasts_city_s: int
    ordered_at: str


class VisitApproval(Record, frozen=True, kw_only=True):
    """`visitors.approvals`: whether a guest may come to a host again."""

    approval_no: str
    host_tenancy: str | None
    guest_id: str
    approved: bool
    decision_on: str
    valid_city_s: int
    decided_at: str


class GateTap(Record, frozen=True, kw_only=True):
    """`transit.taps`: a metro gate opened for a card holder."""

    tap: str
    card: str
    holder: str
    gate: str
    tapped_at: str


class Delivery(Record, frozen=True, kw_only=True):
    """`parcels.deliveries`: a parcel was handed over at a door."""

    parcel: str
    deliver_to: str
    courier: str
    weight_g: int
    delivered_at: str


class MeterReading(Record, frozen=True, kw_only=True):
    """`utilities.readings`: what a flat's meter shows."""

    meter: str
    account: int
    premises: str
    kwh: float
    read_at: str
