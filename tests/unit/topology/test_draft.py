"""A draft is a file that the reader takes, whatever the names in it are."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from flowaudit.topology.draft import TODO, Draft, DraftFlow, DraftSystem, draft_text, exactly
from flowaudit.topology.load import parse_topology
from flowaudit.topology.model import Match

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(str.strip)


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True), NAMES)
def test_every_name_comes_back_as_it_was(names: list[str], title: str) -> None:
    systems = tuple(DraftSystem(name, title, Match(topics=exactly([name])), notes=(name,)) for name in names)
    flows = (DraftFlow(names[0], names[-1], notes=(title,)),)
    topology = parse_topology(draft_text(Draft(title, title, systems, flows, head=(title,), notes=(title,))))
    assert [system.name for system in topology.systems] == names
    assert {system.title for system in topology.systems} == {title}
    assert [(flow.source, flow.target, flow.purpose) for flow in topology.flows] == [(names[0], names[-1], TODO)]


@given(NAMES, NAMES)
def test_exact_patterns_match_their_name_alone(name: str, other: str) -> None:
    (pattern,) = exactly([name])
    assert fnmatchcase(name, pattern)
    assert fnmatchcase(other, pattern) == (name == other)
