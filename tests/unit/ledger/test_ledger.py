"""The ledger: what it keeps, what it refuses, and that it only ever grows."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flowaudit.errors import ExitCode, LedgerError
from flowaudit.facts import Channel, OffsetClass, Provenance, RecordQuarantined, RunAudited, Segment, TopicSeen
from flowaudit.ledger import FeedKey, Ledger, LedgerGap, PartitionKey, RunMalformed, TopicAccount

SEEN = Provenance(Channel.METADATA, 5, "made for a test")


def run(low: int, *ends: tuple[int, OffsetClass], topic: str = "t", topic_id: str = "id") -> RunAudited:
    segments = []
    for high, offset_class in ends:
        segments.append(Segment(low, high, offset_class))
        low = high
    return RunAudited(SEEN, topic, topic_id, 0, tuple(segments), value_bytes=100, tombstones=2)


def audited(low: int, high: int, topic_id: str = "id") -> RunAudited:
    return run(low, (high, OffsetClass.AUDITED), topic_id=topic_id)


def topic(name: str) -> TopicSeen:
    return TopicSeen(SEEN, name, "id", 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "deep" / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path, "cluster-1") as opened:
        yield opened


def test_a_new_ledger_is_readable_by_its_owner_only(ledger: Ledger, path: Path) -> None:
    ledger.append([topic("t")])
    files = [path, *path.parent.glob("ledger.db-*")]
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_fact_told_twice_is_stored_once(ledger: Ledger) -> None:
    assert ledger.append([topic("a"), topic("b"), topic("a")]) == 2
    assert ledger.append([topic("b"), topic("c")]) == 1
    assert list(ledger.facts()) == [(1, topic("a")), (2, topic("b")), (3, topic("c"))]
    assert list(ledger.facts(since_seq=2)) == [(3, topic("c"))]


def test_facts_come_back_in_pages_without_loss(ledger: Ledger) -> None:
    told = [topic(f"t{number}") for number in range(2_500)]
    assert ledger.append(told) == 2_500
    assert [fact for _, fact in ledger.facts()] == told


def test_a_replay_is_trimmed_to_its_new_part(ledger: Ledger) -> None:
    ledger.append([run(100, (110, OffsetClass.AUDITED), (112, OffsetClass.INVISIBLE))])
    replay = run(105, (111, OffsetClass.AUDITED), (115, OffsetClass.QUARANTINED), (120, OffsetClass.TRUNCATED))
    assert ledger.append([replay]) == 1
    (_, first), (_, second) = ledger.facts()
    assert isinstance(first, RunAudited)
    assert isinstance(second, RunAudited)
    assert second.segments == (
        Segment(112, 115, OffsetClass.QUARANTINED),
        Segment(115, 120, OffsetClass.TRUNCATED),
    )
    assert (first.value_bytes, second.value_bytes, second.tombstones) == (100, 0, 0)
    assert ledger.append([replay, audited(100, 120)]) == 0
    assert ledger.accounts() == (TopicAccount("t", "id", 1, audited=10, quarantined=3, invisible=2, truncated=5),)
    assert ledger.accounts()[0].offsets == 20
    assert ledger.positions() == {PartitionKey("t", "id", 0): 120}
    assert ledger.starts() == {PartitionKey("t", "id", 0): 100}


def test_runs_of_one_call_follow_each_other(ledger: Ledger) -> None:
    assert ledger.append([audited(0, 5), audited(5, 9), audited(3, 12), audited(0, 2)]) == 3
    assert ledger.positions() == {PartitionKey("t", "id", 0): 12}


def test_offsets_below_the_start_of_an_account_stay_outside(ledger: Ledger) -> None:
    ledger.append([audited(100, 110)])
    assert ledger.append([audited(50, 105)]) == 0
    assert ledger.starts() == {PartitionKey("t", "id", 0): 100}


def test_a_gap_is_refused_with_everything_of_that_call(ledger: Ledger) -> None:
    ledger.append([audited(0, 10)])
    key = FeedKey("facts", "audit", 0)
    with pytest.raises(LedgerGap, match=r"topic t partition 0: .* starts at 12, .* up to 10; offsets 10-11 would go"):
        ledger.append([topic("new"), audited(12, 20)], {key: 7})
    assert ledger.positions() == {PartitionKey("t", "id", 0): 10}
    assert ledger.feed_positions("facts") == {}
    assert len(list(ledger.facts())) == 1


def test_a_recreated_topic_has_an_account_of_its_own(ledger: Ledger) -> None:
    ledger.append([audited(0, 10), audited(0, 4, topic_id="reborn")])
    assert ledger.positions() == {PartitionKey("t", "id", 0): 10, PartitionKey("t", "reborn", 0): 4}
    assert [account.topic_id for account in ledger.accounts()] == ["id", "reborn"]


@pytest.mark.parametrize(
    "segments",
    [
        (),
        (Segment(3, 3, OffsetClass.AUDITED),),
        (Segment(5, 3, OffsetClass.AUDITED),),
        (Segment(-2, 3, OffsetClass.AUDITED),),
        (Segment(0, 3, OffsetClass.AUDITED), Segment(4, 5, OffsetClass.AUDITED)),
        (Segment(0, 3, OffsetClass.AUDITED), Segment(2, 5, OffsetClass.AUDITED)),
    ],
)
def test_a_run_with_holes_of_its_own_is_refused(ledger: Ledger, segments: tuple[Segment, ...]) -> None:
    with pytest.raises(RunMalformed, match="topic t partition 0"):
        ledger.append([RunAudited(SEEN, "t", "id", 0, segments)])
    assert ledger.positions() == {}


def test_feed_positions_are_saved_with_the_facts_and_only_move_forward(ledger: Ledger, path: Path) -> None:
    mine, other = FeedKey("facts", "audit", 0), FeedKey("other", "audit", 0)
    ledger.append([topic("a")], {mine: 5, other: 9})
    ledger.append([], {mine: 3})
    assert ledger.feed_positions("facts") == {mine: 5}
    ledger.append([], {mine: 8})
    ledger.close()
    with Ledger.open(path, "cluster-1") as again:
        assert again.feed_positions("facts") == {mine: 8}
        assert again.feed_positions("other") == {other: 9}


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE facts SET kind = 'x'",
        "DELETE FROM facts",
        "UPDATE intervals SET class = 'audited'",
        "DELETE FROM intervals",
        "UPDATE meta SET value = 'x'",
        "DELETE FROM meta",
        "INSERT INTO intervals VALUES ('cluster-1', 't', 'id', 0, 5, 9, 'audited', 1)",
        "INSERT INTO intervals VALUES ('cluster-1', 't', 'id', 0, 11, 12, 'audited', 1)",
        "INSERT INTO intervals VALUES ('cluster-1', 't', 'id', 0, 10, 12, 'lost', 1)",
        "INSERT OR REPLACE INTO intervals VALUES ('cluster-1', 't', 'id', 0, 0, 12, 'audited', 1)",
        "UPDATE feed_positions SET next_offset = 1",
    ],
)
def test_the_file_refuses_to_be_rewritten_by_anyone(ledger: Ledger, path: Path, tampering: str) -> None:
    ledger.append([audited(0, 10)], {FeedKey("f", "t", 0): 5})
    stranger = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        stranger.execute(tampering)
    stranger.close()


def test_a_fact_cannot_be_replaced_by_another_of_its_number(ledger: Ledger, path: Path) -> None:
    ledger.append([topic("a")])
    stranger = sqlite3.connect(path)
    stranger.execute("INSERT OR REPLACE INTO facts VALUES (1, randomblob(16), 'x', 0, x'00')")
    stranger.commit()
    stranger.close()
    assert list(ledger.facts()) == [(1, topic("a"))]


def test_a_reader_sees_what_is_written_and_cannot_write(ledger: Ledger, path: Path) -> None:
    ledger.append([audited(0, 10)])
    with Ledger.read(path) as reader:
        assert reader.cluster_id == "cluster-1"
        ledger.append([audited(10, 20)])
        assert reader.positions() == {PartitionKey("t", "id", 0): 20}
        with pytest.raises(LedgerError, match="cannot be written"):
            reader.append([audited(20, 30)])


@pytest.mark.parametrize("asked", [Ledger.positions, Ledger.starts])
def test_asking_for_positions_costs_no_more_when_much_is_accounted_for(
    ledger: Ledger, asked: Callable[[Ledger], dict[PartitionKey, int]]
) -> None:
    names = [f"id-{number}" for number in range(10)]
    steps = []
    for low in (0, 2_000):
        ledger.append(audited(at, at + 1, name) for name in names for at in range(low, low + 2_000))
        steps.append(steps_of(ledger, lambda: asked(ledger)))
    assert set(asked(ledger)) == {PartitionKey("t", name, 0) for name in names}
    assert steps[1] < 1.5 * steps[0] < 3_000


def steps_of(ledger: Ledger, asking: Callable[[], object]) -> int:
    """Instructions of SQLite's virtual machine, by tens."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 10
        return 0

    ledger._connection.set_progress_handler(step, 10)
    asking()
    ledger._connection.set_progress_handler(None, 10)
    return steps


