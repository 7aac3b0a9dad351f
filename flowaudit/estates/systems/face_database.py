"""The national face database: a face template in, a citizen's number out, in less than three seconds."""

from __future__ import annotations

from collections.abc import Sequence

from flowaudit.estates import chance
from flowaudit.estates.program import Incoming, Outgoing, Reactive, Town, read_as
from flowaudit.estates.records import FaceIdentity, FaceLookup
from flowaudit.estates.topic_names import FACEDB_IDENTITIES


class FaceDatabase(Reactive):
    """Knows every citizen's template."""

    def __init__(self, town: Town) -> None:
        self._town = town
        people = town.population
        self._person_of = {people.template(person).casefold(): person for person in people.persons()}

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:
        """One answer a lookup; now and then nobody is found."""
        lookup = read_as(FaceLookup, incoming)
        if lookup is None:
            return ()
        numbers, seed = self._town.parameters.face_database, self._town.seed
        person = self._person_of.get(lookup.template_ref.casefold())
        unknown = person is None or chance.unit(seed, "unknown", lookup.query) < numbers.unknown_share
        taken_ms = self._town.delay_ms(numbers.answer_median_ms, numbers.answer_sigma, "answer", lookup.query)
        delay_ms = min(numbers.answer_at_most_ms, taken_ms)
        identity = FaceIdentity(
            in_reply_to=lookup.query,
            id_number=None if unknown or person is None else self._town.population.citizen_number(person),
            similarity=round(0.9 + 0.099 * chance.unit(seed, "similarity", lookup.query), 3),
            took_ms=round(delay_ms),
            answered_at=self._town.stamp(city_s, delay_ms),
        )
        return (self._town.outgoing(FACEDB_IDENTITIES, lookup.query, identity, delay_ms),)
