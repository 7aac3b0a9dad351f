"""Who lives there: everybody's numbers are functions of the seed and a person's index, so no register is stored.

Persons are numbered: tenants from 0, then guests. Households are numbered from 0. All numbers are unique by
construction: a person's index is permuted over the room that the number's digits give.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

import msgspec

from flowaudit.estates import chance
from flowaudit.estates.parameters import PopulationNumbers

_TENANT_NUMBERS: Final = 900_000
_BIRTHDAYS: Final = 24_000
_FIRST_BIRTHDAY: Final = date(1935, 1, 1)
_REGIONS: Final = tuple(str(number) for number in range(110_190, 110_200))
"""Region codes in Beijing's range that are not assigned to any district, so no number is a real person's."""
_CHECK_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS: Final = "10X98765432"
_FLATS_PER_FLOOR: Final = 4
_FLOORS: Final = 12
_ENTRANCES: Final = 3


class Address(NamedTuple):
    """A flat: building, entrance, and the flat's number on its floor."""

    building: int
    entrance: int
    flat: int


class Population(msgspec.Struct, frozen=True):
    """Everybody, by arithmetic. Indexes outside the counts are the caller's mistake."""

    seed: int
    tenants: int
    households: int
    guests: int

    def persons(self) -> range:
        """Indexes of all persons."""
        return range(self.tenants + self.guests)

    def is_guest(self, person: int) -> bool:
        """Whether a person only visits."""
        return person >= self.tenants

    def household_of(self, tenant: int) -> int:
        """The household that a tenant belongs to."""
        return tenant * self.households // self.tenants

    def host_of(self, guest: int) -> int:
        """The household that a guest visits."""
        return (guest - self.tenants) * self.households // max(1, self.guests)

    def members(self, household: int) -> range:
        """The tenants of a household: at least one."""
        first = -(-household * self.tenants // self.households)
        return range(first, -(-(household + 1) * self.tenants // self.households))

    def tenant_number(self, tenant: int) -> int:
        """A tenancy number of six digits."""
        start = chance.whole(self.seed, "tenancy numbers")
        return 100_000 + (tenant * 514_229 + start) % _TENANT_NUMBERS

    def citizen_number(self, person: int) -> str:
        """A resident identity number of 18 characters (GB 11643: region, birthday, sequence, check character)."""
        start = chance.whole(self.seed, "birthdays")
        birthday = _FIRST_BIRTHDAY + timedelta(days=(person * 7_919 + start) % _BIRTHDAYS)
        draw = chance.whole(self.seed, "citizen", person)
        shelf = person // _BIRTHDAYS
        sequence = (draw % 20) * 50 + shelf
        number = f"{_REGIONS[draw // 20 % len(_REGIONS)]}{birthday:%Y%m%d}{sequence:03d}"
        return number + check_character(number)

    def template(self, person: int) -> str:
        """The reference of a person's face template."""
        return f"tpl-{chance.hexadecimal(20, self.seed, 'template', person)}"

    def lock_id(self, household: int) -> str:
        """The lock on a household's door."""
        return f"LK-{chance.hexadecimal(10, self.seed, 'lock', household).upper()}"

    def meter_number(self, household: int) -> str:
        """The household's electricity meter."""
        return f"EM-{chance.decimal(12, self.seed, 'meter', household)}"

    def address(self, household: int) -> Address:
        """Where a household lives."""
        floor_flat, place = household % (_FLATS_PER_FLOOR * _FLOORS), household // (_FLATS_PER_FLOOR * _FLOORS)
        floor, flat = divmod(floor_flat, _FLATS_PER_FLOOR)
        return Address(place // _ENTRANCES + 101, place % _ENTRANCES + 1, (floor + 1) * 100 + flat + 1)


def make_population(numbers: PopulationNumbers, *, scale: float, seed: int) -> Population:
    """The people of a city at a scale: at least ten tenants."""
    tenants = max(10, round(numbers.tenants * scale))
    households = max(1, round(tenants / numbers.tenants_per_household))
    return Population(seed, tenants, households, round(households * numbers.guests_per_household))


def check_character(first_17_digits: str) -> str:
    """The 18th character of a resident identity number (ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_CHECK_WEIGHTS, first_17_digits, strict=True))
    return _CHECK_SIGNS[total % 11]
