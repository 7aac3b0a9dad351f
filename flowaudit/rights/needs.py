"""The table: which channel needs which right, what works with it, and what its absence hides. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from flowaudit.rights.access import CLUSTER, EVERYTHING, Operation, Resource, ResourceType, Right
from flowaudit.rights.patterns import narrowed, resources_of

OFFSETS_LOG: Final = "__consumer_offsets"
TRANSACTION_LOG: Final = "__transaction_state"
_ANY_TOPIC: Final = Resource(ResourceType.TOPIC, EVERYTHING)
_ANY_GROUP: Final = Resource(ResourceType.GROUP, EVERYTHING)
_ANY_TRANSACTIONAL_ID: Final = Resource(ResourceType.TRANSACTIONAL_ID, EVERYTHING)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an audit is configured to watch; patterns are regular expressions over whole topic names."""

    tap: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    """Topics whose headers are looked at; empty: those of the tap."""
    looks_at_records: bool = True
    reads_offsets_log: bool = True
    reads_transactions: bool = True
    asks_for_acls: bool = True
    audit_topic: str = ""
    """Topic of a broker's audit log."""
    places: tuple[str, ...] = ()
    """Channels that read places outside of Kafka: `connect`, `schema-registry`, `broker-logs`, `broker-metrics`."""


class BlindSpot(NamedTuple):
    """How coverage names what a missing right hides."""

    subject: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Need:
    """One right that a channel asks for."""

    right: Right
    shows: str
    """What works with it."""
    hides: str
    """What may be missing from a report without it."""
    blind_spot: BlindSpot
    is_essential: bool = True
    """Without it nothing of the channel works."""
    is_least: bool = True
    """Part of the least-privilege set. Otherwise it would show more, and doing without is a choice."""


class Api(NamedTuple):
    """A request that brokers have to offer."""

    key: int
    name: str
    since: str


@dataclass(frozen=True, slots=True)
class Channel:
    """An evidence channel, and all that it asks for."""

    name: str
    shows: str
    needs: tuple[Need, ...] = ()
    apis: tuple[Api, ...] = ()
    off: str = ""
    """Why it is not used, when it is not."""


def channels_of(plan: Plan, known_topics: Collection[str] = ()) -> tuple[Channel, ...]:
    """Every channel with its needs. `known_topics` narrow what a complicated pattern asks for to names."""
    tapped = resources_of(plan.tap, known_topics)
    looked_at = resources_of(plan.records or plan.tap, known_topics) if plan.looks_at_records else ()
    return (
        Channel("topics", "which topics exist", (_DESCRIBE_TOPICS,), (Api(3, "Metadata", "0.8"),)),
        Channel(
            "groups",
            "who reads: groups of every kind, their members and committed offsets",
            (_DESCRIBE_GROUPS, _TOPICS_OF_GROUPS),
            (Api(16, "ListGroups", "0.9"), Api(15, "DescribeGroups", "0.9"), Api(9, "OffsetFetch", "0.8.1")),
        ),
        Channel(
            "offsets-log",
            "who has read, between two polls and before the audit began: every commit, with its time",
            (_READ_OFFSETS_LOG,),
            (Api(1, "Fetch", "0.8"),),
            "" if plan.reads_offsets_log else "offsets_log.enabled is false",
        ),
        Channel(
            "transactions",
            "whose output is whose: what a group read and what it wrote, in one transaction",
            (_READ_TRANSACTION_LOG, _DESCRIBE_TRANSACTIONAL_IDS),
            (Api(66, "ListTransactions", "3.0"), Api(65, "DescribeTransactions", "3.0")),
            "" if plan.reads_transactions else "transactions.enabled is false",
        ),
        Channel(
            "producers",
            "who writes: idempotent and transactional producers",
            (*(_writers_of(one) for one in narrowed((*tapped, *looked_at))), _WRITERS_OF_THE_REST),
            (Api(61, "DescribeProducers", "3.0"),),
        ),
        Channel(
            "tap",
            "what the records carry, and where their identifiers return",
            tuple(_tapped(resource) for resource in tapped),
            (Api(1, "Fetch", "0.8"),),
            "" if tapped else "no topic is named in tap.topics",
        ),
        Channel(
            "records",
            "who signed the batches, and what headers say of a record's way",
            tuple(_looked_at(resource) for resource in looked_at),
            (Api(1, "Fetch", "0.8"),),
            _records_off(plan),
        ),
        Channel(
            "acls",
            "who may read and write, and who does without a rule that lets them",
            (_LIST_ACCESS_RULES,),
            (Api(29, "DescribeAcls", "0.11"),),
            "" if plan.asks_for_acls else "acls.enabled is false",
        ),
        Channel("connect", "what connectors move between Kafka and the world", off=_place_off(plan, "connect", "urls")),
        Channel(
            "schema-registry", "which subject a schema id belongs to", off=_place_off(plan, "schema-registry", "url")
        ),
        Channel(
            "broker-logs",
            "readers without a group, by what brokers wrote down",
            (_audit_log(plan.audit_topic),) if plan.audit_topic else (),
            off=""
            if plan.audit_topic
            else _place_off(plan, "broker-logs", "request_logs, authorizer_logs, audit_logs"),
        ),
        Channel(
            "broker-metrics",
            "what topics served beyond their known readers",
            off=_place_off(plan, "broker-metrics", "urls"),
        ),
    )


