"""The curfew office: below a score, the household's door stays shut for a while."""

from __future__ import annotations

from collections.abc import Sequence

from flowaudit.estates import chance, spelling
from flowaudit.estates.behaviour import MINUTE_S
from flowaudit.estates.program import Incoming, Outgoing, Reactive, Town, read_as
from flowaudit.estates.records import CurfewOrder, ScoreUpdate
from flowaudit.estates.topic_names import CURFEW_ORDERS


class CurfewOffice(Reactive):
    """Orders a curfew on an address, one at a time."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._closed_until: dict[str, float] = {}

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:
        """An order for an update below the threshold, unless the address is closed already."""
        update = read_as(ScoreUpdate, incoming)
        numbers = self._town.parameters.curfew
        if update is None or update.score >= numbers.below_score:
            return ()
        flat = spelling.address_key(update.household.address)
        if city_s < self._closed_until.get(flat, 0.0):
            return ()
        lasts_city_s = numbers.lasts_city_min * MINUTE_S
        self._closed_until[flat] = city_s + lasts_city_s
        delay_ms = self._town.delay_ms(numbers.delay_median_ms, numbers.delay_sigma, "curfew", update.update)
        order = CurfewOrder(
            order_no=f"CO-{chance.decimal(9, self._town.seed, 'curfew', update.update)}",
            premises=spelling.address_respelled(update.household.address.upper(), "/"),
            tenancy=update.household.tenancy,
            score_ref=update.update.replace("-", ""),
            lasts_city_s=round(lasts_city_s),
            ordered_at=self._town.stamp(city_s, delay_ms),
        )
        return (self._town.outgoing(CURFEW_ORDERS, order.order_no, order, delay_ms),)
