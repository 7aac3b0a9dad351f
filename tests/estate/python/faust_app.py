"""A Faust app, with a table or without. The consumer group's name is the app's."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from tests.estate.python.context import Context

EXACTLY_ONCE: Final = "exactly_once"


def run(context: Context, app_id: str, source: str, sink: str, *, guarantee: str = "at_least_once") -> None:
    """Counts in a table, and sends every record on to its sink."""
    asyncio.run(_run(context, app_id, source, sink, guarantee))


async def _run(context: Context, app_id: str, source: str, sink: str, guarantee: str) -> None:
    import faust  # noqa: PLC0415 (not every process needs it, and it is slow to import)
    from faust.contrib.asgi import faust_app_running  # noqa: PLC0415

    app: Any = faust.App(
        app_id,
        broker=f"kafka://{context.servers}",
        store="memory://",
        web_enabled=False,
        processing_guarantee=guarantee,
        topic_partitions=2,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=10,
        broker_heartbeat_interval=2,
        broker_commit_interval=0.5,
    )
    # What the command `faust worker` sets; without it an app opens no transaction, whatever its guarantee.
    app.in_worker = guarantee == EXACTLY_ONCE
    upstream = app.topic(source, key_serializer="raw", value_serializer="raw", partitions=2)
    downstream = app.topic(sink, key_serializer="raw", value_serializer="raw", partitions=2)
    seen = app.Table("seen", default=int, partitions=2)

    async def read(stream: Any) -> None:  # noqa: ANN401 (the library's own stream)
        async for key, value in stream.items():
            seen[key] += 1
            await downstream.send(key=key, value=value)
            context.done()

    app.agent(upstream)(read)
    async with faust_app_running(app, stop_timeout=4):
        await asyncio.to_thread(context.stopping.wait)
