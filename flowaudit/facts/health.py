"""Facts about the auditor itself: what its sources could and could not do."""

from __future__ import annotations

import msgspec

from flowaudit.facts.provenance import Provenance


class SourceChecked(msgspec.Struct, frozen=True, tag="source-checked", omit_defaults=True):
    """A source's health at one moment; the latest stands. `observed_ms` is when it was checked."""

    provenance: Provenance
    source: str
    last_success_ms: int
    """0: never yet."""
    duration_ms: int
    failure: str = ""
    """The kind of error that the last attempt ended with, never its text; empty when it succeeded."""
