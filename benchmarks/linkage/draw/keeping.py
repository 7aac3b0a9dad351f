"""Programs that remember: against tables, under surrogates, and back into a root."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.linkage.draw.draft import Draft
from benchmarks.linkage.draw.outputs import add_output
from benchmarks.linkage.estate import Operation, kind_of
from benchmarks.linkage.kinds import PERSON_KINDS

_LOOP_GAIN = 0.3
_MATCHED = 0.9


def add_table_join(draft: Draft) -> bool:
    """What a side table says of somebody is added, and sometimes takes the place of what was known."""
    chance = draft.chance
    tables = [
        root.topic for root in draft.roots if root.kind == "table" and not draft.slots_of(root.topic, "surrogate")
    ]
    if not tables:
        return False
    table = chance.choice(tables)
    known = set(draft.topics[table].slots)
    candidates = [
        n for n in draft.fertile() if known & set(draft.slots_of(n, *PERSON_KINDS)) and draft.fits(draft.rates[n])
    ]
    stream = draft.pick(candidates)
    if stream is None:
        return False
    by = chance.choice([slot for slot in draft.slots_of(stream, *PERSON_KINDS) if slot in known])
    added = [slot for slot in draft.topics[table].slots if slot != by and slot not in draft.topics[stream].slots]
    if not added:
        return False
    kept = [slot for slot in draft.carried(stream) if slot != by or chance.random() < 0.5]
    rate = draft.rates[stream] * _MATCHED
    output = add_output(draft, [*added, *kept], rate)
    draft.add_program(Operation("table-join", by=by, table=table), [stream, table], [output])
    return True


def add_stateful_join(draft: Draft) -> bool:
    """What another stream last said of somebody, however long ago, is added."""
    chance = draft.chance
    fertile = draft.fertile()
    stream, other = draft.pick(fertile), draft.pick(fertile)
    if stream is None or other is None or stream == other:
        return False
    common = [slot for slot in draft.people_in(stream) if slot in draft.people_in(other)]
    added = [slot for slot in draft.topics[other].slots if slot not in draft.topics[stream].slots and _lasts(slot)]
    if not common or not added or not draft.fits(draft.rates[stream] * 0.7):
        return False
    by = chance.choice(common)
    output = add_output(draft, [by, chance.choice(added), *draft.carried(stream)], draft.rates[stream] * 0.85)
    operation = Operation("table-join", by=by, table=other, keeps_unmatched=chance.random() < 0.5)
    draft.add_program(operation, [stream, other], [output])
    return True


def add_rekey(draft: Draft) -> bool:
    """People under a surrogate; the mapping is a topic that the program writes, or one that a registry keeps."""
    registries = [
        root.topic for root in draft.roots if root.kind == "table" and draft.slots_of(root.topic, "surrogate")
    ]
    if registries and draft.chance.random() < 0.4:
        return _by_registry(draft, draft.chance.choice(registries))
    chance = draft.chance
    candidates = [n for n in draft.fertile() if draft.slots_of(n, *PERSON_KINDS) and draft.fits(draft.rates[n])]
    stream = draft.pick(candidates)
    if stream is None:
        return False
    by = chance.choice(draft.slots_of(stream, *PERSON_KINDS))
    rate = draft.rates[stream]
    told = draft.scale.people * (1 - (1 - 1 / draft.scale.people) ** (rate * draft.duration_s)) / draft.duration_s
    if not draft.fits(told * 0.7):
        return False
    slot = f"surrogate@{draft.names.program()}"
    quoted = draft.events_in(stream)[:1] if chance.random() < 0.25 else []
    output = add_output(draft, [slot, *quoted], rate, 0.7)
    mapping = add_output(draft, [by, slot], told, 0.0)
    draft.barren.add(mapping)
    draft.add_program(Operation("rekey", by=by, slot=slot, mapping=mapping), [stream], [output, mapping])
    return True


def add_resolve(draft: Draft) -> bool:
    """Surrogates back into who it is, by a mapping that somebody else wrote."""
    chance = draft.chance
    mappings = [n for n in draft.topics if draft.slots_of(n, "surrogate") and draft.slots_of(n, *PERSON_KINDS)]
    pairs = [
        (stream, mapping, slot)
        for mapping in mappings
        for slot in draft.slots_of(mapping, "surrogate")
        for stream in draft.fertile()
        if stream != mapping and slot in draft.topics[stream].slots and stream not in mappings
    ]
    if not pairs:
        return False
    stream, mapping, slot = chance.choice(pairs)
    if not draft.fits(draft.rates[stream] * _MATCHED):
        return False
    events = draft.events_in(stream)[:1] if chance.random() < 0.4 else []
    kept = [slot] if chance.random() < 0.4 else []
    slots = [*draft.slots_of(mapping, *PERSON_KINDS), *events, *kept]
    output = add_output(draft, slots, draft.rates[stream] * _MATCHED)
    draft.add_program(Operation("table-join", by=slot, table=mapping), [stream, mapping], [output])
    return True


def add_feedback(draft: Draft) -> bool:
    """A root's program that reads what was derived, and answers it with records of its own."""
    if not draft.scale.feeds_back:
        return False
    writers = {root.topic: draft.writer(root.topic) for root in draft.roots if root.kind == "stream"}
    pairs = [
        (derived, root)
        for root, writer in writers.items()
        if not writer.inputs and root == writer.outputs[0]
        for derived in draft.fertile()
        if derived not in writers
        and set(draft.slots_of(root, *PERSON_KINDS)) & set(draft.slots_of(derived, *PERSON_KINDS))
    ]
    if not pairs:
        return False
    derived, root = draft.chance.choice(pairs)
    share = min(1.0, _LOOP_GAIN * draft.rates[root] / draft.rates[derived])
    if not draft.fits(draft.rates[derived] * share):
        return False
    writer = writers[root]
    place = draft.programs.index(writer)
    answering = replace(
        writer, operation=replace(writer.operation, share=share), inputs=(derived,), delay=draft.delay()
    )
    draft.programs[place] = answering
    draft.rates[root] += draft.rates[derived] * share
    return True


def _by_registry(draft: Draft, registry: str) -> bool:
    chance = draft.chance
    person = draft.slots_of(registry, *PERSON_KINDS)[0]
    stream = draft.pick([n for n in draft.fertile() if person in draft.topics[n].slots and draft.fits(draft.rates[n])])
    if stream is None:
        return False
    surrogate = draft.slots_of(registry, "surrogate")[0]
    quoted = draft.events_in(stream)[:1] if chance.random() < 0.25 else []
    output = add_output(draft, [surrogate, *quoted], draft.rates[stream] * _MATCHED, 0.7)
    draft.add_program(Operation("table-join", by=person, table=registry), [stream, registry], [output])
    return True


def _lasts(slot: str) -> bool:
    return kind_of(slot) not in ("ticket", "zone", "node")
