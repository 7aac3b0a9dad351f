"""A topology that is made for a person to go on with: what is known, and comments where only the owner can say."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from flowaudit.topology.model import SCHEMA, Match

TODO: Final = "TODO"
"""What stands where the owner has to say something."""
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
_WORDS_OF_YAML: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class DraftSystem:
    """A system, with what there is to say about it."""

    name: str
    title: str
    match: Match = field(default_factory=Match)
    categories: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftFlow:
    """A flow; its purpose and its legal basis are for the owner to fill in."""

    source: str
    target: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole topology; `notes` are what was left out, and why."""

    name: str
    title: str
    systems: tuple[DraftSystem, ...]
    flows: tuple[DraftFlow, ...]
    head: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def draft_text(draft: Draft) -> str:
    """The draft as a topology file. A draft with at least one system, and no name twice, is a valid one."""
    return "\n".join(_lines(draft)) + "\n"


def exactly(names: Iterable[str]) -> tuple[str, ...]:
    """Patterns that match these names and no others."""
    return tuple(glob.escape(name) for name in sorted(set(names)) if name.strip())


def _lines(draft: Draft) -> Iterator[str]:
    yield from _comments(draft.head)
    if draft.notes:
        yield from _comments(("Left out, because a topology cannot say it or nothing tells it:",), "")
        yield from _comments((f"- {note}" for note in draft.notes), "")
    yield f"schema: {SCHEMA}"
    yield f"name: {_scalar(draft.name)}"
    yield f"title: {_scalar(draft.title)}"
    yield ""
    yield "systems:"
    for system in draft.systems:
        yield from _system(system)
    yield ""
    yield "flows:" if draft.flows else "flows: []"
    for flow in draft.flows:
        yield from _comments(flow.notes, "  ")
        yield f"  - from: {_scalar(flow.source)}"
        yield f"    to: {_scalar(flow.target)}"
        yield f"    purpose: {TODO}  # what is it for?"
        yield f"    legal_basis: {TODO}  # what allows it?"


def _system(system: DraftSystem) -> Iterator[str]:
    yield from _comments(system.notes, "  ")
    yield f"  - name: {_scalar(system.name)}"
    yield f"    title: {_scalar(system.title)}"
    match = {
        "topics": system.match.topics,
        "groups": system.match.groups,
        "transactional_ids": system.match.transactional_ids,
        "producers": system.match.producers,
        "connectors": system.match.connectors,
        "externals": system.match.externals,
    }
    if any(match.values()):
        yield "    match:"
    for key, patterns in match.items():
        if patterns:
            yield f"      {key}: [{', '.join(map(_quoted, patterns))}]"
    if system.categories:
        yield f"    categories: [{', '.join(map(_quoted, system.categories))}]"


def _comments(texts: Iterable[str], indent: str = "") -> Iterator[str]:
    for text in texts:
        yield f"{indent}# {_quoted(text)[1:-1]}" if not text.isprintable() else f"{indent}# {text}"


def _scalar(text: str) -> str:
    """As it stands where every reader of YAML takes it for text, else in quotes."""
    is_plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML
    return text if is_plain else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    if sign.isprintable():
        return sign
    return f"\\U{ord(sign):08x}"
