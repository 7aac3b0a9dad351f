"""The one door to the log's own bytes: raw fetches, batch headers, and a thread that follows one log topic."""

from flowaudit.sources.kafka_log.batches import Batch, BatchUndecodable, LogRecord, read_batches, readable_batches
from flowaudit.sources.kafka_log.cursor import PositionOf
from flowaudit.sources.kafka_log.fetch import FetchedPartition, LogFetcher, log_starts
from flowaudit.sources.kafka_log.follower import Flushed, FollowedTopic, Follower, TailBatch, TailHealth, TailSink
from flowaudit.sources.kafka_log.tail import LogTail

__all__ = [
    "Batch",
    "BatchUndecodable",
    "FetchedPartition",
    "Flushed",
    "FollowedTopic",
    "Follower",
    "LogFetcher",
    "LogRecord",
    "LogTail",
    "PositionOf",
    "TailBatch",
    "TailHealth",
    "TailSink",
    "log_starts",
    "read_batches",
    "readable_batches",
]
