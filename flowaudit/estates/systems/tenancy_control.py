"""Tenancy control, the declared purpose: does the one who came in live there, or is the flat sublet?"""

from __future__ import annotations

from collections.abc import Sequence

from flowaudit.estates import chance, spelling
from flowaudit.estates.program import Incoming, Outgoing, Reactive, Town, read_as
from flowaudit.estates.records import LockEvent, TenancyCheck
from flowaudit.estates.topic_names import TENANCY_CHECKS


class TenancyControl(Reactive):
    """Checks a share of the tenants' entries against the register of tenancies."""

    def __init__(self, town: Town) -> None:
        self._town = town
        people = town.population
        self._registered = {
            people.tenant_number(tenant): people.lock_id(people.household_of(tenant))
            for tenant in range(people.tenants)
        }

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:
        """One check for an entry that is looked at; nothing for the rest."""
        event = read_as(LockEvent, incoming)
        if event is None or event.kind != "unlock" or event.tenant_id is None:
            return ()
        numbers, seed = self._town.parameters.tenancy_control, self._town.seed
        if chance.unit(seed, "checked", event.event_id) >= numbers.checked_share:
            return ()
        resident = spelling.tenancy_number(event.tenant_id)
        delay_ms = self._town.delay_ms(numbers.delay_median_ms, numbers.delay_sigma, "check", event.event_id)
        check = TenancyCheck(
            check=f"TC{chance.decimal(12, seed, 'check', event.event_id)}",
            evidence=event.event_id,
            resident=resident,
            registered=self._registered.get(resident) == event.lock_id,
            checked_at=self._town.stamp(city_s, delay_ms),
        )
        return (self._town.outgoing(TENANCY_CHECKS, str(resident), check, delay_ms),)
