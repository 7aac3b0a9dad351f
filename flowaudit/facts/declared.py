"""Facts of a declared topology: what the owner of the estate says is there."""

from __future__ import annotations

import msgspec

from flowaudit.facts.provenance import Provenance


class SystemDeclared(msgspec.Struct, frozen=True, tag="system-declared", omit_defaults=True):
    """A system and the rules (shell-style globs) by which topics, groups and other nodes belong to it."""

    provenance: Provenance
    system: str
    title: str = ""
    topics: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    order: int = 0
    """Place in the file: a name that the rules of several systems match belongs to the first of them."""
    transactional_ids: tuple[str, ...] = ()
    producers: tuple[str, ...] = ()
    """Client ids and principals."""
    connectors: tuple[str, ...] = ()
    externals: tuple[str, ...] = ()


class FlowDeclared(msgspec.Struct, frozen=True, tag="flow-declared", omit_defaults=True):
    """Data of system `upstream` is declared to go to system `downstream`."""

    provenance: Provenance
    upstream: str
    downstream: str
    purpose: str = ""
    legal_basis: str = ""
    topics: tuple[str, ...] = ()
    """Globs of the topics by which it may go; empty: by any."""
    categories: tuple[str, ...] = ()
    """Kinds of personal data that may go; empty: any."""


class DataDeclared(msgspec.Struct, frozen=True, tag="data-declared", omit_defaults=True):
    """What the data of some topics is, by a rule of the topology: of whole records, or of some fields only."""

    provenance: Provenance
    topics: tuple[str, ...]
    """Globs."""
    fields: tuple[str, ...] = ()
    """Globs of paths; empty: whole records."""
    categories: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    """For what it was collected."""
    retention_days: int = -1
    """-1: not said."""
