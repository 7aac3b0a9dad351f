"""Client libraries' logs are not ours to show: they carry addresses, requests and, at DEBUG, records."""

from __future__ import annotations

import logging

_LIBRARIES = ("aiokafka", "kafka", "faust", "mode")


def quiet_libraries() -> None:
    """Let the client libraries log to nobody. Called by the entry points that own a thread or a process."""
    for name in _LIBRARIES:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
