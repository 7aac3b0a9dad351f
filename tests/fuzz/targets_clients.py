"""The decoders of lines and pages that brokers write about their clients."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Final

from flowaudit.sources.broker_logs.decode import LineUndecodable, RequestLog, decode_audit_event, decode_authorizer_line
from flowaudit.sources.broker_metrics.decode import PageUndecodable, bytes_by_topic
from flowaudit.sources.client_metrics.decode import decode_push
from flowaudit.sources.client_metrics.otlp import OtlpUndecodable, decode_points
from tests.fuzz.target import Target

SEEDS: Final = Path(__file__).with_name("seeds_clients")
AUDIT_EVENT: Final = json.dumps(
    {
        "specversion": "1.0",
        "id": "7d4c2a10",
        "source": "crn:///kafka=c-1",
        "subject": "crn:///kafka=c-1/topic=orders",
        "type": "io.confluent.kafka.server/authorization",
        "time": "2026-11-22T10:00:00.123Z",
        "datacontenttype": "application/json",
        "data": {
            "serviceName": "crn:///kafka=c-1",
            "methodName": "kafka.FetchConsumer",
            "resourceName": "crn:///kafka=c-1/topic=orders",
            "authenticationInfo": {"principal": "User:billing"},
            "authorizationInfo": {
                "granted": True,
                "operation": "Read",
                "resourceType": "Topic",
                "resourceName": "orders",
                "patternType": "LITERAL",
            },
            "request": {"correlation_id": "456", "client_id": "biller-1"},
            "requestMetadata": {"client_address": "/10.1.2.3"},
        },
    }
).encode()


def lines(name: str) -> tuple[bytes, ...]:
    """Lines that a real broker, or our plugin in one, wrote."""
    return tuple((SEEDS / name).read_bytes().splitlines())


PUSHES: Final = lines("client-metrics.jsonl")
_PAYLOADS: Final = tuple(base64.b64decode(json.loads(push)["otlp"]) for push in PUSHES)


def _request(line: bytes) -> object:
    log = RequestLog()
    log.take("broker-1", "request log", line, 1)
    return log.facts(10**6, {})


def _page(page: bytes) -> object:
    return bytes_by_topic(page, "kafka_server_brokertopicmetrics_bytesout_total")


TARGETS: Final = (
    Target("request log", _request, LineUndecodable, lines("request.log")),
    Target("authorizer log", decode_authorizer_line, LineUndecodable, lines("authorizer.log")),
    Target("audit event", decode_audit_event, LineUndecodable, (AUDIT_EVENT,)),
    Target("client metrics line", decode_push, LineUndecodable, PUSHES),
    Target("client metrics payload", decode_points, OtlpUndecodable, _PAYLOADS),
    Target("broker metrics page", _page, PageUndecodable, ((SEEDS / "metrics.txt").read_bytes(),)),
)
