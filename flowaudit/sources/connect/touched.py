"""What connectors really touched: asked connector by connector, the one that was asked longest ago first."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from flowaudit.facts import Direction
from flowaudit.sources.connect.answers import AnswerUndecodable
from flowaudit.sources.connect.decode import Listed, Touched, decode_offsets, decode_topics
from flowaudit.sources.connect.rest import WorkerClient, WorkerUnreachable

CONNECTORS_A_ROUND: Final = 100
"""Two questions each: a cluster of a thousand connectors is gone through in ten rounds, and never flooded."""


class TouchedMemory:
    """Remembers the last answer about each connector."""

    def __init__(self, connectors_a_round: int = CONNECTORS_A_ROUND) -> None:
        self._most = connectors_a_round
        self._known: dict[str, Touched] = {}
        self._asked: dict[str, int] = {}
        self._round = 0

    def of(self, connector: str) -> Touched:
        """What is known of a connector; nothing, when it was not asked for yet."""
        return self._known.get(connector, Touched())

    def refresh(self, client: WorkerClient, connectors: tuple[Listed, ...]) -> bool:
        """Ask a worker for some of its cluster's connectors. A worker that stops answering ends the round.

        Returns whether the workers keep lists of topics (`topic.tracking.enable`).
        """
        self._round += 1
        keeps_lists = True
        for listed in sorted(connectors, key=lambda one: self._asked.get(one.name, 0))[: self._most]:
            # Noted first: a connector that cannot be asked about must not keep the others from their turn.
            self._asked[listed.name] = self._round
            try:
                touched, has_list = _ask(client, listed, self.of(listed.name))
            except WorkerUnreachable:
                break
            except AnswerUndecodable:
                continue
            keeps_lists = keeps_lists and has_list
            self._known[listed.name] = touched
        return keeps_lists

    def forget_all_but(self, connectors: set[str]) -> None:
        """Drop the memory of connectors that are gone: one that comes back under the name is another."""
        self._known = {name: touched for name, touched in self._known.items() if name in connectors}
        self._asked = {name: asked for name, asked in self._asked.items() if name in connectors}


def _ask(client: WorkerClient, listed: Listed, known: Touched) -> tuple[Touched, bool]:
    """What a connector touched, and whether there is a list of it. Where a worker fails, what was known stands."""
    path = f"/connectors/{quote(listed.name, safe='')}"
    answer = client.get(f"{path}/topics")
    topics = decode_topics(answer.body, listed.name).topics if answer.status == HTTPStatus.OK else ()
    kept = known if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else Touched()
    by_offsets = Touched()
    if _may_ask_for_offsets(listed):
        offsets = client.get(f"{path}/offsets")
        by_offsets = decode_offsets(offsets.body, listed) if offsets.status == HTTPStatus.OK else by_offsets
        kept = known if offsets.status >= HTTPStatus.INTERNAL_SERVER_ERROR else kept
    externals = {*by_offsets.externals, *kept.externals}
    touched = Touched(tuple(sorted({*topics, *by_offsets.topics, *kept.topics})), tuple(sorted(externals)))
    return touched, answer.status != HTTPStatus.FORBIDDEN


def _may_ask_for_offsets(listed: Listed) -> bool:
    """A sink's are committed by its group. A source's are asked for only where nothing else names its other end.

    For to answer, a worker opens the topic of a source's offsets, and creates one that its owner has deleted (seen with
    a source that keeps its offsets in a topic of its own): such a source is never asked about.
    """
    if listed.direction is Direction.SINK:
        return True
    return listed.is_named_in_offsets and not listed.is_external_known and not listed.keeps_offsets_apart
