"""The programs that the estate's Python processes run: `python -m tests.estate.python_programs PROCESS SERVERS`.

Each says `ready NAME` on stdout once it has done its job several times, and goes on until SIGTERM, or until its input
closes: whoever started it is gone, however that ended.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.estate.python import aio_kafka, faust_app, kafka_python, librdkafka
from tests.estate.python.context import Context

_ENOUGH: Final = 5
"""So often a program does its job before it says that it is ready."""
_JOINED_WITHIN_S: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What one program does."""

    name: str
    run: Callable[[Context], None]
    process: str = "clients"
    """Programs that name the same one are threads of it; Faust wants its process for itself."""
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
    Program(
        name="kafka-python idempotent producer",
        run=lambda context: kafka_python.write_signed(context, "py.in", "py.silent", "py.faust.in"),
        signs=("py.in", "py.silent", "py.faust.in"),
    ),
    Program(
        name="kafka-python plain producer",
        run=lambda context: kafka_python.write_unsigned(context, "py.plain"),
        writes_unsigned=("py.plain",),
    ),
    Program(
        name="aiokafka idempotent producer",
        run=lambda context: aio_kafka.write_signed(context, "py.aio.signed"),
        signs=("py.aio.signed",),
    ),
    Program(
        name="aiokafka plain producer",
        run=lambda context: aio_kafka.write_unsigned(context, "py.aio.plain"),
        writes_unsigned=("py.aio.plain",),
    ),
    Program(
        name="librdkafka idempotent producer",
        run=lambda context: librdkafka.write_signed(context, "py.rd.signed"),
        signs=("py.rd.signed",),
    ),
    Program(
        name="librdkafka plain producer",
        run=lambda context: librdkafka.write_unsigned(context, "py.rd.plain"),
        writes_unsigned=("py.rd.plain",),
    ),
    Program(
        name="kafka-python group",
        run=lambda context: kafka_python.read_as_group(context, "py-group", "py.in"),
        group="py-group",
        reads=("py.in",),
    ),
    Program(
        name="aiokafka group",
        run=lambda context: aio_kafka.read_as_group(context, "py-aio-group", "py.in"),
        group="py-aio-group",
        reads=("py.in",),
    ),
    Program(
        name="librdkafka classic group",
        run=lambda context: librdkafka.read_as_group(context, "py-rd-group", "py.in", "classic"),
        group="py-rd-group",
        reads=("py.in",),
    ),
    Program(
        name="librdkafka KIP-848 group",
        run=lambda context: librdkafka.read_as_group(context, "py-848-group", "py.in", "consumer"),
        group="py-848-group",
        reads=("py.in",),
    ),
    Program(
        name="assigned reader that commits",
        run=lambda context: kafka_python.read_assigned(context, "py-assigned", "py.in"),
        group="py-assigned",
        reads=("py.in",),
    ),
    Program(
        name="assigned reader that commits nothing",
        run=lambda context: kafka_python.read_assigned(context, None, "py.silent"),
        reads=("py.silent",),
    ),
    Program(
        name="librdkafka transactional loop",
        run=lambda context: librdkafka.loop(context, "py-loop", "py.in", "py.loop.out", "py.loop.aborted"),
        group="py-loop",
        reads=("py.in",),
        writes_as_group=("py.loop.out",),
        aborts=("py.loop.aborted",),
    ),
    Program(
        name="aiokafka transactional loop",
        run=lambda context: aio_kafka.loop(context, "py-aio-loop", "py.in", "py.aio.loop.out"),
        group="py-aio-loop",
        reads=("py.in",),
        writes_as_group=("py.aio.loop.out",),
    ),
    Program(
        name="Faust app with a table",
        run=lambda context: faust_app.run(context, "py-faust", "py.faust.in", "py.faust.out"),
        process="faust",
        group="py-faust",
        reads=("py.faust.in",),
        writes_as_group=("py-faust-seen-changelog",),
        writes_unsigned=("py.faust.out",),
    ),
    Program(
        name="Faust app, exactly once",
        run=lambda context: faust_app.run(
            context, "py-faust-exact", "py.faust.in", "py.faust.exact", guarantee=faust_app.EXACTLY_ONCE
        ),
        process="faust-exactly-once",
        group="py-faust-exact",
        reads=("py.faust.in",),
        writes_as_group=("py-faust-exact-seen-changelog",),
        # Faust sends to a topic that it does not read outside of the transaction, by a producer that only has an id.
        signs=("py.faust.exact",),
    ),
)
PROCESSES: Final = tuple(sorted({program.process for program in PROGRAMS}))
TOPICS: Final = tuple(
    sorted(
        {
            topic
            for program in PROGRAMS
            for topic in (
                *program.reads,
                *program.writes_as_group,
                *program.writes_unsigned,
                *program.aborts,
                *program.signs,
            )
        }
    )
)
CHANGELOGS: Final = frozenset(topic for topic in TOPICS if topic.endswith("-changelog"))
"""The tables' memory, which is compacted.

Faust would create it, and at times meet it before its partitions are known: then its agent dies, and nothing is read.
"""


def main(process: str, servers: str) -> None:
    """Run the programs of one process until SIGTERM or the end of its input."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    threading.Thread(target=_until_input_ends, args=(stopping,), daemon=True).start()
    threads = [
        threading.Thread(target=_run, args=(program, servers, stopping), daemon=True)
        for program in PROGRAMS
        if program.process == process
    ]
    for thread in threads:
        thread.start()
    stopping.wait()
    deadline_s = time.monotonic() + _JOINED_WITHIN_S
    for thread in threads:
        thread.join(max(deadline_s - time.monotonic(), 0))
    os._exit(0)  # a client whose cluster is gone would wait for it for ever


def _until_input_ends(stopping: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    stopping.set()


def _run(program: Program, servers: str, stopping: threading.Event) -> None:
    try:
        program.run(Context(servers, stopping, _counter(program.name)))
    except Exception as error:
        _say(f"failed {program.name}: {type(error).__name__}")
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


if __name__ == "__main__":
    main(*sys.argv[1:3])
