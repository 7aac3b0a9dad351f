"""A read-only session with the Admin API of one cluster.

Requests are sent raw and answered per item: the library's own methods give up on the first item that fails
(kafka-python 3.0.12: one unreadable partition, or one Connect group, hides all the others).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from flowaudit.errors import SourceUnreachable
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin.options import admin_options


@dataclass(frozen=True, slots=True)
class ClusterIdentity:
    """Which cluster answers."""

    id: str
    namespace: str
    brokers: int


class AdminSession:
    """Asks one cluster. Thread-safe: kafka-python runs the I/O on a thread of its own.

    Every method raises `SourceUnreachable` when the cluster does not answer. The texts of the library's errors are
    left out on purpose: they carry request and connection dumps.
    """

    def __init__(self, connection: KafkaConnection) -> None:
        self._connection = connection
        try:
            self._admin = KafkaAdminClient(**admin_options(connection, "admin"))
        except (KafkaError, OSError, ValueError) as error:
            raise _unreachable(connection, error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the session."""
        self._admin.close()

    def cluster(self) -> ClusterIdentity:
        """The cluster's id and how many brokers it has."""
        answer = self._ask(self._admin.describe_cluster)
        return ClusterIdentity(
            id=str(answer["cluster_id"]), namespace=self._connection.namespace, brokers=len(answer["brokers"])
        )

    def topics(self, names: Iterable[str] | None = None) -> list[Mapping[str, Any]]:
        """Metadata of all topics that the principal may describe, or of those named. Creates none."""
        wanted = None if names is None else sorted(names)
        found: list[Mapping[str, Any]] = self._ask(lambda: self._admin.describe_topics(wanted))
        return found

    def brokers(self) -> list[int]:
        """Ids of the live brokers; one that is registered and down (fenced, KIP-1073) cannot be asked."""
        answer = self._ask(self._admin.describe_cluster)
        return [int(broker["broker_id"]) for broker in answer["brokers"] if not broker.get("is_fenced")]

    def send(self, request: object, broker: int) -> Any:  # noqa: ANN401 (an untyped protocol message, decoded at the door)
        """Send one protocol request to one broker; returns the response object as the library decodes it."""
        return self._run(_send, self._admin, request, broker)

    def version_of(self, request: type) -> int:
        """The newest version of a protocol request that both the library and the brokers speak."""
        return int(self._ask(lambda: self._admin._manager.broker_version_data.api_version(request)))  # noqa: SLF001

    def _run(self, coroutine: Callable[..., Coroutine[Any, Any, Any]], *arguments: object) -> Any:  # noqa: ANN401
        return self._ask(lambda: self._admin._manager.run(coroutine, *arguments))  # noqa: SLF001 (no public raw send)

    def _ask(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401
        try:
            return call()
        except (KafkaError, OSError, RuntimeError) as error:  # RuntimeError: the library's own I/O thread has ended
            raise _unreachable(self._connection, error) from None


async def _send(admin: Any, request: object, broker: int) -> Any:  # noqa: ANN401
    return await admin._manager.send(request, node_id=broker)  # noqa: SLF001


def _unreachable(connection: KafkaConnection, error: Exception) -> SourceUnreachable:
    msg = (
        f"Kafka at {connection.bootstrap_servers!r} does not answer ({type(error).__name__}): "
        "is the address right, is the broker up, are the credentials and the security protocol the listener's?"
    )
    return SourceUnreachable(msg)
