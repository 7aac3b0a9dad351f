"""What facts of groups, commits and producers say about programs."""

from __future__ import annotations

from flowaudit.facts import Channel, Fact, GroupSeen, OffsetCommitted, ProducerSeen, Provenance
from flowaudit.linkage.readers import Programs, Writer, programs_in
from tests.unit.linkage.made_runs import START_MS

PROVENANCE = Provenance(Channel.COMMITTED_OFFSETS, START_MS, "made for a test")


def written(topic: str, producer_id: int) -> Fact:
    return ProducerSeen(PROVENANCE, topic, 0, producer_id, 0, 5, START_MS)


def writers(*facts: Fact) -> list[list[str]]:
    return [sorted(writer.topics) for writer in programs_in(facts).writers]


def test_topics_of_one_producer_have_one_writer() -> None:
    assert writers(written("a", 7), written("b", 7), written("c", 8)) == [["a", "b"], ["c"]]


def test_a_topic_of_two_producers_makes_them_one_writer() -> None:
    assert writers(written("a", 7), written("c", 8), written("b", 7), written("b", 8)) == [["a", "b", "c"]]


def test_of_producers_without_an_id_nothing_is_known() -> None:
    assert writers(written("a", -1), written("b", -1)) == []


def test_a_group_reads_what_it_committed_is_assigned_or_has_subscribed_to() -> None:
    seen = GroupSeen(PROVENANCE, "g", "classic", "consumer", "Stable", 1, ("assigned",), ("subscribed",))
    idle = GroupSeen(PROVENANCE, "idle", "classic", "consumer", "Empty", 0, (), ())
    programs = programs_in([seen, idle, OffsetCommitted(PROVENANCE, "g", "committed", 0, 5)])
    assert programs.read_by == (("g", frozenset({"assigned", "committed", "subscribed"})),)


def test_in_between_are_only_topics_in_which_nothing_can_be_followed() -> None:
    cipher = Writer(frozenset({"hidden", "open"}), ("cipher",))
    programs = Programs((("cipher", frozenset({"a"})),), (cipher,))
    assert programs.between("a", {"hidden", "open", "other"}, {"open"}) == ("hidden",)
    assert programs.between("b", {"hidden", "open", "other"}, {"open"}) == ()


def test_a_sibling_is_what_every_writer_writes_too_and_reads_nowhere() -> None:
    reading = (("g", frozenset({"b"})),)
    together = frozenset({"a", "b", "c"})
    assert Programs(reading, (Writer(together),)).only_siblings_of("a") == {"b", "c"}
    assert Programs(reading, (Writer(together, ("g",)),)).only_siblings_of("a") == {"c"}
    assert Programs(reading, (Writer(together, likely_groups=("g",)),)).only_siblings_of("a") == {"c"}
    beside = Writer(frozenset({"a", "b"}))
    assert Programs(writers=(Writer(together), beside)).only_siblings_of("a") == {"b"}
    assert Programs(writers=(beside,)).only_siblings_of("z") == frozenset()
