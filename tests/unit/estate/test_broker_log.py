"""What Kafka's tool prints of a log, read: only what came to stay counts."""

from __future__ import annotations

from tests.estate.broker_log import UNSIGNED, parse_dump


def file(topic: str, partition: int = 0) -> str:
    return f"Dumping /data/{topic}-{partition}/00000000000000000000.log"


def batch(producer_id: int, *, in_transaction: bool = False, control: bool = False) -> str:
    flags = f"isTransactional: {str(in_transaction).lower()} isControl: {str(control).lower()}"
    return (
        f"baseOffset: 7 lastOffset: 7 count: 1 baseSequence: 0 lastSequence: 0 producerId: {producer_id} "
        f"producerEpoch: 0 partitionLeaderEpoch: 0 {flags} deleteHorizonMs: OptionalLong.empty position: 0 "
        "CreateTime: 1795433858797 size: 69 magic: 2 compresscodec: none crc: 1560940309 isvalid: true"
    )


def marker(producer_id: int, outcome: str) -> list[str]:
    end = "| offset: 8 CreateTime: 1795433859029 keySize: 4 valueSize: 6 sequence: -1 headerKeys: []"
    return [batch(producer_id, in_transaction=True, control=True), f"{end} endTxnMarker: {outcome} coordinatorEpoch: 0"]


def commit(group: str, topic: str, payload: str = '{"version":"4","data":{"offset":1,"metadata":""}}') -> str:
    key = f'{{"type":"1","data":{{"group":"{group}","topic":"{topic}","partition":0}}}}'
    head = "| offset: 2 CreateTime: 1795433858984 keySize: 13 valueSize: 24 sequence: 0 headerKeys: []"
    return f"{head} key: {key} payload: {payload}"


def test_a_record_outside_of_a_transaction_is_there() -> None:
    log = parse_dump([file("gate.opened"), batch(4), file("meter-read", 1), batch(UNSIGNED)])
    assert log.writes == {("gate.opened", 4), ("meter-read", UNSIGNED)}


def test_a_transaction_counts_once_its_marker_says_so() -> None:
    log = parse_dump(
        [
            file("fares"),
            batch(1, in_transaction=True),
            *marker(1, "COMMIT"),
            batch(2, in_transaction=True),
            *marker(2, "ABORT"),
            batch(3, in_transaction=True),
        ]
    )
    assert log.writes == {("fares", 1)}
    assert log.aborted == {("fares", 2)}


def test_a_marker_in_one_partition_ends_nothing_in_another() -> None:
    log = parse_dump([file("fares", 0), batch(1, in_transaction=True), file("fares", 1), *marker(1, "COMMIT")])
    assert log.writes == set()


def test_offsets_of_committed_transactions_name_the_producers_group() -> None:
    log = parse_dump(
        [
            file("__consumer_offsets", 3),
            batch(1, in_transaction=True),
            commit("fares", "gate.opened"),
            *marker(1, "COMMIT"),
            batch(2, in_transaction=True),
            commit("rehearsal", "gate.opened"),
            *marker(2, "ABORT"),
        ]
    )
    assert log.commits == {("gate.opened", "fares")}
    assert log.groups == {1: {"fares"}}


def test_a_tombstone_is_no_commit() -> None:
    log = parse_dump([file("__consumer_offsets"), batch(UNSIGNED), commit("gone", "gate.opened", "<DELETE>")])
    assert log.commits == set()
    assert log.writes == set()
