"""The programs that the estate's Python processes run: `python -m tests.estate.python_programs ROLE SERVERS`.

Each says `ready NAME` on stdout once it has done its job several times, and goes on until SIGTERM.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from confluent_kafka import Consumer, Producer
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

MIXED: Final = "mixed"
FAUST_APP: Final = "faust"
_ENOUGH: Final = 5
"""So often a program does its job before it says that it is ready."""
_PAUSE_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Program:
    """What one program does."""

    name: str
    group: str = ""
    reads: tuple[str, ...] = ()
    writes_as_group: tuple[str, ...] = ()
    """Topics whose writing anybody can attribute to the group."""
    signs: tuple[str, ...] = ()
    """Topics that it writes with a producer id, without a group."""
    writes_unsigned: tuple[str, ...] = ()
    aborts: tuple[str, ...] = ()
    """Topics to which it writes in transactions that it aborts, all of them."""


PROGRAMS: Final = (
    Program("kafka-python idempotent producer", signs=("py.in", "py.silent", "py.faust.in")),
    Program("kafka-python plain producer", writes_unsigned=("py.plain",)),
    Program("aiokafka plain producer", writes_unsigned=("py.aio.plain",)),
    Program("kafka-python group", "py-group", ("py.in",)),
    Program("aiokafka group", "py-aio-group", ("py.in",)),
    Program("librdkafka KIP-848 group", "py-848-group", ("py.in",)),
    Program("assigned reader that commits", "py-assigned", ("py.in",)),
    Program("assigned reader that commits nothing", "", ("py.silent",)),
    Program("librdkafka transactional loop", "py-loop", ("py.in",), ("py.loop.out",), aborts=("py.loop.aborted",)),
    Program(
        "Faust app with a table",
        "py-faust",
        ("py.faust.in",),
        ("py-faust-seen-changelog",),
        writes_unsigned=("py.faust.out",),
    ),
)
_FAUST: Final = "Faust app with a table"
TOPICS: Final = (
    "py.in", "py.silent", "py.plain", "py.aio.plain", "py.loop.out", "py.loop.aborted", "py.faust.in", "py.faust.out",
)  # fmt: skip

_stopping = threading.Event()


def main(role: str, servers: str) -> None:
    """Run the programs of one process until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: _stopping.set())
    if role == FAUST_APP:
        asyncio.run(_faust(servers))
        return
    programs: dict[str, Callable[[str, Callable[[], None]], None]] = {
        "kafka-python idempotent producer": _idempotent,
        "kafka-python plain producer": _plain,
        "aiokafka plain producer": lambda servers, done: asyncio.run(_aio_plain(servers, done)),
        "kafka-python group": _group,
        "aiokafka group": lambda servers, done: asyncio.run(_aio_group(servers, done)),
        "librdkafka KIP-848 group": _kip848,
        "assigned reader that commits": lambda servers, done: _assigned(servers, done, "py-assigned", "py.in"),
        "assigned reader that commits nothing": lambda servers, done: _assigned(servers, done, None, "py.silent"),
        "librdkafka transactional loop": _loop,
    }
    threads = [
        threading.Thread(target=_run, args=(name, program, servers), daemon=True) for name, program in programs.items()
    ]
    for thread in threads:
        thread.start()
    _stopping.wait()
    for thread in threads:
        thread.join(5)


def _run(name: str, program: Callable[[str, Callable[[], None]], None], servers: str) -> None:
    try:
        program(servers, _counter(name))
    except Exception as error:
        _say(f"failed {name}: {type(error).__name__}")
        raise


def _counter(name: str) -> Callable[[], None]:
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if done == _ENOUGH:
            _say(f"ready {name}")

    return count


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _idempotent(servers: str, done: Callable[[], None]) -> None:
    producer = KafkaProducer(bootstrap_servers=servers, client_id="py-feed", enable_idempotence=True)
    number = 0
    while not _stopping.is_set():
        for topic in ("py.in", "py.silent", "py.faust.in"):
            producer.send(topic, key=b"%d" % number, value=b"v%d" % number)
        producer.flush()
        number += 1
        done()
        time.sleep(_PAUSE_S)
    producer.close()


