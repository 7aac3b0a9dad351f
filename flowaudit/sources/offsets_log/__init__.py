"""The offsets log source: `__consumer_offsets` read from its head and followed, where nothing that reads escapes."""

from flowaudit.sources.offsets_log.follow import OFFSETS_TOPIC, OffsetsLogFollower

__all__ = ["OFFSETS_TOPIC", "OffsetsLogFollower"]
