"""What Connect workers answer → facts. Pure.

A configuration enters `decode_listing` and does not leave it: what comes out holds names of topics, of groups and of
external systems, put together anew by `places`, and nothing else of what the configuration said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flowaudit.facts import Channel, ConnectorSeen, Direction, External, NotVisible, Provenance
from flowaudit.sources.connect.answers import Info, Status, read_listing, read_offsets, read_topics
from flowaudit.sources.connect.catalogue import Kind, kind_of
from flowaudit.sources.connect.places import Nowhere
from flowaudit.sources.connect.promises import Named, sink_promise
from flowaudit.sources.connect.routing import Promise, route
from flowaudit.sources.connect.settings import Settings
from flowaudit.sources.connect.topic_names import is_topic, topics_of

_CLASS: Final = re.compile(r"[A-Za-z_$][\w$.]{0,254}", re.ASCII)
_STATE: Final = re.compile(r"[A-Z_]{1,32}")
_GROUP: Final = re.compile(r"[\x21-\x7e ]{1,255}")
_UNKNOWN: Final = "UNKNOWN"
_NOT_NAMED: Final = "unknown"
"""Namespace of an external system that goes by the connector's class, because nothing else is known of it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A connector as the workers list it."""

    name: str
    direction: Direction
    connector_class: str
    state: str
    tasks: int
    workers: frozenset[str]
    """`host:port` of the workers that run it or its tasks."""
    group: str
    promise: Promise
    externals: tuple[External, ...]
    is_external_known: bool
    dead_letter_topic: str
    is_named_in_offsets: bool
    """A source whose offsets name its other end."""
    keeps_offsets_apart: bool
    """It has an offsets topic of its own."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All connectors of a Connect cluster."""

    connectors: tuple[Listed, ...]
    unreadable: tuple[str, ...]
    """Connectors whose plugin no worker has, or whose description is not as the API says."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What a connector really touched, as its topic list and its offsets say."""

    topics: tuple[str, ...] = ()
    externals: tuple[External, ...] = ()


def decode_listing(data: bytes) -> Listing:
    """Translate `GET /connectors?expand=info&expand=status`; a connector that is being removed is left out.

    Raises:
        AnswerUndecodable: it is no such answer.
    """
    connectors, unreadable = [], []
    for name, part in sorted(read_listing(data).items()):
        if part is None or (part.info is not None and part.info.type not in {"source", "sink"}):
            unreadable.append(name)
        elif part.info is not None:
            connectors.append(_listed(name, part.info, part.status or Status()))
    return Listing(tuple(connectors), tuple(unreadable))


def decode_topics(data: bytes, connector: str) -> Touched:
    """Translate `GET /connectors/{name}/topics` (KIP-558).

    Raises:
        AnswerUndecodable: it is no such answer.
    """
    return Touched(topics_of(read_topics(data, connector)))


def decode_offsets(data: bytes, listed: Listed) -> Touched:
    """Translate `GET /connectors/{name}/offsets` (KIP-875): topics that a sink read, external things that a source did.

    Raises:
        AnswerUndecodable: it is no such answer.
    """
    offsets = read_offsets(data)
    if listed.direction is Direction.SINK:
        if listed.group != f"connect-{listed.name}":
            # A configuration may claim anybody's group: its offsets are not the connector's word.
            return Touched()
        read = [offset.partition for offset in offsets if _moved((offset.offset or {}).get("kafka_offset"))]
        return Touched(topics_of(str(partition.get("kafka_topic")) for partition in read if partition))
    kind = kind_of(listed.connector_class)
    if kind is None or not kind.offset_key:
        return Touched()
    names = [(offset.partition or {}).get(kind.offset_key) for offset in offsets if offset.offset]
    made = (kind.place.externals(Settings({"file": name}), ()) for name in names)
    return Touched(externals=tuple(sorted({external for some in made for external in some})))


def connector_fact(listed: Listed, touched: Touched, workers_group: str, provenance: Provenance) -> ConnectorSeen:
    """The fact of a connector: the configuration's promises without what it touched for certain."""
    return ConnectorSeen(
        provenance=provenance,
        connector=listed.name,
        workers_group=workers_group,
        direction=listed.direction,
        connector_class=listed.connector_class,
        state=listed.state,
        tasks=listed.tasks,
        group=listed.group,
        topics=touched.topics,
        promised=listed.promise.topics,
        promised_regex=listed.promise.regex,
        externals=_all_externals(listed, touched),
        dead_letter_topic=listed.dead_letter_topic,
    )


