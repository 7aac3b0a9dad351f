"""What this principal may describe: so that silence of the broker is not taken for absence, nor absence for silence.

ListGroups and OffsetFetch leave out what a principal may not describe, without a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flowaudit.sources.kafka_admin.answers import AnswerReader
from flowaudit.sources.kafka_admin.raw import Question, RawRequest, ask_all, versions_of
from flowaudit.sources.kafka_admin.session import AdminSession
from flowaudit.sources.wire import INT16, INT32, NO_TAGS, boolean

PROBE_TOPIC: Final = "flowaudit-may-i-describe-any-topic"
"""A name that nobody uses. The broker says of it either "unknown" or "not authorized"; it creates nothing."""
_DESCRIBE_CLUSTER: Final = 60
_VERSION: Final = 0
_DESCRIBE_BIT: Final = 1 << 8
_TOPIC_REFUSED: Final = 29


def may_describe_cluster(session: AdminSession, broker: int) -> bool | None:
    """Does the principal hold DESCRIBE on the cluster, so that it is shown every group? None: the broker is too old.

    Raises:
        SourceUnreachable: the broker does not answer.
    """
    if _DESCRIBE_CLUSTER not in versions_of(session, broker):
        return None
    request = RawRequest(_DESCRIBE_CLUSTER, _VERSION, boolean(True) + NO_TAGS)
    (answer,) = ask_all(session, [Question(broker, request)])
    return decode_may_describe(answer)


def decode_may_describe(answer: bytes) -> bool:
    """Translate a DescribeCluster answer, version 0, with authorized operations (KIP-430). Pure.

    Raises:
        AnswerUndecodable: it is none.
    """
    reader = AnswerReader(answer)
    reader.skip(INT32.size + INT16.size)
    reader.blob()
    reader.blob()
    reader.skip(INT32.size)
    for _ in range(reader.length()):
        reader.skip(INT32.size)
        reader.blob()
        reader.skip(INT32.size)
        reader.blob()
        reader.skip_tags()
    return bool(reader.number(INT32) & _DESCRIBE_BIT)


def refused_topics(session: AdminSession, names: Iterable[str]) -> frozenset[str]:
    """Those of `names` that this principal may not describe, whether they exist or not."""
    return frozenset(
        str(topic["name"]) for topic in session.topics(names) if int(topic["error_code"]) == _TOPIC_REFUSED
    )
