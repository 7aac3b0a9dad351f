"""Mapping tables: which pairs of names are taken for one, and which are not."""

from __future__ import annotations

import numpy as np

from flowaudit.linkage.mappings import same_names

PEOPLE = 40
_SURROGATE = 1_000
_EVENT = 5_000


class Made:
    """Sightings as columns, record by record."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, int, bool]] = []
        self._record = 0

    def record(self, topic: int, fields: dict[int, int], *, mints: int | None = None) -> None:
        """A record of a topic that holds these tokens, by column."""
        self.rows += [(token, column, topic, self._record, column == mints) for column, token in fields.items()]
        self._record += 1

    def names(self) -> dict[int, int] | None:
        """The name of each token, None when no table was found."""
        tokens = sorted({row[0] for row in self.rows})
        number = {token: place for place, token in enumerate(tokens)}
        token = np.array([number[row[0]] for row in self.rows])
        column, topic, record = (np.array([row[place] for row in self.rows]) for place in (1, 2, 3))
        found = same_names(token, column, topic, record, np.array([row[4] for row in self.rows]))
        return None if found is None else {known: tokens[found[number[known]]] for known in tokens}


def table_with_uses(*, twice: int = 0) -> Made:
    """Topic 0 maps people (column 0) to surrogates (column 1); topic 1 has the people, topic 2 the surrogates."""
    made = Made()
    for person in range(PEOPLE):
        made.record(0, {0: person, 1: _SURROGATE + person})
        for _ in range(2):
            made.record(1, {2: person})
            made.record(2, {3: _SURROGATE + person})
    for person in range(twice):
        made.record(0, {0: person, 1: _SURROGATE + (person + 1) % PEOPLE})
    return made


def test_a_table_makes_two_names_one() -> None:
    names = table_with_uses().names()
    assert names is not None
    assert all(names[_SURROGATE + person] == names[person] == person for person in range(PEOPLE))


def test_what_is_not_one_to_one_is_no_table() -> None:
    assert table_with_uses(twice=10).names() is None


def test_a_few_pairs_are_no_table() -> None:
    made = Made()
    for person in range(10):
        made.record(0, {0: person, 1: _SURROGATE + person})
        made.record(1, {2: person})
        made.record(1, {2: person})
        made.record(2, {3: _SURROGATE + person})
        made.record(2, {3: _SURROGATE + person})
    assert made.names() is None


def test_an_order_is_not_the_address_that_it_always_comes_with() -> None:
    made = Made()
    for address in range(PEOPLE):
        made.record(0, {0: address, 1: _EVENT + address}, mints=1)
        for _ in range(2):
            made.record(1, {2: address, 3: _EVENT + address})
    assert made.names() is None


def test_the_number_of_an_event_of_another_topic_is_no_name() -> None:
    made = Made()
    for person in range(PEOPLE):
        made.record(2, {3: _EVENT + person}, mints=3)
        made.record(0, {0: person, 1: _EVENT + person})
        for _ in range(2):
            made.record(1, {2: person})
            made.record(4, {5: _EVENT + person})
    assert made.names() is None


def test_two_people_of_one_field_never_become_one() -> None:
    made = table_with_uses()
    # A second "table" would name every two people alike: each flat has two people, and topic 1 has both of them.
    for flat in range(PEOPLE // 2):
        made.record(6, {7: 2 * flat, 8: 9_000 + flat})
        made.record(7, {9: 2 * flat + 1, 10: 9_000 + flat})
        for _ in range(2):
            made.record(8, {11: 9_000 + flat})
    names = made.names()
    assert names is not None
    assert len({names[person] for person in range(PEOPLE)}) == PEOPLE


def test_nothing_gives_nothing() -> None:
    empty = np.empty(0, dtype=np.int64)
    assert same_names(empty, empty, empty, empty, np.empty(0, dtype=bool)) is None