def _all_externals(listed: Listed, touched: Touched) -> tuple[External, ...]:
    """Those of the settings and of the offsets; the stand-in for an unknown one goes when the offsets name it."""
    is_stand_in = bool(touched.externals) and not listed.is_external_known
    return tuple(sorted({*(() if is_stand_in else listed.externals), *touched.externals}))


def unreadable_connector(name: str, now_ms: int) -> NotVisible:
    """A connector of which nothing but its name is known."""
    hides = "what the connector moves: no worker has its plugin, or its description cannot be read"
    return NotVisible(Provenance(Channel.CONNECT, now_ms, "GET /connectors"), "connector", name, "undecodable", hides)


def blind_spots(listed: Listed, touched: Touched, now_ms: int) -> Iterator[NotVisible]:
    """What the configuration of a connector does not tell."""
    provenance = Provenance(Channel.CONNECT, now_ms, "GET /connectors")
    if not listed.is_external_known and not touched.externals:
        hides = "which system outside of Kafka the connector moves data to or from: its settings do not name one"
        yield NotVisible(provenance, "connector", listed.name, "external-unknown", hides)
    promise = listed.promise
    if listed.direction is Direction.SOURCE and promise.is_open:
        hides = "topics that the connector may still write: its records or its own code decide, not its settings"
        yield NotVisible(provenance, "connector", listed.name, "topics-not-in-settings", hides)
    if listed.direction is Direction.SINK and not (promise.topics or promise.regex or touched.topics):
        hides = "the topics that the connector reads: its settings do not say them in plain text"
        yield NotVisible(provenance, "connector", listed.name, "topics-not-in-settings", hides)


def _listed(name: str, info: Info, status: Status) -> Listed:
    settings = Settings(info.config)
    direction = Direction(info.type)
    connector_class = _class_of(settings.text("connector.class"))
    kind = kind_of(connector_class)
    promise, externals, is_known = _ends(settings, direction, kind)
    group = settings.text("consumer.override.group.id")
    default_group = "" if settings.is_set("consumer.override.group.id") else f"connect-{name}"
    dead_letters = settings.text("errors.deadletterqueue.topic.name") if direction is Direction.SINK else ""
    return Listed(
        name=name,
        direction=direction,
        connector_class=connector_class,
        state=_state_of(status),
        tasks=len(status.tasks),
        workers=frozenset(task.worker_id for task in (status.connector, *status.tasks) if task.worker_id),
        group=(group if _GROUP.fullmatch(group) else default_group) if direction is Direction.SINK else "",
        promise=promise,
        externals=externals or (() if is_known else (External(_NOT_NAMED, connector_class),)),
        is_external_known=is_known,
        dead_letter_topic=dead_letters if is_topic(dead_letters) else "",
        is_named_in_offsets=kind is not None and bool(kind.offset_key),
        keeps_offsets_apart=settings.is_set("offsets.storage.topic"),
    )


def _ends(settings: Settings, direction: Direction, kind: Kind | None) -> tuple[Promise, tuple[External, ...], bool]:
    """The topics, the external systems, and whether those are known at all."""
    if direction is Direction.SINK:
        promise = sink_promise(settings)
        written_as = route(promise, settings)
        topics = () if written_as.is_open or written_as.regex else written_as.topics
    else:
        promise, topics = route((kind.promises if kind else Named()).of(settings), settings), ()
    externals = kind.place.externals(settings, topics) if kind else ()
    return promise, externals, bool(externals) or (kind is not None and isinstance(kind.place, Nowhere))


def _class_of(text: str) -> str:
    return text if _CLASS.fullmatch(text) else _UNKNOWN


def _state_of(status: Status) -> str:
    """Kafka's word for the connector, but for one that runs while tasks of it have failed: `DEGRADED`, or `FAILED`."""
    state = status.connector.state if _STATE.fullmatch(status.connector.state) else _UNKNOWN
    failed = [task.state == "FAILED" for task in status.tasks]
    if state == "RUNNING" and any(failed):
        return "FAILED" if all(failed) else "DEGRADED"
    return state


def _moved(offset: object) -> bool:
    return isinstance(offset, int) and offset > 0
