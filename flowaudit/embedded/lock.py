"""Developer command: resolve Kafka's jars anew and write the lock. ``python -m flowaudit.embedded.lock [OUTPUT]``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from flowaudit.embedded.jars import LOCK_RESOURCE, KafkaLock, LockedJar, file_sha256, render_lock

KAFKA_VERSION = "4.3.1"
# The binding is of the log4j line that Kafka itself depends on; without one the broker logs nothing at all.
ROOTS = (f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4")


def resolve_lock(roots: tuple[str, ...] = ROOTS) -> KafkaLock:
    """Resolve the roots with their transitive dependencies from Maven Central and sum every jar.

    Needs the network and the extra ``demo``.
    """
    from jgo.maven import MavenContext  # noqa: PLC0415  an optional extra

    with tempfile.TemporaryDirectory(prefix="flowaudit-lock-") as stage:
        context = MavenContext(repo_cache=Path(stage))
        # "!" = do not take a root as a bill of materials: log4j's would put kafka-clients 3.9 under a 4.3 broker.
        dependencies = [context.create_dependency(f"{root}!") for root in roots]
        resolved, transitive = context.resolver.resolve(dependencies)
        artifacts = {dependency.artifact for dependency in [*resolved, *transitive] if dependency.scope != "test"}
        jars = []
        for artifact in artifacts:
            path = artifact.resolve()
            sha256, size_bytes = file_sha256(path), path.stat().st_size
            jars.append(LockedJar(artifact.groupId, artifact.artifactId, artifact.version, size_bytes, sha256))
    return KafkaLock(KAFKA_VERSION, tuple(sorted(jars, key=lambda jar: jar.coordinate)))


def main() -> None:
    """Write the lock to the path given, or into the package."""
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name(LOCK_RESOURCE)
    lock = resolve_lock()
    output.write_text(render_lock(lock, ROOTS), encoding="utf-8")
    print(f"{output}: {len(lock.jars)} jars, {lock.size_bytes / 1e6:.0f} MB", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