def test_what_is_closed_is_there_after_opening(path: Path) -> None:
    with Ledger.open(path, "cluster-1") as first:
        first.append([audited(0, 10), topic("t")])
    with Ledger.open(path, "cluster-1") as second:
        assert len(list(second.facts())) == 2
        second.verify()
    second.close()


def test_another_cluster_is_refused(path: Path) -> None:
    Ledger.open(path, "cluster-1").close()
    with pytest.raises(LedgerError, match=r"belongs to cluster cluster-1, not to cluster-2") as refused:
        Ledger.open(path, "cluster-2")
    assert refused.value.exit_code is ExitCode.USAGE
    with pytest.raises(LedgerError, match="belongs to cluster"):
        Ledger.read(path, "cluster-2")


def test_another_schema_version_is_refused(path: Path) -> None:
    Ledger.open(path, "cluster-1").close()
    stranger = sqlite3.connect(path)
    stranger.execute("PRAGMA user_version = 99")
    stranger.close()
    with pytest.raises(LedgerError, match=r"schema version 99, this flowaudit knows version 1"):
        Ledger.open(path, "cluster-1")


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    stranger = sqlite3.connect(path)
    stranger.execute("CREATE TABLE theirs (x)")
    stranger.commit()
    stranger.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="no ledger of flowaudit"):
        Ledger.open(path, "cluster-1")
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_ledger(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()
    with Ledger.open(path, "cluster-1") as opened:
        assert opened.append([topic("t")]) == 1


def test_there_is_nothing_to_read_where_no_ledger_is(path: Path) -> None:
    with pytest.raises(LedgerError, match="no such file"):
        Ledger.read(path)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database " * 200)
    with pytest.raises(LedgerError, match="not an SQLite file, or damaged"):
        Ledger.open(path, "c")
    with pytest.raises(LedgerError, match="not an SQLite file, or damaged"):
        Ledger.read(path)


def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="cannot be written"):
        Ledger.open(tmp_path / "file" / "ledger.db", "c")


