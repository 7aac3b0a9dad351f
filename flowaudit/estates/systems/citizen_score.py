"""The citizen score: sightings and visits move a number that everybody has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flowaudit.estates import chance, spelling
from flowaudit.estates.program import Incoming, Outgoing, Reactive, Town, read_as
from flowaudit.estates.records import Cause, DoorKind, Household, ScoreUpdate, Sighting, VisitLogged
from flowaudit.estates.topic_names import MONITOR_SIGHTINGS, SCORE_UPDATES, VISITORS_LOG

_LOWEST: Final = 300
_HIGHEST: Final = 900
_PULL_TO_MEAN: Final = 0.03


class CitizenScore(Reactive):
    """Keeps everybody's score; says so when it moves."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._score: dict[str, int] = {}

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:
        """An update for a sighting or a visit that moves the score."""
        if incoming.topic == MONITOR_SIGHTINGS and (seen := read_as(Sighting, incoming)):
            household = Household(address=seen.place.address.casefold(), tenancy=seen.tenancy)
            points = self._for_sighting(seen.circumstance, seen.sighting)
            return self._moved(seen.subject.id_no, points, Cause(kind="sighting", ref=seen.sighting), household, city_s)
        if incoming.topic == VISITORS_LOG and (visit := read_as(VisitLogged, incoming)):
            address = spelling.address_respelled(visit.flat.replace(" ", "-"), "-").casefold()
            household = Household(address=address, tenancy=visit.host)
            points = -4 if visit.stayed_minutes > 15 else self._toss(visit.visit_no, up=2, down=-3)
            return self._moved(visit.guest, points, Cause(kind="visit", ref=visit.visit_no), household, city_s)
        return ()

    def _for_sighting(self, circumstance: DoorKind, ref: str) -> int:
        if circumstance == "refused":
            return -8
        if circumstance == "denied":
            return -5
        if chance.unit(self._town.seed, "unremarkable", ref) < 0.4:
            return 0
        return self._toss(ref, up=3, down=-4)

    def _toss(self, ref: str, *, up: int, down: int) -> int:
        return up if chance.unit(self._town.seed, "toss", ref) < 0.5 else down

    def _moved(
        self, citizen: str, points: int, cause: Cause, household: Household, city_s: float
    ) -> Sequence[Outgoing]:
        number = spelling.citizen_key(citizen)
        before = self._score_of(number)
        pull = round((self._town.parameters.citizen_score.mean - before) * _PULL_TO_MEAN)
        score = min(_HIGHEST, max(_LOWEST, before + points + pull)) if points else before
        if score == before:
            return ()
        self._score[number] = score
        update = ScoreUpdate(
            update=chance.uuid(self._town.seed, "update", cause.ref),
            citizen=spelling.citizen_labelled(number),
            score=score,
            delta=score - before,
            cause=cause,
            household=household,
            scored_at=self._town.stamp(city_s),
        )
        delay_ms = self._town.delay_ms(50, 0.4, "score", cause.ref)
        return (self._town.outgoing(SCORE_UPDATES, number, update, delay_ms),)

    def _score_of(self, number: str) -> int:
        numbers = self._town.parameters.citizen_score
        if number not in self._score:
            drawn = chance.normal(self._town.seed, "first score", number)
            self._score[number] = round(numbers.mean + numbers.deviation * drawn)
        return self._score[number]
