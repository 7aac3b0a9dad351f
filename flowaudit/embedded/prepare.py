"""Fetch and prepare once what every later start uses: ``python -m flowaudit.embedded.prepare``.

For CI, images and machines that will be offline. Without it the first start fetches by itself, and starts stay slower.
"""

from __future__ import annotations

import contextlib
import sys
import time

from flowaudit.embedded.class_cache import assemble, can_train, class_cache_path, recording
from flowaudit.embedded.cluster_id import new_cluster_id
from flowaudit.embedded.node import Node
from flowaudit.embedded.options import EmbeddedKafkaOptions
from flowaudit.embedded.ports import reserved_ports
from flowaudit.embedded.properties import broker_properties
from flowaudit.embedded.runtime import cache_dir_of, plain_runtime
from flowaudit.errors import FlowAuditError


def prepare(options: EmbeddedKafkaOptions | None = None) -> None:
    """Fetch the jars and make the class cache, where they are missing; some ten seconds the first time, then nothing.

    Raises:
        EmbeddedKafkaUnavailable: the jars cannot be fetched, or the training broker did not start.
        JarRefused: a jar is not the one that the lock names.
    """
    options = options or EmbeddedKafkaOptions()
    runtime = plain_runtime(options)
    class_cache = class_cache_path(runtime, cache_dir_of(options))
    if class_cache.is_file() or not can_train(runtime):
        return
    with contextlib.closing(Node()) as node:
        record = node.node_dir / "classes.record"
        deadline_s = time.monotonic() + options.start_timeout_s
        with reserved_ports() as ports:
            node.write_files(broker_properties(ports, node.node_dir / "data", None, options.broker_properties))
            node.format(recording(runtime, record), new_cluster_id(), deadline_s, stop_gracefully=False)
        node.start_broker(deadline_s)
        node.stop_broker(deadline_s)
        assemble(runtime, record, class_cache)


def main() -> None:
    """Prepare with the default options; an error is one line on stderr."""
    try:
        prepare()
    except FlowAuditError as error:
        sys.exit(f"flowaudit: {error}")


if __name__ == "__main__":
    main()
