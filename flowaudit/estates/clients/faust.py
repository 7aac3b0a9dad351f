"""Faust: an app with one agent, no table, no leader topic; the consumer group's name is the app's id."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import faust
from faust.contrib.asgi import faust_app_running
from typing_extensions import override

from flowaudit.estates.outbox import Position
from flowaudit.estates.program import Outgoing
from flowaudit.estates.pump import Pump

LONGEST_SLEEP_S: Final = 0.02
"""What an agent hears may be due sooner than what was known before, so the writer looks up this often."""


def run(pump: Pump) -> None:
    """Work until told to stop."""
    asyncio.run(_run(pump))


async def _run(pump: Pump) -> None:
    app = _app(pump)
    sinks = {topic: _raw(app, topic) for topic in pump.part.produced}

    def assigned(*_: object, **__: object) -> None:
        pump.ready()

    app.on_partitions_assigned.connect(assigned)
    app.agent(_raw(app, *pump.part.consumed), name=pump.part.process)(_agent(pump))
    async with faust_app_running(app, stop_timeout=4):
        while not pump.link.stopping.is_set():
            for record in pump.due():
                await _send(sinks[record.topic], record)
            await asyncio.sleep(min(LONGEST_SLEEP_S, pump.wait_s()))


def _app(pump: Pump) -> Any:  # noqa: ANN401 - the library's types do not hold
    servers = [f"kafka://{server.strip()}" for server in pump.link.order.bootstrap_servers.split(",")]
    app = _Folderless(
        str(pump.part.group),
        broker=servers,
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        producer_linger=0.05,
        broker_session_timeout=10,
        broker_heartbeat_interval=2,
        consumer_auto_offset_reset="earliest",
    )
    app.producer.buffer.max_messages = 10_000  # 100 by default, and not a setting
    return app


class _Folderless(faust.App):  # type: ignore[misc]  # the library's types do not hold
    """Without a table there is nothing to keep, so no folder is made where the simulator was started."""

    @override
    def _create_directories(self) -> None:
        return


def _raw(app: Any, *topics: str) -> Any:  # noqa: ANN401 - as above
    return app.topic(*topics, key_serializer="raw", value_serializer="raw")


def _agent(pump: Pump) -> Any:  # noqa: ANN401 - as above
    async def read(stream: Any) -> None:  # noqa: ANN401 - as above
        async for event in stream.events():
            message = event.message
            pump.accept(Position(message.topic, message.partition, message.offset), event.value)

    return read


async def _send(topic: Any, record: Outgoing) -> None:  # noqa: ANN401 - as above
    await topic.send(key=record.key.encode(), value=record.value)
