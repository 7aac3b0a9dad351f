"""Of records that quote an event the people need no second source, of others they do."""

from __future__ import annotations

import numpy as np

from tests.unit.linkage.made_runs import Sighting
from tests.unit.linkage.test_infer import drawn, people


def answered_calls(count: int) -> list[Sighting]:
    """`answers` quotes each call and names a caller whom it has looked up; so has `log` just before, by itself."""
    rng = np.random.default_rng(1)
    made = []
    for n in range(count):
        answered, who = 250 * n + 100 + int(rng.integers(0, 30)), int(rng.integers(0, 300))
        made += [
            Sighting("calls", n, 250 * n, 50_000 + n, "$.own"),
            Sighting("answers", n, answered, 50_000 + n, "$.to"),
        ]
        made.append(Sighting("answers", n, answered, 7_000 + who, "$.caller", instance=False))
        made.append(
            Sighting("log", n, 250 * n + 40 + int(rng.integers(0, 50)), 7_000 + who, "$.caller", instance=False)
        )
    # The same people elsewhere, so that no name of theirs says by itself where it is from.
    ats, whom = np.sort(rng.integers(0, 250 * count, count)).tolist(), rng.integers(7_000, 7_300, count).tolist()
    return [*made, *people("trains", ats, whom)]


def test_who_quotes_an_event_needs_no_source_of_its_people_though_other_records_of_the_topic_do() -> None:
    rng = np.random.default_rng(2)
    ats, whom = np.sort(rng.integers(0, 100_000, 600)).tolist(), rng.integers(0, 300, 600).tolist()
    made = [*answered_calls(400), *people("doors", ats, whom)]
    for n, (at, who) in enumerate(zip(ats, whom, strict=True)):
        made.append(Sighting("answers", 1_000 + n, at + 50 + int(rng.integers(0, 30)), who, "$.who", instance=False))
    assert set(drawn(made)) == {("calls", "answers"), ("doors", "answers")}


def test_records_whose_event_is_not_in_the_sample_are_not_taken_for_such_as_quote_none() -> None:
    sampled = [s for s in answered_calls(1_200) if s.token % 2]
    assert set(drawn(sampled)) == {("calls", "answers")}
