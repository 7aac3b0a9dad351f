"""The lock of Kafka's jars: what it says, and that a changed file is refused."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.embedded.errors import EmbeddedKafkaUnavailable, JarRefused
from flowaudit.embedded.fetch import locked_class_path
from flowaudit.embedded.jars import LOCK_RESOURCE, KafkaLock, LockedJar, load_lock, parse_lock, render_lock, verify_jar
from flowaudit.errors import ExitCode

_NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789.-_", min_size=1, max_size=20)
_SUMS = st.text("0123456789abcdef", min_size=64, max_size=64)
_JARS = st.builds(LockedJar, _NAMES, _NAMES, _NAMES, st.integers(0, 10**9), _SUMS)


def _jar(content: bytes = b"jar", artifact: str = "kafka") -> LockedJar:
    return LockedJar("org.example", artifact, "1.0", len(content), hashlib.sha256(content).hexdigest())


@given(st.lists(_JARS, max_size=5))
def test_a_lock_reads_back_as_it_was_written(jars: list[LockedJar]) -> None:
    lock = KafkaLock("4.3.1", tuple(jars))
    if jars:
        assert parse_lock(render_lock(lock, ["a:b:1"])) == lock


@pytest.mark.parametrize(
    "entry",
    [
        'coordinate = "a:b"\nsize_bytes = 1\nsha256 = "' + "0" * 64 + '"',
        'coordinate = "a:b:1"\nsize_bytes = 1\nsha256 = "' + "0" * 63 + '"',
        'coordinate = "a:b:1"\nsize_bytes = 1\nsha256 = "' + "X" * 64 + '"',
        'coordinate = "a:b:1"\nsize_bytes = 1',
        'coordinate = "a:b:1"\nsize_bytes = "1"\nsha256 = "' + "0" * 64 + '"',
    ],
)
def test_an_entry_without_coordinate_size_or_sum_is_refused(entry: str) -> None:
    with pytest.raises(JarRefused, match="unusable entry"):
        parse_lock(f'kafka_version = "4.3.1"\n[[jar]]\n{entry}\n')


def test_the_lock_of_the_package_names_one_version_of_each_artifact_and_a_logging_binding() -> None:
    lock = load_lock()
    assert set(Counter((jar.group, jar.artifact) for jar in lock.jars).values()) == {1}
    versions = {jar.artifact: jar.version for jar in lock.jars}
    assert versions["kafka_2.13"] == versions["kafka-clients"] == lock.kafka_version
    assert versions["log4j-slf4j-impl"] == versions["log4j-core"] == versions["log4j-api"]


def test_the_lock_of_the_package_names_no_host_and_no_path() -> None:
    text = resources.files("flowaudit.embedded").joinpath(LOCK_RESOURCE).read_text(encoding="utf-8")
    assert "/" not in text


def test_the_digest_changes_with_any_sum() -> None:
    lock = load_lock()
    other = replace(lock, jars=(*lock.jars[:-1], replace(lock.jars[-1], sha256="0" * 64)))
    assert lock.digest != other.digest


def test_a_changed_jar_is_refused_with_its_coordinate_and_both_sums(tmp_path: Path) -> None:
    jar = _jar()
    path = tmp_path / jar.file_name
    path.write_bytes(b"jaR")
    with pytest.raises(JarRefused) as refused:
        verify_jar(jar, path, "delete it")
    for told in (jar.coordinate, jar.sha256, hashlib.sha256(b"jaR").hexdigest(), str(path), "delete it"):
        assert told in str(refused.value)


def test_a_complete_cache_needs_no_network_and_keeps_the_order_of_the_lock(tmp_path: Path) -> None:
    lock = KafkaLock("1.0", (_jar(b"b", "b"), _jar(b"a", "a")))
    libraries = tmp_path / f"kafka-1.0-{lock.digest}"
    libraries.mkdir()
    for jar, content in zip(lock.jars, (b"b", b"a"), strict=True):
        (libraries / jar.file_name).write_bytes(content)
    assert [path.name for path in locked_class_path(lock, tmp_path, ())] == [jar.file_name for jar in lock.jars]


def test_one_changed_byte_in_the_cache_refuses_the_start(tmp_path: Path) -> None:
    lock = KafkaLock("1.0", (_jar(b"good"),))
    libraries = tmp_path / f"kafka-1.0-{lock.digest}"
    libraries.mkdir()
    (libraries / lock.jars[0].file_name).write_bytes(b"goof")
    with pytest.raises(JarRefused, match="find out who changed it"):
        locked_class_path(lock, tmp_path, ())


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(EmbeddedKafkaUnavailable, match=r"cannot keep Kafka's jars in .*file") as unavailable:
        locked_class_path(KafkaLock("1.0", (_jar(),)), tmp_path / "file", ())
    assert unavailable.value.exit_code is ExitCode.UNREACHABLE
