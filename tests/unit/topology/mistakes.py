"""What is wrong with a topology, as tests compare it."""

from __future__ import annotations

import pytest

from flowaudit.errors import ExitCode
from flowaudit.topology.load import TopologyInvalid, parse_topology


def mistakes_of(text: str) -> list[tuple[int, str]]:
    """The line and the words of each mistake."""
    with pytest.raises(TopologyInvalid) as caught:
        parse_topology(text, source="t.yaml")
    assert caught.value.exit_code == ExitCode.USAGE
    return [(mistake.line, mistake.text) for mistake in caught.value.mistakes]
