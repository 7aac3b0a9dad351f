"""How kafka-python's admin client connects. Pure."""

from __future__ import annotations

from typing import Final

from flowaudit.sources.connection import KafkaConnection

_BOOTSTRAP_TIMEOUT_MS: Final = 8_000
_MOST_IN_FLIGHT: Final = 1_000
"""Many sources share one session, and kafka-python fails the request that would be one too many (its default: 5)."""


def admin_options(connection: KafkaConnection, role: str) -> dict[str, object]:
    """Address and credentials in kafka-python's words; the client id ends in `role`."""
    options: dict[str, object] = {
        "bootstrap_servers": connection.bootstrap_servers.split(","),
        "client_id": f"{connection.client_id}-{role}",
        "security_protocol": connection.security_protocol,
        "request_timeout_ms": connection.request_timeout_ms,
        "bootstrap_timeout_ms": _BOOTSTRAP_TIMEOUT_MS,
        "max_in_flight_requests_per_connection": _MOST_IN_FLIGHT,
    }
    if connection.sasl_mechanism:
        options |= {
            "sasl_mechanism": connection.sasl_mechanism,
            "sasl_plain_username": connection.sasl_username,
            "sasl_plain_password": connection.sasl_password,
        }
    if connection.security_protocol.endswith("SSL"):
        options["ssl_check_hostname"] = connection.ssl_check_hostname
        files = {
            "ssl_cafile": connection.ssl_cafile,
            "ssl_certfile": connection.ssl_certfile,
            "ssl_keyfile": connection.ssl_keyfile,
            "ssl_password": connection.ssl_key_password,
        }
        options |= {key: given for key, given in files.items() if given}
    return options
