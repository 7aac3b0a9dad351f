"""Settings → how to reach a cluster."""

from __future__ import annotations

from flowaudit.config.sections import KafkaSettings
from flowaudit.sources.connection import KafkaConnection


def connection_of(settings: KafkaSettings) -> KafkaConnection:
    """Translate the `kafka` or `audit_cluster` section."""
    sasl = settings.security_protocol.startswith("SASL")
    password, key_password = settings.sasl_password, settings.ssl_key_password
    return KafkaConnection(
        bootstrap_servers=",".join(settings.bootstrap_servers),
        security_protocol=settings.security_protocol,
        sasl_mechanism=settings.sasl_mechanism if sasl else "",
        sasl_username=settings.sasl_username or "",
        sasl_password=password.get_secret_value() if password else "",
        ssl_cafile=str(settings.ssl_ca_file or ""),
        ssl_certfile=str(settings.ssl_certificate_file or ""),
        ssl_keyfile=str(settings.ssl_key_file or ""),
        ssl_key_password=key_password.get_secret_value() if key_password else "",
        ssl_check_hostname=settings.ssl_check_hostname,
        client_id=settings.client_id,
        request_timeout_ms=settings.request_timeout_ms,
    )
