"""Programs on top of what is there: each function adds one if it can, and says whether it could."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.linkage.chance import weighted
from benchmarks.linkage.draw.draft import Draft
from benchmarks.linkage.draw.keeping import add_feedback, add_rekey, add_resolve, add_stateful_join, add_table_join
from benchmarks.linkage.draw.outputs import add_output
from benchmarks.linkage.estate import Delay, Operation, kind_of
from benchmarks.linkage.kinds import PERSON_KINDS
from benchmarks.linkage.spelling import STYLES

_FILTERS: Final = ((0.5, 4), (0.2, 4), (0.08, 3), (0.01, 3))
_RARE: Final = 1.4
"""A filter that lets hardly anything through may carry less than other programs."""
_COPIES = 0.4


def add_map(draft: Draft) -> bool:
    """Everything, one for one."""
    return _forward(draft, Operation("map"))


def add_filter(draft: Draft) -> bool:
    """A share of it, by chance or always the same people."""
    share = weighted(draft.chance, _FILTERS)
    counted = share * (_RARE if share < 0.05 else 1.0)
    parent = draft.pick([name for name in draft.fertile() if draft.fits(draft.rates[name] * counted)])
    if parent is None:
        return False
    people = draft.people_in(parent)
    by = draft.chance.choice(people) if people and share > 0.05 and draft.chance.random() < 0.3 else ""
    output = add_output(draft, draft.carried(parent), draft.rates[parent] * share)
    draft.add_program(Operation("filter", share=share, by=by), [parent], [output])
    return True


def add_slow(draft: Draft) -> bool:
    """Something that waits in a queue for up to minutes."""
    return _forward(draft, Operation("filter", share=draft.chance.choice((1.0, 0.5))), draft.slow_delay())


def add_batch(draft: Draft) -> bool:
    """Everything, many seconds' worth at once."""
    return _forward(draft, Operation("batch", every_ms=draft.chance.randint(*draft.scale.batches_ms)))


def add_digest(draft: Draft) -> bool:
    """People under a digest of one of their identifiers."""
    chance = draft.chance
    candidates = [n for n in draft.fertile() if draft.slots_of(n, *PERSON_KINDS) and draft.fits(draft.rates[n])]
    parent = draft.pick(candidates)
    if parent is None:
        return False
    by = chance.choice(draft.slots_of(parent, *PERSON_KINDS))
    slot = f"digest@{draft.names.program()}"
    quoted = draft.events_in(parent)[:1] if chance.random() < 0.35 else []
    output = add_output(draft, [slot, *quoted], draft.rates[parent])
    operation = Operation(
        "digest", by=by, slot=slot,
        algorithm=chance.choice(("md5", "sha1", "sha256", "sha256")),
        style=chance.choice(("plain", *STYLES[kind_of(by)])),
    )  # fmt: skip
    draft.add_program(operation, [parent], [output])
    return True


def add_union(draft: Draft, inputs: int = 2) -> bool:
    """Several topics in one."""
    parents: list[str] = []
    for _ in range(inputs):
        parent = draft.pick([name for name in draft.fertile() if name not in parents])
        if parent is not None:
            parents.append(parent)
    rate = sum(draft.rates[parent] for parent in parents)
    thinnest = min((draft.rates[parent] for parent in parents), default=0.0)
    if len(parents) < inputs or not draft.fits(rate) or not draft.fits(thinnest):
        return False
    slots = dict.fromkeys(slot for parent in parents for slot in draft.carried(parent))
    output = add_output(draft, list(slots), rate)
    draft.add_program(Operation("union"), parents, [output])
    return True


def add_fan_in(draft: Draft) -> bool:
    """Many topics in one."""
    return add_union(draft, draft.chance.randint(3, 5))


def add_fan_out(draft: Draft) -> bool:
    """One program that writes two or three topics: copies, or each record to one of them."""
    count, splits = draft.chance.randint(2, 3), draft.chance.random() > _COPIES
    share = 1 / count if splits else 1.0
    parent = draft.pick([name for name in draft.fertile() if draft.fits(draft.rates[name] * share)])
    if parent is None or draft.rate + draft.rates[parent] * share * count > draft.scale.budget:
        return False
    outputs = [add_output(draft, draft.carried(parent), draft.rates[parent] * share) for _ in range(count)]
    draft.split |= set(outputs) if splits else set()
    draft.add_program(Operation("map", splits=splits), [parent], outputs)
    return True


