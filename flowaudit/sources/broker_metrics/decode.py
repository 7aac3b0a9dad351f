"""A broker's page of metrics (Prometheus text) → bytes by topic. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from flowaudit.errors import FlowAuditError

_LABEL: Final = "topic"
_LONGEST_LINE: Final = 4_096


class PageUndecodable(FlowAuditError):
    """The page is no Prometheus text. What it says is not part of the message."""


def bytes_by_topic(page: bytes, series: str) -> dict[str, int]:
    """The values of `series` by its label `topic`, added up over its other labels.

    Only lines of that series are parsed: a broker's page may have a hundred thousand others. The series without a
    topic is the sum over all of them, and left out.

    Raises:
        PageUndecodable: a line of the series is no Prometheus text (or longer than any should be), or the page is not
            UTF-8.
    """
    try:
        text = page.decode()
        wanted = [line for line in text.splitlines() if line.startswith((f"{series}{{", f"{series} "))]
        if any(len(line) > _LONGEST_LINE for line in wanted):
            raise ValueError
        return _sums(wanted)
    except (ValueError, KeyError, IndexError, OverflowError):
        msg = f"a page of broker metrics is no Prometheus text where it speaks of {series}"
        raise PageUndecodable(msg) from None


def _sums(lines: Iterable[str]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for family in text_string_to_metric_families("".join(f"{line}\n" for line in lines)):
        for sample in family.samples:
            topic = sample.labels.get(_LABEL)
            if topic and math.isfinite(sample.value) and sample.value >= 0:
                sums[topic] = sums.get(topic, 0) + int(sample.value)
    return sums
