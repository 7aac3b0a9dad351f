"""Facts of a declared topology: what the owner of the estate says is there."""

from __future__ import annotations

import msgspec

from flowaudit.facts.provenance import Provenance


class SystemDeclared(msgspec.Struct, frozen=True, tag="system-declared", omit_defaults=True):
    """A system and the rules (shell-style globs) by which topics and groups belong to it."""

    provenance: Provenance
    system: str
    title: str = ""
    topics: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    order: int = 0
    """Place in the file: a name that the rules of several systems match belongs to the first of them."""


class FlowDeclared(msgspec.Struct, frozen=True, tag="flow-declared", omit_defaults=True):
    """Data of system `upstream` is declared to go to system `downstream`."""

    provenance: Provenance
    upstream: str
    downstream: str
    purpose: str = ""
    legal_basis: str = ""
