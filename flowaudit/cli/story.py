"""Progress on stderr, as a story: what starts, what is watched, what is found and by which evidence."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import channels, verdict_style, verdict_words
from flowaudit.engine.progress import (
    LinkFirstSeen,
    Note,
    ProgressEvent,
    Serving,
    SystemStarted,
    TopicTapped,
    Warn,
    Watching,
)
from flowaudit.exports.moments import moment


class Storyteller:
    """A `Progress` that prints; may be told from any thread. Nothing that it prints is a result."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or stderr_console()

    def tell(self, event: ProgressEvent) -> None:
        """Print one event as one line."""
        self._console.print(_line(event))


def stderr_console() -> Console:
    """A console on stderr: colours on a terminal, plain long lines everywhere else."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def _line(event: ProgressEvent) -> Text:
    match event:
        case LinkFirstSeen():
            return _link(event)
        case Watching():
            return _watching(event)
        case _:
            return _parts(*_plain(event))


def _plain(event: SystemStarted | TopicTapped | Serving | Note | Warn) -> list[tuple[str, str]]:
    match event:
        case SystemStarted():
            return [("starts   ", "green"), (event.name, "bold"), (f"  ({event.client}, process {event.pid})", "dim")]
        case TopicTapped():
            return [("tapping  ", "cyan"), (event.topic, "bold"), (f"  ({event.partitions} partitions)", "dim")]
        case Serving():
            return [("serving  ", "cyan"), (event.url, "bold")]
        case Note():
            return [(event.text, "")]
        case Warn():
            return [("warning  ", "yellow bold"), (event.text, "")]


def _link(event: LinkFirstSeen) -> Text:
    edge = event.edge
    source = event.upstream_system or edge.source.name
    target = event.downstream_system or edge.target.name
    if source == target:
        return _inside(event, source)
    return _parts(
        (f"{moment(event.at_ms)}  ", "dim"),
        ("seen     ", "magenta"),
        (f"{source} → {target}", "bold"),
        (f"  {edge.source.document_id} → {edge.target.document_id}: {edge.kind.value}", "dim"),
        (f"  {edge.tier.value} by {channels(edge)}", ""),
        (f"  {verdict_words(edge.verdict)}", verdict_style(edge.verdict)),
    )


def _inside(event: LinkFirstSeen, system: str) -> Text:
    edge = event.edge
    ends = f"{edge.source.document_id} → {edge.target.document_id}: {edge.kind.value}"
    told = f"{moment(event.at_ms)}  seen     inside {system}  {ends}  {edge.tier.value} by {channels(edge)}"
    return _parts((told, "dim"))


def _watching(event: Watching) -> Text:
    duration = "until stopped" if event.duration_s is None else f"for {event.duration_s:g} s"
    seen = f"  ({event.topics} topics, {event.groups} groups)" if event.topics or event.groups else ""
    return _parts(("watching ", "cyan"), (event.subject, "bold"), (f"  {duration}{seen}", "dim"))


def _parts(*parts: tuple[str, str]) -> Text:
    line = Text.assemble(*((printable(text), style) for text, style in parts))
    line.rstrip()
    return line
