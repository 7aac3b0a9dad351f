from __future__ import annotations

from flowaudit.estates import spelling
from flowaudit.estates.parameters import Parameters
from flowaudit.estates.population import check_character, make_population


def test_the_check_character_is_that_of_the_standard() -> None:
    # The worked example of GB 11643-1999.
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"


def test_at_full_scale_nobody_shares_a_number(parameters: Parameters) -> None:
    people = make_population(parameters.population, scale=1, seed=3)
    assert people.tenants == 120_000
    assert people.households == 48_000
    assert len({people.tenant_number(tenant) for tenant in range(people.tenants)}) == people.tenants
    assert len({people.citizen_number(person) for person in people.persons()}) == len(people.persons())
    assert len({people.address(household) for household in range(people.households)}) == people.households


def test_every_tenant_lives_in_the_household_that_counts_them(parameters: Parameters) -> None:
    for scale in (0.0001, 0.0037, 0.01):
        people = make_population(parameters.population, scale=scale, seed=3)
        counted = [tenant for household in range(people.households) for tenant in people.members(household)]
        assert counted == list(range(people.tenants))
        assert all(tenant in people.members(people.household_of(tenant)) for tenant in range(people.tenants))
        guests = [person for person in people.persons() if people.is_guest(person)]
        assert all(0 <= people.host_of(guest) < people.households for guest in guests)


def test_numbers_have_the_shape_that_their_registers_give_them(parameters: Parameters) -> None:
    people = make_population(parameters.population, scale=0.01, seed=3)
    for person in people.persons():
        number = people.citizen_number(person)
        assert len(number) == 18
        assert check_character(number[:17]) == number[17]
    assert all(100_000 <= people.tenant_number(tenant) < 1_000_000 for tenant in range(people.tenants))


def test_another_seed_is_another_population(parameters: Parameters) -> None:
    first = make_population(parameters.population, scale=0.001, seed=1)
    second = make_population(parameters.population, scale=0.001, seed=2)
    assert not {first.citizen_number(p) for p in first.persons()} & {second.citizen_number(p) for p in second.persons()}


def test_spellings_of_one_citizen_and_one_flat_lead_back_to_it(parameters: Parameters) -> None:
    people = make_population(parameters.population, scale=0.001, seed=1)
    number = people.citizen_number(5)
    spelled = (number.casefold(), spelling.citizen_spaced(number), spelling.citizen_labelled(number))
    assert {spelling.citizen_key(text) for text in spelled} == {number}
    dashed = spelling.address_dashed(people.address(7))
    others = {spelling.address_respelled(dashed, sign) for sign in ("", " ", ".", "/")} | {dashed.casefold()}
    assert {spelling.address_key(text) for text in others} == {spelling.address_key(dashed)}
    assert len(others) == 5
    assert spelling.tenancy_number(spelling.tenancy_label(412_345)) == 412_345