def add_event_join(draft: Draft) -> bool:
    """Two topics that tell of the same event, brought together."""
    fertile = draft.fertile()
    pairs = [
        (first, second)
        for place, first in enumerate(fertile)
        for second in fertile[:place]
        if _tell_alike(draft, first, second)
    ]
    return bool(pairs) and _join(draft, *draft.chance.choice(pairs), on_events=True)


def add_person_join(draft: Draft) -> bool:
    """Two topics about the same person within a minute, brought together."""
    fertile = draft.fertile()
    first, second = draft.pick(fertile), draft.pick(fertile)
    return first is not None and second is not None and first != second and _join(draft, first, second, on_events=False)


def add_aggregate(draft: Draft) -> bool:
    """Counts of people in windows."""
    every_ms = draft.chance.choice(draft.scale.windows_ms)

    def counted(name: str) -> float:
        return _distinct(draft.rates[name] * every_ms / 1000, draft.scale.people) / every_ms * 1000

    parent = draft.pick([n for n in draft.fertile() if draft.people_in(n) and draft.fits(counted(n))])
    if parent is None:
        return False
    by = draft.chance.choice(draft.people_in(parent))
    others = [slot for slot in draft.people_in(parent) if draft.chance.random() < 0.2]
    output = add_output(draft, [by, *others], counted(parent))
    draft.add_program(Operation("aggregate", by=by, every_ms=every_ms), [parent], [output])
    return True


def add_threshold(draft: Draft) -> bool:
    """A record about somebody each time there were so many."""
    count = draft.chance.randint(3, 6)

    def passed(name: str) -> float:
        each = draft.rates[name] * draft.duration_s / draft.scale.people
        return 0.7 * draft.rates[name] / count * min(1.0, each / (1.5 * count))

    parent = draft.pick([name for name in draft.fertile() if draft.people_in(name) and draft.fits(passed(name))])
    if parent is None:
        return False
    by = draft.chance.choice(draft.people_in(parent))
    slots = [by, *(slot for slot in draft.carried(parent) if slot != by)]
    output = add_output(draft, slots, passed(parent))
    draft.add_program(Operation("threshold", by=by, count=count), [parent], [output])
    return True


Growth = Callable[[Draft], bool]
GROWTHS: Final[tuple[tuple[Growth, float], ...]] = (
    (add_map, 16), (add_filter, 22), (add_batch, 7), (add_union, 7), (add_fan_in, 3), (add_event_join, 5),
    (add_person_join, 7), (add_table_join, 5), (add_stateful_join, 4), (add_aggregate, 8), (add_threshold, 5),
    (add_rekey, 5), (add_resolve, 3), (add_digest, 5), (add_fan_out, 5), (add_slow, 5), (add_feedback, 6),
)  # fmt: skip
"""What may be added, and how often it is tried."""


def _forward(draft: Draft, operation: Operation, delay: Delay | None = None) -> bool:
    share = operation.share
    parent = draft.pick([name for name in draft.fertile() if draft.fits(draft.rates[name] * share)])
    if parent is None:
        return False
    output = add_output(draft, draft.carried(parent), draft.rates[parent] * share)
    draft.add_program(operation, [parent], [output], delay)
    return True


def _join(draft: Draft, first: str, second: str, *, on_events: bool) -> bool:
    chance = draft.chance
    common_in = draft.events_in if on_events else draft.people_in
    common = [slot for slot in common_in(first) if slot in common_in(second)]
    if not common:
        return False
    by = chance.choice(common)
    rates = sorted((draft.rates[first], draft.rates[second]))
    kept = rates[1] / draft.rates.get(by.partition("@")[2], rates[1])
    rate = rates[0] * (0.85 * min(1.0, kept) if on_events else 0.35)
    if not draft.fits(rate):
        return False
    keeps_by = not on_events or chance.random() < 0.6
    slots = [*([by] if keeps_by else []), *draft.carried(first), *draft.carried(second)]
    output = add_output(draft, slots, rate)
    within_ms = min(60_000, draft.scale.duration_ms // 5)
    draft.add_program(Operation("join", by=by, within_ms=within_ms), [first, second], [output])
    return True


def _tell_alike(draft: Draft, first: str, second: str) -> bool:
    """Whether two topics tell of the same events: not when each event went to one of several topics."""
    common = set(draft.events_in(first)) & set(draft.events_in(second))
    is_whole = any(slot.partition("@")[2] in (first, second) for slot in common)
    return bool(common) and (is_whole or not {first, second} & draft.split)


def _distinct(events: float, people: int) -> float:
    """About how many different people so many events are about; the active ones come again."""
    return 0.85 * people * float(1 - (1 - 1 / people) ** events)
