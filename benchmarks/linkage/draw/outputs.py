"""The topic that a new program writes."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.linkage.draw.draft import Draft


def add_output(draft: Draft, slots: Sequence[str], rate: float, mint_share: float = 0.6) -> str:
    """An output topic, with ids of its own or without."""
    name = draft.names.topic()
    return draft.add_topic(slots, rate, draft.own_id(name, mint_share), name)
