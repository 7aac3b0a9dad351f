"""The class cache of a Java runtime (JEP 483, JEP 514): Kafka's classes loaded and linked ahead of time.

With one a broker answers in about half the time. It is made on this machine, from verified jars, by a training run;
Java itself ignores it when the class path, a jar's size or time, or the Java version is another one.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flowaudit.embedded.errors import EmbeddedKafkaUnavailable

if TYPE_CHECKING:
    from flowaudit.embedded.java import JavaRuntime

_FIRST_JAVA = 25
_ASSEMBLY_TIMEOUT_S = 180.0


def class_cache_path(runtime: JavaRuntime, cache_dir: Path) -> Path:
    """Return where the class cache of exactly this runtime belongs, whether it is there or not."""
    described = "\n".join([_java_release(runtime.java), *runtime.command("", (), Path("/"))])
    return cache_dir / f"classes-{hashlib.sha256(described.encode()).hexdigest()[:16]}.aot"


def can_train(runtime: JavaRuntime) -> bool:
    """Whether this Java can make class caches: 25 and newer can."""
    version = re.search(r'JAVA_VERSION="(\d+)', _java_release(runtime.java))
    return version is not None and int(version[1]) >= _FIRST_JAVA


def recording(runtime: JavaRuntime, record: Path) -> JavaRuntime:
    """Return the runtime for the training run: on its regular end it writes what it loaded to `record`."""
    return replace(runtime, options=("-XX:AOTMode=record", f"-XX:AOTConfiguration={record}"))


def assemble(runtime: JavaRuntime, record: Path, class_cache: Path) -> None:
    """Make the class cache from the record of a training run; it appears whole or not at all.

    Raises:
        EmbeddedKafkaUnavailable: Java could not make it.
    """
    draft = record.with_suffix(".aot")
    assembling = replace(
        runtime, options=("-XX:AOTMode=create", f"-XX:AOTConfiguration={record}", f"-XX:AOTCache={draft}")
    )
    subprocess.run(  # noqa: S603  our own command line
        assembling.command("-version", (), record.parent),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_ASSEMBLY_TIMEOUT_S,
    )
    if not draft.is_file():
        msg = f"{runtime.java} made no class cache; the embedded Kafka starts without one, only slower"
        raise EmbeddedKafkaUnavailable(msg)
    partial = class_cache.with_name(f"{record.parent.name}-{class_cache.name}")
    partial.write_bytes(draft.read_bytes())
    partial.replace(class_cache)


def _java_release(java: Path) -> str:
    release = java.parent.parent / "release"
    return release.read_text(encoding="utf-8") if release.is_file() else str(java)
