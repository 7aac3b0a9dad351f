"""An estate, drawn: roots and decoys, programs on top of them, applications around those."""

from __future__ import annotations

import itertools
import random
from typing import Final, Literal

from benchmarks.linkage.chance import stream, weighted
from benchmarks.linkage.draw.apps import draw_apps
from benchmarks.linkage.draw.draft import Draft
from benchmarks.linkage.draw.growth import GROWTHS
from benchmarks.linkage.draw.naming import Names
from benchmarks.linkage.draw.roots import add_decoy, add_habits, add_stream, add_table
from benchmarks.linkage.draw.scale import draw_habits, draw_scale
from benchmarks.linkage.estate import EstateSpec, PeopleSpec
from benchmarks.linkage.version import VERSION

Kind = Literal["estate", "still"]
Size = Literal["full", "small"]

_ATTEMPTS: Final = 400
_LEAST_TOPICS: Final = {"full": 20, "small": 9}
_LEAST_FLOWS: Final = 0.55
"""Flows for each topic."""
_DECOY_BUDGET: Final = 0.4
"""Roots and decoys together write no more than this share of the budget."""


def draw_estate(
    seed: int,
    *,
    kind: Kind = "estate",
    size: Size = "full",
    version: int = VERSION,
) -> EstateSpec:
    """The estate of a seed."""
    root = f"linkage/{version}/{kind}/{size}/{seed}"
    drafts = (_draft(stream(root, "draw", attempt), kind, size) for attempt in itertools.count())
    draft = next(draft for draft in drafts if kind == "still" or _is_worth_playing(draft, _LEAST_TOPICS[size]))
    return _estate(draft, root, kind, size)


def _draft(chance: random.Random, kind: Kind, size: Size) -> Draft:
    draft = Draft(chance, draw_scale(chance, kind, size), draw_habits(chance), Names(chance))
    _add_roots(draft, is_still=kind == "still")
    if kind == "estate":
        _grow(draft)
    return draft


def _is_worth_playing(draft: Draft, topics: int) -> bool:
    """Not one whose first few topics used up all that an estate may write."""
    flows = sum(len(program.inputs) * len(program.outputs) for program in draft.programs)
    return len(draft.topics) >= topics and flows >= _LEAST_FLOWS * len(draft.topics)


def _estate(draft: Draft, root: str, kind: Kind, size: Size) -> EstateSpec:
    chance, scale = draft.chance, draft.scale
    people = PeopleSpec(scale.people, chance.uniform(0.4, 1.0), chance.randrange(50, 800))
    apps = draw_apps(draft)
    return EstateSpec(
        kind=kind,
        size=size,
        chance=root,
        duration_ms=scale.duration_ms,
        people=people,
        topics=tuple(draft.topics.values()),
        roots=tuple(draft.roots),
        habits=tuple(draft.lives),
        programs=tuple(draft.programs),
        apps=apps,
        has_broker_logs=chance.random() < 0.3,
    )


def _add_roots(draft: Draft, *, is_still: bool) -> None:
    chance, scale = draft.chance, draft.scale
    share = 1.0 if is_still else chance.uniform(0.3, 0.45)
    wanted = max(3, round(scale.topics * share))
    streams = max(2, round(wanted * chance.uniform(0.35, 0.6)))
    for _ in range(streams):
        if draft.rate < scale.budget * _DECOY_BUDGET or is_still:
            add_stream(draft)
    for is_registry, share in ((False, 0.75), (True, 0.4)):
        if wanted - streams > 1 and chance.random() < share:
            add_table(draft, registry=is_registry)
    while len(draft.topics) < wanted and (draft.rate < scale.budget * _DECOY_BUDGET or is_still):
        add_decoy(draft)
    add_habits(draft)


def _grow(draft: Draft) -> None:
    for _ in range(_ATTEMPTS):
        if len(draft.topics) >= draft.scale.topics:
            return
        weighted(draft.chance, GROWTHS)(draft)
