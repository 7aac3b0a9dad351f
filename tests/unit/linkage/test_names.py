"""Names that a child has and its causes have not: which table they are from."""

from __future__ import annotations

import numpy as np

from tests.unit.linkage.made_runs import Sighting
from tests.unit.linkage.test_infer import drawn, people

_ALIAS = 10_000


def test_who_names_people_as_a_table_did_before_anybody_else_has_looked_them_up() -> None:
    """`child` names the people of `events`, and their aliases; `log` has those as well, but later than the table."""
    rng = np.random.default_rng(1)
    written = [(100 * person, person) for person in range(300)]
    written += [(int(at), int(rng.integers(0, 300))) for at in rng.integers(60_000, 195_000, 150)]
    made = [Sighting("table", n, at, _ALIAS + who, "$.alias", instance=False) for n, (at, who) in enumerate(written)]
    ats, whom = np.sort(rng.integers(60_000, 200_000, 1_500)).tolist(), rng.integers(0, 300, 1_500).tolist()
    made += people("events", ats, whom)
    for n, (at, person) in enumerate(zip(ats, whom, strict=True)):
        asked = at + 90 + int(rng.integers(0, 30))
        names = [("$.person", person), ("$.alias", _ALIAS + person)]
        made += [Sighting("child", n, asked, name, path, instance=False) for path, name in names]
    made += people("log", [40_000 + 300 * n for n in range(300)], [_ALIAS + n for n in rng.permutation(300).tolist()])
    assert {("events", "child"), ("table", "child")} <= set(drawn(made))
