"""AsyncAPI 3.0 documents → a draft of a topology: each tells of one application, what it sends and what it receives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flowaudit.topology.asyncapi_document import AsyncApiDocument
from flowaudit.topology.draft import Draft, DraftFlow, DraftSystem, exactly
from flowaudit.topology.model import Match

_KAFKA: Final = frozenset({"kafka", "kafka-secure"})
_PARAMETER: Final = re.compile(r"\{[^{}]*\}")
_DESCRIPTIVE: Final = frozenset({"title", "summary", "description", "tags", "externalDocs", "messages", "parameters"})
_READ_OF_CHANNEL: Final = _DESCRIPTIVE | {"address", "servers", "bindings"}
_READ_OF_OPERATION: Final = _DESCRIPTIVE | {"action", "channel", "bindings"}
_READ_OF_DOCUMENT: Final = frozenset(
    {"asyncapi", "id", "info", "servers", "channels", "operations", "components", "defaultContentType"}
)
_HEAD: Final = (
    "A draft, made from AsyncAPI documents. They say who sends and who receives; why and by which right they do not:",
    "give every flow its purpose and its legal basis, or strike it.",
    "",
)


@dataclass
class _Application:
    name: str
    title: str
    sends: dict[str, None] = field(default_factory=dict)
    """Patterns of topics, in the order of the document."""
    receives: dict[str, None] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    clients: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def draft_of(documents: Sequence[AsyncApiDocument]) -> Draft:
    """A system an application, with the topics that it sends to, and the flows that the documents tell of.

    A topic belongs to the first application that sends to it; one that nobody sends to becomes a system of its own.
    What a topology cannot say, or this version does not read, is named in the notes.
    """
    applications = [_application(document) for document in documents]
    _make_unique(applications)
    owner = {topic: app.name for app in reversed(applications) for topic in app.sends}
    received = dict.fromkeys(topic for app in applications for topic in app.receives)
    taken = {app.name for app in applications}
    foreign = {topic: _take(topic, taken) for topic in received if topic not in owner}
    owner |= foreign
    flows: dict[tuple[str, str], list[str]] = {}
    for app in applications:
        for source, target, way in _ways(app, owner):
            if source != target:
                flows.setdefault((source, target), []).append(way)
    return Draft(
        name=applications[0].name,
        title=applications[0].title if len(applications) == 1 else "Applications of several AsyncAPI documents",
        systems=(
            *(_system(app, owner) for app in applications),
            *(_unknown_sender(name, topic) for topic, name in foreign.items()),
        ),
        flows=tuple(DraftFlow(*ends, notes=tuple(ways)) for ends, ways in flows.items()),
        head=_HEAD,
        notes=tuple(note for app in applications for note in app.notes),
    )


def _application(document: AsyncApiDocument) -> _Application:
    info = document.resolve(document.root.get("info") or {}, "#/info")
    title = str(info.get("title") or "").strip() or "untitled"
    app = _Application(re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-") or "application", title)
    app.notes += _unread(document, document.root, _READ_OF_DOCUMENT, "the document")
    topics = dict(_topics(document, app))
    for name, operation in document.table("operations").items():
        where = f"#/operations/{name}"
        app.notes += _unread(document, operation, _READ_OF_OPERATION, f"operation {name!r}")
        channel = document.reference(operation.get("channel"), "channels", f"{where}/channel")
        if channel not in topics:
            continue
        action = operation.get("action")
        if action == "send":
            app.sends[topics[channel]] = None
        elif action == "receive":
            app.receives[topics[channel]] = None
        else:
            app.notes.append(f"{document.source}: operation {name!r}: the action {str(action)[:40]!r} is unknown")
        kafka = _kafka(document, operation, where)
        app.groups |= _words(kafka.get("groupId"))
        app.clients |= _words(kafka.get("clientId"))
    return app


def _topics(document: AsyncApiDocument, app: _Application) -> Iterator[tuple[str, str]]:
    """(channel, pattern of its topic), of the channels that are in Kafka."""
    servers = document.table("servers")
    for name, channel in document.table("channels").items():
        where = f"#/channels/{name}"
        app.notes += _unread(document, channel, _READ_OF_CHANNEL, f"channel {name!r}")
        references = channel.get("servers") or []
        used = [document.reference(one, "servers", f"{where}/servers") for one in references] or list(servers)
        if used and not any(str(servers[server].get("protocol")) in _KAFKA for server in used):
            app.notes.append(f"{document.source}: channel {name!r}: its servers do not speak Kafka")
            continue
        address = _kafka(document, channel, where).get("topic") or channel.get("address")
        if not address or not str(address).strip():
            app.notes.append(f"{document.source}: channel {name!r}: it has no address; nobody knows its topic")
            continue
        yield name, "*".join(map(_exact, _PARAMETER.split(str(address))))


def _exact(part: str) -> str:
    return "".join(exactly([part])) if part.strip() else part


def _unread(document: AsyncApiDocument, thing: Mapping[str, Any], read: frozenset[str], what: str) -> list[str]:
    keys = sorted(key for key in thing if key not in read and not key.startswith("x-"))
    return [f"{document.source}: {what}: {key!r} is not read" for key in keys]


def _kafka(document: AsyncApiDocument, thing: dict[str, Any], where: str) -> dict[str, Any]:
    bindings = document.resolve(thing.get("bindings") or {}, f"{where}/bindings")
    return document.resolve(bindings.get("kafka") or {}, f"{where}/bindings/kafka")


def _words(schema: object) -> set[str]:
    """The names that a schema allows: those of its `const` or `enum`."""
    if not isinstance(schema, dict):
        return {str(schema)} if schema else set()
    return {str(word) for word in (schema.get("const"), *(schema.get("enum") or [])) if word}


def _make_unique(applications: list[_Application]) -> None:
    taken: set[str] = set()
    for app in applications:
        app.name = _take(app.name, taken)


def _take(name: str, taken: set[str]) -> str:
    """The name, or the first of `name-2`, `name-3` … that is not taken; it is from then on."""
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    taken.add(free)
    return free


def _ways(app: _Application, owner: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for topic in app.receives:
        yield owner[topic], app.name, f"{app.name} receives {topic}"
    for topic in app.sends:
        yield app.name, owner[topic], f"{app.name} sends to {topic}"


def _system(app: _Application, owner: dict[str, str]) -> DraftSystem:
    own = tuple(topic for topic in app.sends if owner[topic] == app.name)
    match = Match(topics=own, groups=exactly(app.groups), producers=exactly(app.clients))
    silent = app.receives and not app.groups
    note = ("No consumer group is named (operation bindings, kafka, groupId): add `groups` to `match`.",)
    return DraftSystem(app.name, app.title, match, notes=note if silent else ())


def _unknown_sender(name: str, topic: str) -> DraftSystem:
    note = "None of the documents sends to this topic: who does?"
    return DraftSystem(name, f"Whoever sends to {topic}", Match(topics=(topic,)), notes=(note,))
