"""The jars of the Java clients and of Kafka's tools, and how a lock of this folder becomes a class path.

``python -m tests.estate.jars`` writes the locks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flowaudit.embedded.fetch import locked_class_path, user_cache_dir
from flowaudit.embedded.jars import KafkaLock, parse_lock, render_lock
from flowaudit.embedded.lock import KAFKA_VERSION, resolve_lock

CLIENTS_LOCK: Final = Path(__file__).with_name("clients.lock.toml")
TOOLS_LOCK: Final = Path(__file__).with_name("tools.lock.toml")
"""Only the tools themselves: what they need beside is on the broker's class path."""
ROOTS: Final = (
    f"org.apache.kafka:kafka-clients:{KAFKA_VERSION}",
    f"org.apache.kafka:kafka-streams:{KAFKA_VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
)
TOOLS: Final = f"org.apache.kafka:kafka-tools:{KAFKA_VERSION}"


def class_path(lock_file: Path) -> tuple[Path, ...]:
    """The jars of a lock, each verified; what is missing is fetched once into the user's cache.

    Raises:
        EmbeddedKafkaUnavailable: something is missing and cannot be fetched.
        JarRefused: a jar is not the one that the lock names.
    """
    return locked_class_path(parse_lock(lock_file.read_text(encoding="utf-8")), user_cache_dir(), ())


def main() -> None:
    """Resolve the jars anew and write the locks."""
    _write(CLIENTS_LOCK, "the Java clients in the estate of real clients", resolve_lock(ROOTS), ROOTS)
    jars = tuple(jar for jar in resolve_lock((TOOLS,)).jars if jar.coordinate == TOOLS)
    _write(TOOLS_LOCK, "Kafka's own tools", KafkaLock(KAFKA_VERSION, jars), (TOOLS,))


def _write(path: Path, what: str, lock: KafkaLock, roots: tuple[str, ...]) -> None:
    _, _, rest = render_lock(lock, roots).partition("\n")
    path.write_text(f"# The jars of {what}. Written by `python -m tests.estate.jars`.\n{rest}", encoding="utf-8")


if __name__ == "__main__":
    main()
