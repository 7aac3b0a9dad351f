"""What the user says of fields: additional truth, but for what is too small to hide in. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from flowaudit.facts import FieldClass
from flowaudit.sources.tap.fields import Decision, FieldProfile
from flowaudit.sources.tap.paths import Path, path_text


class HintKind(StrEnum):
    """What the values of a field name."""

    PERSON = "person"
    PLACE = "place"
    EVENT = "event"
    NONE = "none"
    """Nothing that may become a token."""


@dataclass(frozen=True, slots=True)
class FieldHint:
    """What the user says of a field, wherever it occurs in the topics that `topic` matches."""

    topic: str
    """A regular expression, matched against a topic's whole name."""
    path: str
    """As `path_text` writes it."""
    kind: HintKind
    region: str | None = None
    """Where its telephone numbers are dialled, if they are any (ISO 3166, two letters)."""


def hints_for(topic: str, hints: Iterable[FieldHint]) -> tuple[FieldHint, ...]:
    """The hints on fields of this topic."""
    return tuple(hint for hint in hints if re.fullmatch(hint.topic, topic))


class FieldHints:
    """The hints on the fields of one topic; of two on one field the first holds."""

    def __init__(self, hints: Iterable[FieldHint]) -> None:
        self._hints = {hint.path: hint for hint in reversed(tuple(hints))}
        self._known: dict[Path, FieldHint | None] = {}

    def of(self, path: Path) -> FieldHint | None:
        """The hint on a field, if there is one."""
        if not self._hints:
            return None
        if path not in self._known:
            self._known[path] = self._hints.get(path_text(path))
        return self._known[path]

    def region_of(self, path: Path) -> str | None:
        """Where the field's telephone numbers are dialled."""
        hint = self.of(path) if self._hints else None
        return None if hint is None else hint.region

    def decide(self, path: Path, profile: FieldProfile, tokenised: Collection[Path] = ()) -> Decision:
        """The profile's own decision, or what the user says instead; `tokenised`: the fields it need not repeat.

        Values that are too small to hide in are not tokenised, whoever says so.
        """
        hint, own = self.of(path), profile.decide(tokenised)
        if hint is None:
            return own
        if hint.kind is HintKind.NONE:
            return Decision(FieldClass.CODE, tokenised=False, reason="told-not-to")
        if not own.tokenised and not profile.is_large_enough:
            return own
        named = FieldClass.INSTANCE if hint.kind is HintKind.EVENT else FieldClass.ENTITY
        return replace(own, field_class=named, tokenised=True, reason="")