def _plain(servers: str, done: Callable[[], None]) -> None:
    producer = KafkaProducer(bootstrap_servers=servers, client_id="py-plain", enable_idempotence=False, acks=1)
    while not _stopping.is_set():
        producer.send("py.plain", b"v").get(10)
        done()
        time.sleep(_PAUSE_S)
    producer.close()


async def _aio_plain(servers: str, done: Callable[[], None]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=servers, client_id="py-aio-plain") as producer:
        while not _stopping.is_set():
            await producer.send_and_wait("py.aio.plain", b"v")
            done()
            await asyncio.sleep(_PAUSE_S)


def _group(servers: str, done: Callable[[], None]) -> None:
    consumer = KafkaConsumer(
        "py.in",
        bootstrap_servers=servers,
        group_id="py-group",
        client_id="py-group-client",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    while not _stopping.is_set():
        if consumer.poll(200):
            consumer.commit()
            done()
    consumer.close()


async def _aio_group(servers: str, done: Callable[[], None]) -> None:
    consumer = AIOKafkaConsumer(
        "py.in",
        bootstrap_servers=servers,
        group_id="py-aio-group",
        client_id="py-aio-client",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    async with consumer:
        while not _stopping.is_set():
            if await consumer.getmany(timeout_ms=200):
                await consumer.commit()
                done()


def _kip848(servers: str, done: Callable[[], None]) -> None:
    settings = {
        "bootstrap.servers": servers,
        "group.id": "py-848-group",
        "group.protocol": "consumer",
        "client.id": "py-848-client",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
    consumer = Consumer(settings)
    consumer.subscribe(["py.in"])
    while not _stopping.is_set():
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            consumer.commit(message, asynchronous=False)
            done()
    consumer.close()


def _assigned(servers: str, done: Callable[[], None], group: str | None, topic: str) -> None:
    consumer = KafkaConsumer(
        bootstrap_servers=servers,
        group_id=group,
        client_id="py-assigned-client" if group else "py-silent-client",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    consumer.assign([TopicPartition(topic, partition) for partition in range(2)])
    while not _stopping.is_set():
        if consumer.poll(200):
            if group:
                consumer.commit()
            done()
    consumer.close()


def _loop(servers: str, done: Callable[[], None]) -> None:
    """Reads, writes and commits its offsets in one transaction; every other one goes elsewhere and is aborted."""
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "py-loop",
            "client.id": "py-loop-consumer",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
        }
    )
    producer = Producer({"bootstrap.servers": servers, "transactional.id": "py-loop-tx", "client.id": "py-loop-writer"})
    producer.init_transactions(30)
    consumer.subscribe(["py.in"])
    turn = 0
    while not _stopping.is_set():
        message = consumer.poll(0.2)
        if message is None or message.error() is not None:
            continue
        turn += 1
        aborts = turn % 2 == 0
        producer.begin_transaction()
        producer.produce("py.loop.aborted" if aborts else "py.loop.out", message.value())
        if aborts:
            producer.flush(10)
            producer.abort_transaction(10)
            continue
        offsets = consumer.position(consumer.assignment())
        producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), 10)
        producer.commit_transaction(10)
        done()
    consumer.close()


async def _faust(servers: str) -> None:
    import faust  # noqa: PLC0415 (only one of the processes needs it, and it is slow to import)
    from faust.contrib.asgi import faust_app_running  # noqa: PLC0415

    app: Any = faust.App(
        "py-faust",
        broker=f"kafka://{servers}",
        store="memory://",
        web_enabled=False,
        topic_partitions=2,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=10,
        broker_heartbeat_interval=2,
        broker_commit_interval=0.5,
    )
    source = app.topic("py.faust.in", key_serializer="raw", value_serializer="raw", partitions=2)
    sink = app.topic("py.faust.out", key_serializer="raw", value_serializer="raw", partitions=2)
    seen = app.Table("seen", default=int, partitions=2)
    done = _counter(_FAUST)

    async def read(stream: Any) -> None:  # noqa: ANN401 (the library's own stream)
        async for key, value in stream.items():
            seen[key] += 1
            await sink.send(key=key, value=value)
            done()

    app.agent(source)(read)
    async with faust_app_running(app, stop_timeout=4):
        await asyncio.to_thread(_stopping.wait)


if __name__ == "__main__":
    main(*sys.argv[1:3])