def test_damage_inside_is_found_and_said_in_plain_words(path: Path) -> None:
    with Ledger.open(path, "cluster-1") as ledger:
        ledger.append([topic(f"topic number {number}") for number in range(3_000)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + bytes(4096) + whole[len(whole) // 2 + 4096 :])
    with Ledger.open(path, "cluster-1") as damaged, pytest.raises(LedgerError, match="damaged; restore it"):
        damaged.verify()


def test_a_changed_body_is_found(ledger: Ledger, path: Path) -> None:
    ledger.append([topic("a"), topic("b")])
    stranger = sqlite3.connect(path)
    stranger.executescript("DROP TRIGGER facts_no_update; UPDATE facts SET body = x'00' WHERE seq = 2")
    stranger.close()
    with pytest.raises(LedgerError, match="fact 2 is not what its identity says"):
        ledger.verify()


def test_a_second_writer_is_refused_in_plain_words(path: Path) -> None:
    with Ledger.open(path, "cluster-1") as ledger:
        other = sqlite3.connect(path)
        other.execute("BEGIN IMMEDIATE")
        ledger._connection.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(LedgerError, match="another process is writing"):
            ledger.append([topic("a")])
        other.execute("ROLLBACK")
        other.close()
        assert ledger.append([topic("a")]) == 1


def test_a_full_disk_stores_nothing_of_the_call_and_says_so(ledger: Ledger) -> None:
    ledger.append([audited(0, 10)])
    pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
    ledger._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(LedgerError, match="the disk is full"):
        ledger.append([audited(10, 20), *(topic("x" * 200 + str(number)) for number in range(500))])
    assert ledger.positions() == {PartitionKey("t", "id", 0): 10}
    ledger._connection.execute("PRAGMA max_page_count = 1000000")
    assert ledger.append([audited(10, 20)]) == 1


def test_quarantined_records_are_facts_like_others(ledger: Ledger) -> None:
    fact = RecordQuarantined(SEEN, "t", "id", 0, 3, "not-json", 17)
    assert ledger.append([fact, fact]) == 1
    assert [told for _, told in ledger.facts()] == [fact]


def test_a_second_writer_is_refused_while_the_first_is_there_and_readers_are_not(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger.open(path, "c"):
        with pytest.raises(LedgerError, match="another run is writing to it"):
            Ledger.open(path, "c")
        Ledger.read(path).close()
    Ledger.open(path, "c").close()