def least_privilege(channels: Iterable[Channel]) -> tuple[Right, ...]:
    """The rights that these channels need, none that another one covers, sorted."""
    needs = (need for channel in channels if not channel.off for need in channel.needs if need.is_least)
    return least(need.right for need in needs)


def least(rights: Iterable[Right]) -> tuple[Right, ...]:
    """The rights without those that another one covers, sorted."""
    found = sorted(set(rights))
    return tuple(one for one in found if not any(other != one and other.covers(one) for other in found))


def _records_off(plan: Plan) -> str:
    if not plan.looks_at_records:
        return "records.enabled is false"
    return "" if plan.records or plan.tap else "no topic is named in records.topics or tap.topics"


def _place_off(plan: Plan, channel: str, keys: str) -> str:
    return "" if channel in plan.places else f"nothing is named in {channel.replace('-', '_')}.{keys}"


_DESCRIBE_TOPICS: Final = Need(
    Right(Operation.DESCRIBE, _ANY_TOPIC),
    "topics are listed, with their partitions and their ends",
    "topics that the principal may not describe, and all flows through them: brokers leave them out without a word",
    BlindSpot("topic", EVERYTHING, "no-describe-right"),
)
_TOPICS_OF_GROUPS: Final = Need(
    _DESCRIBE_TOPICS.right,
    "the topics of a group's members and commits are shown",
    "what groups read from topics that may not be described; KIP-848, share and streams groups that use one are not"
    " described at all",
    _DESCRIBE_TOPICS.blind_spot,
    is_essential=False,
)
_DESCRIBE_GROUPS: Final = Need(
    Right(Operation.DESCRIBE, _ANY_GROUP),
    "groups are listed and described, and their committed offsets read",
    "readers whose group the principal may not describe: brokers leave them out without a word",
    BlindSpot("group", EVERYTHING, "no-describe-right"),
)
_READ_OFFSETS_LOG: Final = Need(
    Right(Operation.READ, Resource(ResourceType.TOPIC, OFFSETS_LOG)),
    "every commit and every membership is seen, however short a group lived",
    "groups that live between two polls, groups that were deleted, and the times of commits",
    BlindSpot("topic", OFFSETS_LOG, "no-read-right"),
)
_READ_TRANSACTION_LOG: Final = Need(
    Right(Operation.READ, Resource(ResourceType.TOPIC, TRANSACTION_LOG)),
    "transactions are followed: which topics each of them wrote, and how it ended",
    "which topics a transaction wrote, and so which output belongs to which input",
    BlindSpot("topic", TRANSACTION_LOG, "no-read-right"),
    is_essential=False,
)
_DESCRIBE_TRANSACTIONAL_IDS: Final = Need(
    Right(Operation.DESCRIBE, _ANY_TRANSACTIONAL_ID),
    "transactional ids are listed, with their producer ids",
    "which transactional id a producer id belongs to: brokers leave ids out without a word",
    BlindSpot("transactional-id", EVERYTHING, "no-describe-right"),
    is_essential=False,
)
_LIST_ACCESS_RULES: Final = Need(
    Right(Operation.DESCRIBE, CLUSTER),
    "access rules are listed",
    "who may read and write, and who does so without a rule that lets them",
    BlindSpot("cluster", "access rules", "no-describe-right"),
)
_WRITERS_OF_THE_REST: Final = Need(
    Right(Operation.READ, _ANY_TOPIC),
    "the writers of every topic are shown",
    "who writes the topics that the principal may not read: DescribeProducers asks for READ",
    BlindSpot("topic", EVERYTHING, "no-read-right"),
    is_essential=False,
    is_least=False,
)


def _writers_of(resource: Resource) -> Need:
    shows, hides = "the writers of these topics are shown", "who writes these topics: DescribeProducers asks for READ"
    return _reading(resource, shows, hides)


def _tapped(resource: Resource) -> Need:
    return _reading(
        resource, "records are read", "what the records of these topics carry, and where their identifiers reappear"
    )


def _looked_at(resource: Resource) -> Need:
    return _reading(
        resource, "batch and record headers are looked at", "what headers tell of where these topics' records come from"
    )


def _audit_log(topic: str) -> Need:
    resource = Resource(ResourceType.TOPIC, topic)
    return _reading(resource, "the broker's audit log is read", "readers and writers that only the audit log knows")


def _reading(resource: Resource, shows: str, hides: str) -> Need:
    name = f"{resource.name}*" if resource.prefixed else resource.name
    right = Right(Operation.READ, resource)
    return Need(right, shows, hides, BlindSpot("topic", name, "no-read-right"), is_essential=False)
