"""The jars of the Java clients, and how a lock of this folder becomes a class path. ``python -m tests.estate.jars``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flowaudit.embedded.fetch import locked_class_path, user_cache_dir
from flowaudit.embedded.jars import parse_lock, render_lock
from flowaudit.embedded.lock import KAFKA_VERSION, resolve_lock

CLIENTS_LOCK: Final = Path(__file__).with_name("clients.lock.toml")
ROOTS: Final = (
    f"org.apache.kafka:kafka-clients:{KAFKA_VERSION}",
    f"org.apache.kafka:kafka-streams:{KAFKA_VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
)


def class_path(lock_file: Path) -> tuple[Path, ...]:
    """The jars of a lock, each verified; what is missing is fetched once into the user's cache.

    Raises:
        EmbeddedKafkaUnavailable: something is missing and cannot be fetched.
        JarRefused: a jar is not the one that the lock names.
    """
    return locked_class_path(parse_lock(lock_file.read_text(encoding="utf-8")), user_cache_dir(), ())


def main() -> None:
    """Resolve the jars anew and write the lock."""
    _, _, rest = render_lock(resolve_lock(ROOTS), ROOTS).partition("\n")
    note = "# The jars of the Java clients in the estate of real clients. Written by `python -m tests.estate.jars`."
    CLIENTS_LOCK.write_text(f"{note}\n{rest}", encoding="utf-8")


if __name__ == "__main__":
    main()
