"""Asks the brokers about groups: every coordinator at once, many groups a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from flowaudit.sources.groups import questions
from flowaudit.sources.groups.commits import (
    Commits,
    ShareStarts,
    decode_commits,
    decode_commits_of,
    decode_share_starts,
)
from flowaudit.sources.groups.decode import Described, Listing, decode_listing
from flowaudit.sources.groups.questions import Api, Describe
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_admin.raw import Question, RawRequest, ask_all, chunks, newest_common, versions_of

_GROUPS_A_REQUEST: Final = 500
"""Larger chunks gain nothing and hold a larger answer in memory."""


class _Answer(NamedTuple):
    groups: Sequence[str]
    version: int
    data: bytes


class GroupsClient:
    """One round of questions. Every method raises `SourceUnreachable` when a broker does not answer."""

    def __init__(self, session: AdminSession, brokers: Sequence[int]) -> None:
        """`brokers` are the live ones; what each of them speaks is asked once a round."""
        self._session = session
        self._versions = {broker: versions_of(session, broker) for broker in brokers}

    def speaks(self, broker: int, api: Api) -> bool:
        """Is there a version of `api` that both the broker and we speak?"""
        return self._version(broker, api) is not None

    def list(self) -> Listing:
        """What all brokers list. One before Kafka 2.4 lists nothing to us."""
        asked = [(broker, version) for broker in self._versions if (version := self._version(broker, questions.LIST))]
        requests = [
            Question(broker, RawRequest(questions.LIST.key, version, questions.list_groups(version)))
            for broker, version in asked
        ]
        answers = ask_all(self._session, requests)
        return decode_listing((*each, answer) for each, answer in zip(asked, answers, strict=True))

    def describe(self, how: Describe, names: Mapping[int, Sequence[str]], now_ms: int) -> Iterator[Described]:
        """What the coordinators (broker → groups) say of groups of one type; only those that speak its API."""
        for answer in self._ask(how.api, names, how.body):
            yield from how.decode(answer.data, answer.version, now_ms)

    def commits(self, names: Mapping[int, Sequence[str]]) -> Commits:
        """The committed offsets of groups of every type but share."""
        found = Commits([], {})
        for answer in self._ask(questions.OFFSETS, names, questions.fetch_offsets):
            _add(found, decode_commits(answer.data))
        old = {broker: groups for broker, groups in names.items() if not self.speaks(broker, questions.OFFSETS)}
        for answer in self._ask(questions.OFFSETS_OF_ONE, old, questions.fetch_offsets_of_one, groups_a_request=1):
            _add(found, decode_commits_of(answer.groups[0], answer.data))
        return found

    def share_starts(self, names: Mapping[int, Sequence[str]]) -> ShareStarts:
        """How far share groups have come."""
        found = ShareStarts([], {})
        for answer in self._ask(questions.SHARE_OFFSETS, names, questions.fetch_share_offsets):
            more = decode_share_starts(answer.data, answer.version)
            found.partitions.extend(more.partitions)
            found.errors.update(more.errors)
        return found

    def _ask(
        self,
        api: Api,
        names: Mapping[int, Sequence[str]],
        body: Callable[[Sequence[str], int], bytes],
        groups_a_request: int = _GROUPS_A_REQUEST,
    ) -> Iterator[_Answer]:
        asked = [
            (broker, groups, version)
            for broker, all_groups in names.items()
            if (version := self._version(broker, api)) is not None
            for groups in chunks(all_groups, groups_a_request)
        ]
        requests = (
            Question(broker, RawRequest(api.key, version, body(groups, version))) for broker, groups, version in asked
        )
        for (_, groups, version), data in zip(asked, ask_all(self._session, requests), strict=True):
            yield _Answer(groups, version, data)

    def _version(self, broker: int, api: Api) -> int | None:
        return newest_common(self._versions.get(broker, {}).get(api.key), api.oldest, api.newest)


def _add(found: Commits, more: Commits) -> None:
    found.topics.extend(more.topics)
    found.errors.update(more.errors)
