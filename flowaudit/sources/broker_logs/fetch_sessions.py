"""Fetch sessions (KIP-227): what an incremental fetch asks for without naming it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flowaudit.sources.broker_logs.request_messages import FetchRequest, FetchResponse

_SESSIONLESS: Final = -1
_FULL: Final = 0
_MOST_SESSIONS: Final = 100_000

Topic = tuple[str, str]
"""Name and id, of which one may be empty."""


class FetchSessions:
    """Follows the sessions of every broker. Of one that began before the log did, only what is named is known."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[str, int], dict[Topic, set[int]]] = {}

    def topics(self, broker: str, request: FetchRequest, response: FetchResponse) -> Iterable[Topic]:
        """The topics that this fetch read, as far as the broker did not refuse them."""
        if response.errorCode:
            self._sessions.pop((broker, request.sessionId), None)
            return ()
        return self._asked(broker, request, response) - _refused(response)

    def _asked(self, broker: str, request: FetchRequest, response: FetchResponse) -> set[Topic]:
        named = {_key(t.topic, t.topicId): {p.partition for p in t.partitions} for t in request.topics}
        if request.sessionEpoch in {_SESSIONLESS, _FULL}:
            self._sessions.pop((broker, request.sessionId), None)
            if request.sessionEpoch == _FULL and response.sessionId:
                self._remember((broker, response.sessionId), named)
            return set(named)
        session = self._sessions.get((broker, request.sessionId))
        if session is None:
            session = {}
            self._remember((broker, request.sessionId), session)
        for topic, partitions in named.items():
            session.setdefault(topic, set()).update(partitions)
        # Served without having been asked for within sight: the session is older than the log.
        for answered in response.responses:
            session.setdefault(_key(answered.topic, answered.topicId), set())
        for forgotten in request.forgottenTopicsData:
            key = _key(forgotten.topic, forgotten.topicId)
            left = session.get(key, set()) - set(forgotten.partitions)
            session.pop(key, None)
            if left:
                session[key] = left
        return set(session)

    def _remember(self, key: tuple[str, int], session: dict[Topic, set[int]]) -> None:
        self._sessions[key] = session
        if len(self._sessions) > _MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]


def _refused(response: FetchResponse) -> set[Topic]:
    return {
        _key(topic.topic, topic.topicId)
        for topic in response.responses
        if topic.partitions and all(partition.errorCode for partition in topic.partitions)
    }


def _key(name: str, topic_id: str) -> Topic:
    return (name, "") if name else ("", topic_id)
