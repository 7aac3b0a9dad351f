"""What the settings ask to be watched, and as whom."""

from __future__ import annotations

from flowaudit.config import Settings
from flowaudit.rights import Plan


def plan_of(settings: Settings) -> Plan:
    """What the settings ask to be watched."""
    logs = settings.broker_logs
    places = {
        "connect": settings.connect.urls,
        "schema-registry": settings.schema_registry.url,
        "broker-logs": (*logs.request_logs, *logs.authorizer_logs, *logs.audit_logs, *logs.client_metrics),
        "broker-metrics": settings.broker_metrics.urls,
    }
    return Plan(
        tap=settings.tap.topics,
        records=settings.records.topics,
        looks_at_records=settings.records.enabled,
        reads_offsets_log=settings.offsets_log.enabled,
        reads_transactions=settings.transactions.enabled,
        asks_for_acls=settings.acls.enabled,
        audit_topic=logs.audit_topic or "",
        places=tuple(channel for channel, named in places.items() if named),
    )


def own_principal(settings: Settings) -> str:
    """Who the brokers take us for, where the settings say it: a certificate's principal is the brokers' to name."""
    kafka = settings.kafka
    if kafka.security_protocol.startswith("SASL"):
        return f"User:{kafka.sasl_username}"
    return "" if kafka.ssl_certificate_file else "User:ANONYMOUS"
