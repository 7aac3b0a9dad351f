"""Every query of a dashboard document, with its template variables filled in: what tests ask a Prometheus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).parent / "dashboards" / "flowaudit.json"
"""The committed dashboard."""

VARIABLES = {"$job": ".*", "$instance": ".*", "$kafka_cluster": ".*"}


@dataclass(frozen=True, slots=True)
class Expression:
    """One query of one panel."""

    panel: str
    panel_type: str
    ref_id: str
    text: str


def expressions(dashboard: Path, rate_interval: str = "1m") -> Iterator[Expression]:
    """The queries, ready to be asked; `rate_interval` stands for `$__rate_interval`."""
    document = json.loads(dashboard.read_text(encoding="utf-8"))
    for panel in document["panels"]:
        for target in panel["targets"]:
            text = target["expr"].replace("$__rate_interval", rate_interval)
            for name, value in VARIABLES.items():
                text = text.replace(f'"{name}"', f'"{value}"')
            yield Expression(panel["title"], panel["type"], target["refId"], text)
