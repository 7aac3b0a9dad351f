"""One round of questions to one worker: is it of this Kafka cluster, and which connectors does its cluster run?"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Channel, NotVisible, Provenance
from flowaudit.sources.connect.answers import AnswerUndecodable, read_worker
from flowaudit.sources.connect.decode import Listing, decode_listing
from flowaudit.sources.connect.rest import WorkerClient

_LISTING_PATH: Final = "/connectors?expand=info&expand=status"
_REFUSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_MOMENTARY: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})
"""Workers answer so while they share out their connectors."""
_HIDES: Final = {
    "other-kafka-cluster": "the connectors of this worker: it works for another Kafka cluster than the audited one",
    "no-connect-right": "the connectors of this worker: it refuses the credentials of connect.username",
    "no-connect-worker": "the connectors of this worker: what answers there does not speak Connect's REST API",
    "worker-unreachable": "the connectors of this worker: neither it nor another of its Connect cluster answers",
}


class _Refused(Exception):
    """The worker wants other credentials."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A worker that answers, but does not list its connectors to us. `reason` is the code of a `NotVisible`."""

    reason: str


def visit(client: WorkerClient, cluster_id: str) -> Listing | Turned:
    """Ask a worker; `cluster_id` is the audited cluster's, empty to take any.

    Raises:
        WorkerUnreachable: it does not answer.
    """
    try:
        worker = read_worker(_ask(client, "/"))
        if not worker.kafka_cluster_id:
            return Turned("no-connect-worker")
        if cluster_id and worker.kafka_cluster_id != cluster_id:
            return Turned("other-kafka-cluster")
        return decode_listing(_ask(client, _LISTING_PATH))
    except _Refused:
        return Turned("no-connect-right")
    except AnswerUndecodable:
        return Turned("no-connect-worker")


def _ask(client: WorkerClient, path: str) -> bytes:
    answer = client.get(path)
    if answer.status in _REFUSED:
        raise _Refused
    if answer.status in _MOMENTARY or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        reason = f"HTTP status {answer.status}"
        raise client.unreachable(reason)
    # The body of any other answer is a message, and a message could be taken for a list of connectors.
    return answer.body if answer.status == HTTPStatus.OK else b""


def not_asked(client: WorkerClient, reason: str, now_ms: int) -> NotVisible:
    """What a worker that could not be asked hides."""
    provenance = Provenance(Channel.CONNECT, now_ms, f"GET {client.url}/")
    return NotVisible(provenance, "source", client.url, reason, _HIDES[reason])


def nobody_answers(clients: int) -> SourceUnreachable:
    """The error of a source none of whose workers answers."""
    msg = (
        f"no Kafka Connect worker answers ({clients} tried): are the addresses in connect.urls right, are the workers "
        "up, is connect.ssl_ca_file the authority of their certificates?"
    )
    return SourceUnreachable(msg)
