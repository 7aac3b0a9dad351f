"""The class cache belongs to exactly one runtime."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flowaudit.embedded.class_cache import assemble, can_train, class_cache_path, recording
from flowaudit.embedded.errors import EmbeddedKafkaUnavailable
from flowaudit.embedded.java import JavaRuntime, find_java

_RUNTIME = JavaRuntime(Path("/java/bin/java"), (Path("/a.jar"), Path("/b.jar")), 512)


def _java_home(folder: Path, version: str) -> JavaRuntime:
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n', encoding="utf-8")
    return replace(_RUNTIME, java=folder / "bin" / "java")


@pytest.mark.parametrize(
    "other",
    [
        replace(_RUNTIME, java=Path("/other/bin/java")),
        replace(_RUNTIME, class_path=(Path("/b.jar"), Path("/a.jar"))),
        replace(_RUNTIME, heap_mebibytes=256),
    ],
)
def test_another_runtime_has_another_cache(other: JavaRuntime, tmp_path: Path) -> None:
    assert class_cache_path(other, tmp_path) != class_cache_path(_RUNTIME, tmp_path)


def test_a_java_that_was_updated_in_place_has_another_cache(tmp_path: Path) -> None:
    runtime = _java_home(tmp_path, "25.0.1")
    before = class_cache_path(runtime, tmp_path)
    (tmp_path / "release").write_text('JAVA_VERSION="25.0.2"\n', encoding="utf-8")
    assert class_cache_path(runtime, tmp_path) != before


@pytest.mark.parametrize(("version", "able"), [("17.0.9", False), ("24", False), ("25.0.2", True), ("100", True)])
def test_only_a_java_that_can_make_caches_is_trained(tmp_path: Path, version: str, able: bool) -> None:
    assert can_train(_java_home(tmp_path, version)) is able


def test_an_unknown_java_is_not_trained() -> None:
    assert not can_train(_RUNTIME)


def test_a_cache_that_java_could_not_make_leaves_nothing(tmp_path: Path) -> None:
    runtime = replace(_RUNTIME, java=find_java(None))
    with pytest.raises(EmbeddedKafkaUnavailable, match="made no class cache"):
        assemble(runtime, tmp_path / "no.record", tmp_path / "cache" / "classes.aot")
    assert list(tmp_path.iterdir()) == []


def test_the_training_run_writes_its_record(tmp_path: Path) -> None:
    command = recording(_RUNTIME, tmp_path / "classes.record").command("Main", (), tmp_path)
    assert f"-XX:AOTConfiguration={tmp_path / 'classes.record'}" in command
