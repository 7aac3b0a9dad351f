"""The lock of Kafka's jars and their verification: which files make the broker, and that they are these and no others.

The lock travels inside the package (``kafka.lock.toml``). It names Maven coordinates, sizes and SHA-256 sums only, so
any mirror of Maven Central may deliver the files: what counts is the sum.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from flowaudit.embedded.errors import JarRefused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LOCK_RESOURCE = "kafka.lock.toml"


@dataclass(frozen=True, slots=True)
class LockedJar:
    """One jar of the lock, by its Maven coordinate (``group:artifact:version``)."""

    group: str
    artifact: str
    version: str
    size_bytes: int
    sha256: str

    @property
    def coordinate(self) -> str:
        """The Maven coordinate, ``group:artifact:version``."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def file_name(self) -> str:
        """The name of the jar in the library folder. It starts with the group: two groups may use one artifact name."""
        return f"{self.group}.{self.artifact}-{self.version}.jar"


@dataclass(frozen=True, slots=True)
class KafkaLock:
    """All the jars of one embedded Kafka, in the order of the class path."""

    kafka_version: str
    jars: tuple[LockedJar, ...]

    @property
    def digest(self) -> str:
        """Sixteen hex digits that change with any jar: names the cache folder, so two locks never share one."""
        summed = hashlib.sha256("\n".join(f"{jar.coordinate} {jar.sha256}" for jar in self.jars).encode())
        return summed.hexdigest()[:16]

    @property
    def size_bytes(self) -> int:
        """The size of all the jars together."""
        return sum(jar.size_bytes for jar in self.jars)


def load_lock() -> KafkaLock:
    """Return the lock that this version of flowaudit carries."""
    return parse_lock(resources.files("flowaudit.embedded").joinpath(LOCK_RESOURCE).read_text(encoding="utf-8"))


def parse_lock(text: str) -> KafkaLock:
    """Read a lock from its TOML text.

    Raises:
        JarRefused: an entry lacks a full coordinate, a size or a well-formed SHA-256 sum.
    """
    document = tomllib.loads(text)
    return KafkaLock(str(document["kafka_version"]), tuple(_locked_jar(entry) for entry in document["jar"]))


def render_lock(lock: KafkaLock, roots: Iterable[str]) -> str:
    """Write a lock as the TOML text that `parse_lock` reads; `roots` are the coordinates that it was resolved from."""
    quoted_roots = ", ".join(f'"{root}"' for root in roots)
    head = [
        "# Written by `python -m flowaudit.embedded.lock`; every start of the embedded Kafka verifies these sums.",
        f'kafka_version = "{lock.kafka_version}"',
        f"roots = [{quoted_roots}]",
    ]
    entries = [
        f'\n[[jar]]\ncoordinate = "{jar.coordinate}"\nsize_bytes = {jar.size_bytes}\nsha256 = "{jar.sha256}"'
        for jar in lock.jars
    ]
    return "\n".join(head + entries) + "\n"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 sum of a file, as lower-case hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify_jar(jar: LockedJar, path: Path, way_out: str) -> None:
    """Check one file against the lock.

    Raises:
        JarRefused: the file is another one; `way_out` ends the message.
    """
    found = file_sha256(path)
    if found != jar.sha256:
        msg = f"{jar.coordinate} is refused: {path} has the SHA-256 sum {found}, the lock says {jar.sha256}; {way_out}"
        raise JarRefused(msg)


def _locked_jar(entry: dict[str, object]) -> LockedJar:
    coordinate, size, sha256 = entry.get("coordinate"), entry.get("size_bytes"), entry.get("sha256")
    parts = coordinate.split(":") if isinstance(coordinate, str) else []
    if len(parts) != 3 or not all(parts) or not isinstance(size, int) or not _is_sha256(sha256):
        msg = f"the lock of Kafka's jars has an unusable entry for {coordinate!r}; reinstall flowaudit"
        raise JarRefused(msg)
    group, artifact, version = parts
    return LockedJar(group, artifact, version, size, str(sha256))


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and all(digit in "0123456789abcdef" for digit in value)
