"""One system of the estate as a process: ``python -m flowaudit.estates.process NAME``, started by the simulator.

The name is for people who look at the list of processes; everything else comes as a start order on standard input.
"""

from __future__ import annotations

import importlib
import sys
from typing import Final

from flowaudit.estates.catalogue import PARTS
from flowaudit.estates.link import Link
from flowaudit.estates.order import Report
from flowaudit.estates.pump import Pump

CLIENTS: Final = {
    "confluent-kafka": "flowaudit.estates.clients.confluent",
    "kafka-python": "flowaudit.estates.clients.kafka_python",
    "aiokafka": "flowaudit.estates.clients.aiokafka",
    "faust": "flowaudit.estates.clients.faust",
}
"""Only the part's own client library is imported: fifteen processes start on one machine."""


def main() -> int:
    """Run the part that the start order names until told to stop; 0 when it ended as asked."""
    link = Link.open()
    part = next(part for part in PARTS if part.process == link.order.process)
    client = importlib.import_module(CLIENTS[part.client])
    try:
        client.run(Pump(part, link))
    except Exception as error:  # noqa: BLE001 - whatever ends a system is told to the simulator, by type only
        if link.stopping.is_set():
            return 0
        link.report(Report("failed", type(error).__name__))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
