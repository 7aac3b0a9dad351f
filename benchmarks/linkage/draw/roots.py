"""Where data comes from, and what only looks like a flow: roots, and all the decoys among them."""

from __future__ import annotations

from benchmarks.linkage.chance import log_uniform, weighted
from benchmarks.linkage.draw.draft import Draft
from benchmarks.linkage.estate import Delay, HabitSpec, Operation, RootSpec
from benchmarks.linkage.kinds import EVENT_KINDS, PERSON_KINDS

_AT_ONCE = Delay(1.0, 0.3)


def root_rate(draft: Draft) -> float:
    """Records per second of a root; only the first may be as busy as any, lest a few of them be the whole estate."""
    low, high = draft.scale.root_rates
    return log_uniform(draft.chance, low, min(high, 0.12 * draft.scale.budget) if draft.roots else high)


def add_stream(draft: Draft, rate: float | None = None, *, tick_ms: int = 0, extra: tuple[str, ...] = ()) -> str:
    """A root about people, and sometimes about places."""
    chance, scale = draft.chance, draft.scale
    people = chance.sample(PERSON_KINDS, weighted(chance, [(1, 0.6), (2, 0.3), (3, 0.1)]))
    places = [kind for kind, share in (("lock", 0.4), ("plate", 0.12), ("device", 0.2)) if chance.random() < share]
    rate = root_rate(draft) if rate is None else rate
    digests = ["digest"] if "email" not in people and chance.random() < 0.06 else []
    name = draft.names.topic()
    slots = (*people, *places, *(f"{kind}@{name}" for kind in digests), *extra)
    draft.add_topic(slots, rate, draft.own_id(name, 0.7), name)
    draft.roots.append(
        RootSpec(
            topic=name,
            rate=rate,
            kind="stream",
            tick_ms=tick_ms,
            swing=chance.choice((0.0, 0.3, 0.8)),
            popular=chance.random() * scale.popular if chance.random() < 0.4 else 0.0,
            replay_ms=_replay(draft) if chance.random() < scale.replays else None,
            replay_keeps_time=chance.random() < 0.5,
        )
    )
    _add_writer(draft, name)
    return name


def add_table(draft: Draft, *, registry: bool = False) -> str:
    """Reference data: what else somebody is called. A registry gives out surrogates."""
    chance = draft.chance
    name = draft.names.topic()
    kinds = chance.sample(PERSON_KINDS, 1 if registry else chance.choice((2, 2, 3)))
    rate = chance.uniform(0.02, 0.3)
    extra = [f"surrogate@{name}"] if registry else []
    draft.add_topic((*kinds, *extra), rate + draft.scale.people / draft.duration_s, "", name)
    draft.roots.append(RootSpec(name, rate, "table"))
    draft.barren.add(name)
    _add_writer(draft, name)
    return name


def add_human_order(draft: Draft, first: str, second: str = "") -> None:
    """People who did the one thing do the other some seconds later, sometimes all of them."""
    chance = draft.chance
    share = chance.choice((0.3, 0.6, 1.0))
    second = second or add_stream(draft, draft.rates[first] * chance.choice((0.0, 0.0, 0.3)))
    draft.rates[second] += share * draft.rates[first]
    delay = Delay(log_uniform(chance, 2_000, 25_000), chance.uniform(0.4, 1.1))
    draft.lives.append(HabitSpec("human-order", first, second, share, 0.0, (_AT_ONCE, delay)))


def add_co_activity(draft: Draft, first: str, second: str) -> None:
    """Who does the one thing does the other about then, in no order."""
    share = draft.chance.uniform(0.2, 0.6)
    draft.rates[second] += share * draft.rates[first]
    draft.lives.append(HabitSpec("co-activity", first, second, share, 0.0, (_AT_ONCE, _AT_ONCE)))


def add_outside_cause(draft: Draft) -> None:
    """Two topics written from one cause that never was in Kafka; it may have given both the same id."""
    chance = draft.chance
    cause = draft.names.program()
    slot = f"{chance.choice(EVENT_KINDS)}@{cause}" if chance.random() < 0.3 else ""
    extra = (slot,) if slot else ()
    first, second = (add_stream(draft, 0.0, extra=extra) for _ in range(2))
    rate = root_rate(draft)
    low_ms, high_ms = draft.scale.delays_ms
    delays = tuple(Delay(log_uniform(chance, low_ms, high_ms), chance.uniform(0.2, 1.0)) for _ in range(2))
    for topic in (first, second):
        draft.rates[topic] += rate
    draft.lives.append(HabitSpec("outside-cause", first, second, 1.0, rate, (delays[0], delays[1]), slot))


def add_common_tick(draft: Draft) -> None:
    """Two topics that are written at the same ticks."""
    tick_ms = draft.chance.choice((5_000, 10_000, 30_000, 60_000))
    for _ in range(2):
        add_stream(draft, tick_ms=tick_ms)


def add_low_entropy(draft: Draft) -> None:
    """Two topics that count from the same number, or name small zones: equal values of different things."""
    chance = draft.chance
    rate = root_rate(draft) / 2
    for _ in range(2):
        name = draft.names.topic()
        slots = [f"ticket@{name}", f"zone@{name}"] if chance.random() < 0.5 else [f"ticket@{name}"]
        draft.add_topic(slots, rate, "", name)
        draft.roots.append(RootSpec(name, rate, "numbers"))
        draft.barren.add(name)
        _add_writer(draft, name)


def add_unlinked(draft: Draft) -> None:
    """Machines that tell of themselves."""
    name = draft.names.topic()
    rate = root_rate(draft) / 2
    draft.add_topic([f"node@{name}"], rate, draft.own_id(name, 0.5), name)
    draft.roots.append(RootSpec(name, rate, "telemetry"))
    draft.barren.add(name)
    _add_writer(draft, name)


def add_habits(draft: Draft) -> None:
    """Habits between roots that are there already."""
    streams = [root.topic for root in draft.roots if root.kind == "stream" and root.rate > 0]
    pairs = [(first, second) for first in streams for second in streams if first != second]
    if pairs and draft.chance.random() < 0.5:
        add_co_activity(draft, *draft.chance.choice(pairs))
    if pairs and draft.chance.random() < 0.35:
        add_human_order(draft, *draft.chance.choice(pairs))


def add_decoy(draft: Draft) -> None:
    """One of the decoys, with as many topics as it takes."""
    streams = [root.topic for root in draft.roots if root.kind == "stream" and root.rate > 0]
    choices = [("order", 3), ("co-activity", 2), ("cause", 2), ("tick", 1.5), ("numbers", 1.5), ("unlinked", 1)]
    match weighted(draft.chance, choices):
        case "order":
            add_human_order(draft, draft.chance.choice(streams))
        case "co-activity":
            add_co_activity(draft, draft.chance.choice(streams), add_stream(draft))
        case "cause":
            add_outside_cause(draft)
        case "tick":
            add_common_tick(draft)
        case "numbers":
            add_low_entropy(draft)
        case _:
            add_unlinked(draft)


def _replay(draft: Draft) -> tuple[int, int, int]:
    span = draft.scale.duration_ms
    begins = draft.chance.uniform(0.0, 0.4)
    length, rest = draft.chance.uniform(0.05, 0.2), draft.chance.uniform(0.05, 0.3)
    return (int(begins * span), int((begins + length) * span), int((begins + length + rest) * span))


def _add_writer(draft: Draft, topic: str) -> None:
    draft.add_program(Operation("root"), (), (topic,), _AT_ONCE)
