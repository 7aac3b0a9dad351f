"""What the user sees while jars are fetched: a bar on a terminal, two plain lines elsewhere; always on stderr."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flowaudit.embedded.jars import LockedJar


@contextlib.contextmanager
def fetch_progress(kafka_version: str, jars: Sequence[LockedJar]) -> Iterator[Callable[[int], None]]:
    """Show the fetching of `jars`; yields the function to call with each number of bytes that arrived (any thread)."""
    console = Console(stderr=True)
    total_bytes = sum(jar.size_bytes for jar in jars)
    title = f"Apache Kafka {kafka_version}, {len(jars)} jars"
    if not console.is_terminal:
        console.print(f"fetching {title}, {total_bytes / 1e6:.0f} MB (once)", highlight=False, soft_wrap=True)
        yield lambda _bytes: None
        console.print(f"fetched {title}", highlight=False, soft_wrap=True)
        return
    columns = (TextColumn("fetching {task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(title, total=total_bytes)
        yield lambda count_bytes: progress.advance(task, count_bytes)
