from __future__ import annotations

from pathlib import Path

import pytest

from flowaudit.errors import UsageError
from flowaudit.estates.parameters import EstateInvalid, load_parameters
from flowaudit.estates.simulate import plan

TOPOLOGY = Path(__file__).parents[3] / "topologies" / "beijing-public-housing" / "topology.yaml"


def test_mistakes_in_the_numbers_are_named_with_line_and_bounds(tmp_path: Path) -> None:
    text = TOPOLOGY.with_name("estate.yaml").read_text(encoding="utf-8")
    path = tmp_path / "estate.yaml"
    path.write_text(text.replace("false_match_rate: 0.08", "false_match_rate: 8").replace("scale: 0.01", "skale: 0.01"))
    with pytest.raises(EstateInvalid) as caught:
        load_parameters(path)
    said = str(caught.value)
    assert "unknown key 'skale'; did you mean 'scale'?" in said
    assert "'false_match_rate' is '8': Expected `float` <= 1.0" in said


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EstateInvalid, match=r"estate\.yaml: cannot be read"):
        load_parameters(tmp_path / "estate.yaml")


def test_a_plan_takes_scale_and_rate_from_its_caller() -> None:
    wanted = plan(TOPOLOGY, bootstrap_servers="localhost:1", seed=7, scale=0.5, rate=3.0)
    assert (wanted.parameters.city.scale, wanted.parameters.city.lock_events_per_s, wanted.seed) == (0.5, 3.0, 7)
    assert plan(TOPOLOGY, bootstrap_servers="localhost:1").parameters.city.scale == 0.01


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scale": 2.0}, "scale is 2"),
        ({"rate": 0.0}, "rate is 0"),
        ({"scale": float("nan")}, "nan"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(asked: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        plan(TOPOLOGY, bootstrap_servers="localhost:1", **asked)  # type: ignore[arg-type]


def test_a_topology_that_nobody_can_run_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "topology.yaml"
    path.write_text(TOPOLOGY.read_text(encoding="utf-8").replace("name: beijing-public-housing", "name: elsewhere"))
    with pytest.raises(UsageError, match="nothing is known about how to run the topology 'elsewhere'"):
        plan(path, bootstrap_servers="localhost:1")
