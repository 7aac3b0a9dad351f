"""Kafka's jars on this machine: fetched once from Maven coordinates, verified at every start."""

from __future__ import annotations

import contextlib
import importlib
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flowaudit.embedded.errors import WAYS_OUT, EmbeddedKafkaUnavailable
from flowaudit.embedded.fetch_progress import fetch_progress
from flowaudit.embedded.jars import KafkaLock, LockedJar, verify_jar

try:
    import fcntl
except ImportError:  # Windows: two first starts may both fetch; the renames keep the cache right all the same.
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_PARALLEL_DOWNLOADS = 4
_CHANGED_SINCE = "it was right when it was fetched: find out who changed it, then delete it and start again"
_OTHER_DELIVERED = f"the repository, or a proxy on the way, delivered something else (thrown away); {WAYS_OUT}"


def user_cache_dir() -> Path:
    """Return flowaudit's folder in the user's cache directory.

    Raises:
        EmbeddedKafkaUnavailable: the extra ``demo`` is not installed.
    """
    return Path(_demo_module("platformdirs").user_cache_dir("flowaudit", appauthor=False))


def locked_class_path(lock: KafkaLock, cache_dir: Path, repositories: Sequence[str]) -> tuple[Path, ...]:
    """Return the paths of all the jars of `lock`; fetch what is missing, verify every one.

    Several processes may call this at the same time for one cache: one fetches, the others wait for it.

    Raises:
        JarRefused: a jar has another SHA-256 sum than the lock says; a bad download never enters the cache.
        EmbeddedKafkaUnavailable: something is missing and cannot be fetched.
    """
    libraries = cache_dir / f"kafka-{lock.kafka_version}-{lock.digest}"
    if _missing(lock, libraries):
        try:
            with _sole_fetcher(libraries):
                _fetch(lock, _missing(lock, libraries), libraries, repositories)
        except OSError as error:
            msg = f"cannot keep Kafka's jars in {libraries}: {error.strerror or type(error).__name__}; {WAYS_OUT}"
            raise EmbeddedKafkaUnavailable(msg) from None
    paths = tuple(libraries / jar.file_name for jar in lock.jars)
    for jar, path in zip(lock.jars, paths, strict=True):
        verify_jar(jar, path, _CHANGED_SINCE)
    return paths


def _missing(lock: KafkaLock, libraries: Path) -> tuple[LockedJar, ...]:
    return tuple(jar for jar in lock.jars if not (libraries / jar.file_name).is_file())


@contextlib.contextmanager
def _sole_fetcher(libraries: Path) -> Iterator[None]:
    libraries.mkdir(parents=True, exist_ok=True)
    with (libraries / "fetching.lock").open("w") as lock_file:
        if fcntl is not None:
            fcntl.flock(lock_file, fcntl.LOCK_EX)
        yield


def _fetch(lock: KafkaLock, jars: Sequence[LockedJar], libraries: Path, repositories: Sequence[str]) -> None:
    if not jars:
        return
    stage = Path(tempfile.mkdtemp(prefix="stage-", dir=libraries))
    pool = ThreadPoolExecutor(_PARALLEL_DOWNLOADS, thread_name_prefix="fetch-jar")
    try:
        with fetch_progress(lock.kafka_version, jars) as advance:
            context = _maven_context(stage, repositories, advance)
            futures = [pool.submit(_fetch_jar, context, jar, libraries) for jar in jars]
            for future in futures:
                future.result()
    finally:
        pool.shutdown(cancel_futures=True)
        shutil.rmtree(stage, ignore_errors=True)


def _fetch_jar(context: Any, jar: LockedJar, libraries: Path) -> None:  # noqa: ANN401  jgo is an optional extra
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    try:
        fetched = artifact.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise _not_fetched(jar, context.remote_repos.values(), error) from None
    verify_jar(jar, fetched, _OTHER_DELIVERED)
    fetched.replace(libraries / jar.file_name)


def _maven_context(stage: Path, repositories: Sequence[str], advance: Callable[[int], None]) -> Any:  # noqa: ANN401
    maven = _demo_module("jgo.maven")

    @contextlib.contextmanager
    def downloading(_file_name: str, _size_bytes: int) -> Iterator[Callable[[int], None]]:
        yield advance

    return maven.MavenContext(
        resolver=maven.PythonResolver(progress_callback=downloading),
        repo_cache=stage,
        remote_repos={url: url.rstrip("/") for url in repositories} or None,
    )


def _not_fetched(jar: LockedJar, repositories: Sequence[str], error: Exception) -> EmbeddedKafkaUnavailable:
    # jgo raises a bare RuntimeError when every repository answered, but none with the file.
    reason = "it answers, but not with the file" if type(error) is RuntimeError else type(error).__name__
    tried = ", ".join(_without_credentials(url) for url in repositories)
    msg = f"cannot fetch Apache Kafka: tried {jar.coordinate} from {tried} ({reason}); {WAYS_OUT}"
    return EmbeddedKafkaUnavailable(msg)


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _demo_module(name: str) -> Any:  # noqa: ANN401  a module of an optional extra
    try:
        return importlib.import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        msg = f"the package {package} is missing, install it with: pip install 'flowaudit[demo]'; {WAYS_OUT}"
        raise EmbeddedKafkaUnavailable(msg) from None
