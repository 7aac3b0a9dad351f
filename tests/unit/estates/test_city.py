"""A minute of the whole estate without Kafka: what each topic holds, and what its records quote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import msgspec
import pytest

from flowaudit.estates import records as r
from flowaudit.estates import spelling
from flowaudit.estates.catalogue import PARTS, all_topics
from flowaudit.estates.parameters import Parameters
from flowaudit.estates.program import Incoming, make_town

Minute = dict[str, list[Any]]


def of(minute: Minute, topic: str, record: type[Any]) -> list[Any]:
    return [msgspec.json.decode(written.value, type=record) for written in minute[topic]]


def test_every_flow_carries_at_least_a_hundred_records_in_a_minute(minute: Minute) -> None:
    assert {topic: len(minute[topic]) for topic in all_topics() if len(minute[topic]) < 100} == {}


class Quote(NamedTuple):
    parent: str
    parent_type: type[Any]
    quoted: Callable[[Any], object]
    child: str
    child_type: type[Any]
    quotes: Callable[[Any], object]


QUOTES = [
    Quote("locks.events", r.LockEvent, lambda e: e.event_id, "tenancy.checks", r.TenancyCheck, lambda c: c.evidence),
    Quote("locks.events", r.LockEvent, lambda e: e.event_id, "visitors.log", r.VisitLogged, lambda v: v.arrived.event),
    Quote(
        "locks.events",
        r.LockEvent,
        lambda e: e.face and e.face.capture,
        "facedb.lookups",
        r.FaceLookup,
        lambda q: q.capture_ref,
    ),
    Quote(
        "facedb.lookups", r.FaceLookup, lambda q: q.query, "facedb.identities", r.FaceIdentity, lambda a: a.in_reply_to
    ),
    Quote(
        "facedb.identities",
        r.FaceIdentity,
        lambda a: (a.in_reply_to, a.id_number),
        "monitor.sightings",
        r.Sighting,
        lambda s: (s.lookup, s.subject.id_no),
    ),
    Quote(
        "locks.events",
        r.LockEvent,
        lambda e: (e.event_id, e.lock_id, e.address),
        "monitor.sightings",
        r.Sighting,
        lambda s: (s.door_event, s.place.lock, s.place.address),
    ),
    Quote(
        "score.updates",
        r.ScoreUpdate,
        lambda u: (u.update, spelling.citizen_key(u.citizen)),
        "travel.bans",
        r.TravelBan,
        lambda b: (b.based_on, spelling.citizen_key(b.passenger.document)),
    ),
    Quote(
        "score.updates",
        r.ScoreUpdate,
        lambda u: (u.update.replace("-", ""), spelling.address_key(u.household.address)),
        "curfew.orders",
        r.CurfewOrder,
        lambda o: (o.score_ref, spelling.address_key(o.premises)),
    ),
    Quote(
        "score.updates",
        r.ScoreUpdate,
        lambda u: (u.update.upper(), spelling.citizen_key(u.citizen)),
        "visitors.approvals",
        r.VisitApproval,
        lambda a: (a.decision_on, a.guest_id),
    ),
]


@pytest.mark.parametrize("quote", QUOTES, ids=lambda quote: f"{quote.parent} → {quote.child}")
def test_each_record_quotes_one_that_its_input_had_before(minute: Minute, quote: Quote) -> None:
    written = {}
    for record, at in zip(of(minute, quote.parent, quote.parent_type), minute[quote.parent], strict=True):
        written[quote.quoted(record)] = at.at_s
    for record, at in zip(of(minute, quote.child, quote.child_type), minute[quote.child], strict=True):
        assert written[quote.quotes(record)] <= at.at_s


def test_scores_quote_sightings_and_visits(minute: Minute) -> None:
    causes = {("sighting", s.sighting) for s in of(minute, "monitor.sightings", r.Sighting)}
    causes |= {("visit", v.visit_no) for v in of(minute, "visitors.log", r.VisitLogged)}
    found = [(u.cause.kind, u.cause.ref) for u in of(minute, "score.updates", r.ScoreUpdate)]
    assert set(found) <= causes
    assert min([kind for kind, _ in found].count(kind) for kind in ("sighting", "visit")) > 0.15 * len(found)


def test_the_door_refuses_on_orders_and_approvals_that_were_given(minute: Minute) -> None:
    orders = {
        o.order_no.replace("-", ""): spelling.address_key(o.premises)
        for o in of(minute, "curfew.orders", r.CurfewOrder)
    }
    approvals = {a.approval_no: a.approved for a in of(minute, "visitors.approvals", r.VisitApproval)}
    by_order = by_approval = 0
    for event in of(minute, "locks.events", r.LockEvent):
        reason = event.on_order_of
        if reason and reason.curfew_order:
            assert orders[reason.curfew_order] == spelling.address_key(event.address)
            assert event.kind == "refused"
            by_order += 1
        elif reason:
            assert event.kind == ("visitor_arrival" if approvals[reason.approval] else "refused")
            by_approval += event.kind == "refused"
        else:
            assert event.kind != "refused"
    assert by_order >= 100
    assert by_approval >= 100


def test_the_face_database_answers_within_three_seconds(minute: Minute) -> None:
    asked = {
        q.query: at.at_s
        for q, at in zip(of(minute, "facedb.lookups", r.FaceLookup), minute["facedb.lookups"], strict=True)
    }
    answers = zip(of(minute, "facedb.identities", r.FaceIdentity), minute["facedb.identities"], strict=True)
    assert max(at.at_s - asked[answer.in_reply_to] for answer, at in answers) < 3.0


def test_bans_last_at_most_a_year_and_start_below_the_threshold(minute: Minute, parameters: Parameters) -> None:
    scores = {u.update: u.score for u in of(minute, "score.updates", r.ScoreUpdate)}
    for ban in of(minute, "travel.bans", r.TravelBan):
        assert ban.modes == ("plane", "train")
        assert 0 < (date.fromisoformat(ban.until) - date(2019, 6, 3)).days <= 365
        assert scores[ban.based_on] < parameters.travel_ban.below_score


def test_a_false_match_becomes_a_fact_in_the_register(minute: Minute) -> None:
    checks = of(minute, "tenancy.checks", r.TenancyCheck)
    wrong = sum(not check.registered for check in checks)
    assert 0.02 < wrong / len(checks) < 0.2


def test_no_event_number_reaches_beyond_the_systems_that_read_the_door(minute: Minute) -> None:
    """A hop quotes what its own input had, so nothing ties the whole chain together by one number."""
    numbers = [event.event_id.encode() for event in of(minute, "locks.events", r.LockEvent)][:200]
    for topic in (
        "facedb.lookups",
        "facedb.identities",
        "score.updates",
        "travel.bans",
        "curfew.orders",
        "visitors.approvals",
    ):
        everything = b"\n".join(written.value for written in minute[topic])
        assert not [number for number in numbers if number in everything]


def test_whatever_else_lies_on_a_topic_is_passed_over(parameters: Parameters) -> None:
    small = msgspec.structs.replace(parameters, city=msgspec.structs.replace(parameters.city, scale=0.001))
    town = make_town(small, 1)
    garbage = [b"", b"\xff\x00", b"null", b"[]", b'{"event_id": 3}', b"[" * 100_000, b"9" * 5000]
    for part in PARTS:
        program = part.program(town)
        for topic in part.consumed:
            assert [program.decide(Incoming(topic, value), 10.0) for value in garbage] == [()] * len(garbage)


def test_a_record_that_is_delivered_twice_gets_the_same_answer(minute: Minute, parameters: Parameters) -> None:
    town = make_town(parameters, 11)
    for process, topic in (("face-database", "facedb.lookups"), ("tenancy-control", "locks.events")):
        part = next(part for part in PARTS if part.process == process)
        program = part.program(town)
        for written in minute[topic][:100]:
            incoming = Incoming(topic, written.value)
            assert program.decide(incoming, 10.0) == program.decide(incoming, 10.0)
