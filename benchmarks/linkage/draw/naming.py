"""Names that say nothing about what flows where: topics, members, programs."""

from __future__ import annotations

import random
from typing import Final

_FIRST: Final = (
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbor", "iris", "juniper", "kite", "lagoon",
    "maple", "north", "orchid", "pebble", "quartz", "river", "slate", "tundra", "umber", "violet", "willow", "zephyr",
)  # fmt: skip
_SECOND: Final = (
    "acts", "beats", "cases", "deeds", "drops", "entries", "facts", "items", "lines", "marks", "notes", "pages",
    "parts", "points", "rows", "signs", "steps", "traces", "turns", "units", "views", "waves",
)  # fmt: skip
_MEMBERS: Final = (
    "actor", "alias", "base", "body", "code", "data", "entity", "from", "group", "holder", "id", "item", "key", "link",
    "main", "name", "no", "object", "origin", "owner", "party", "ref", "source", "subject", "tag", "target", "token",
    "unit", "user", "value", "what", "who", "a", "b", "c", "k1", "k2", "k3", "x_id", "y_ref", "nr", "handle", "label",
)  # fmt: skip
_GROUPS: Final = ("body", "data", "detail", "envelope", "inner", "meta", "payload", "record")


class Names:
    """Gives out names, none twice."""

    def __init__(self, chance: random.Random) -> None:
        pairs = [f"{first}.{second}" for first in _FIRST for second in _SECOND]
        chance.shuffle(pairs)
        self._topics = iter(pairs)
        programs = [f"{first}-{number}" for first in _FIRST for number in range(10, 20)]
        chance.shuffle(programs)
        self._programs = iter(programs)

    def topic(self) -> str:
        """A topic's name."""
        return next(self._topics)

    def program(self) -> str:
        """A program's name, or an application's."""
        return next(self._programs)


def member_paths(chance: random.Random, count: int, *, nested: bool) -> list[tuple[str, ...]]:
    """Names of a record's members, in groups where records are nested; no name is both a group and a member."""
    names = chance.sample(_MEMBERS, count)
    if not nested:
        return [(name,) for name in names]
    groups = chance.sample([group for group in _GROUPS if group not in names], 3)
    prefixes = ((), (groups[0],), (groups[1],), (groups[1], groups[2]))
    return [(*chance.choice(prefixes), name) for name in names]
