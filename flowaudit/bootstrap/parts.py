"""Which concrete parts an audit is made of."""

from __future__ import annotations

import secrets
from hashlib import blake2b
from pathlib import Path

from pydantic import SecretStr

from flowaudit.bootstrap.connection import connection_of
from flowaudit.bootstrap.sources import topic_filter_of
from flowaudit.config import Settings
from flowaudit.engine.clock import now_ms
from flowaudit.facts import Fact
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.sources.declared import declared_facts
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.tap.hints import FieldHint, HintKind
from flowaudit.sources.tap.reader import ReaderSettings
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.topology.load import load_topology

_RANDOM_KEY_BYTES = 32


def session_of(settings: Settings) -> AdminSession:
    """A session with the audited cluster.

    Raises:
        SourceUnreachable: it does not answer.
    """
    return AdminSession(connection_of(settings.kafka))


def declared_of(settings: Settings) -> list[Fact]:
    """The facts of the declared topology; none without one. A later load replaces an earlier one in the graph.

    Raises:
        TopologyInvalid: the file cannot be used; every mistake in it is named.
    """
    path = settings.topology.path
    return [] if path is None else declared_facts(load_topology(topology_file(path)), now_ms())


def topology_file(path: Path) -> Path:
    """A topology may be named by its folder."""
    return path / "topology.yaml" if path.is_dir() else path


def audit_settings_of(settings: Settings) -> AuditSettings:
    """How records are audited. Without a configured key the tokens of this run can be joined with no other run's."""
    given = settings.tap.key
    key = _key_of(given) if given else secrets.token_bytes(_RANDOM_KEY_BYTES)
    previous = _key_of(settings.tap.previous_key) if settings.tap.previous_key else None
    return AuditSettings(
        key=key,
        key_id=_key_id(key),
        previous_key=previous,
        previous_key_id=_key_id(previous) if previous else 0,
        theta=settings.tap.theta,
        max_fields=settings.linkage.max_fields,
        hints=tuple(
            FieldHint(hint.topic, hint.path, HintKind(hint.kind), hint.region) for hint in settings.tap.identifiers
        ),
    )


def _key_of(secret: SecretStr) -> bytes:
    return blake2b(secret.get_secret_value().encode()).digest()


def _key_id(key: bytes) -> int:
    return int.from_bytes(blake2b(b"key id", key=key, digest_size=2).digest())


def reader_settings_of(settings: Settings) -> ReaderSettings:
    """What the tap reads, and where it begins."""
    return ReaderSettings(connection_of(settings.kafka), topic_filter_of(settings), settings.tap.start)


def linkage_settings_of(settings: Settings) -> LinkageSettings:
    """How much linkage remembers. Buckets are a fifth of the window, so that a link is not a window late."""
    window_ms = settings.linkage.window_s * 1000
    bucket_ms = max(window_ms // 5, 1000)
    return LinkageSettings(
        window_ms=window_ms,
        bucket_ms=bucket_ms,
        max_sightings=settings.linkage.max_sightings,
        max_aliases=settings.linkage.max_aliases,
        rows_per_topic=settings.linkage.max_rows_per_topic,
        kept_rows_per_topic=settings.linkage.max_kept_rows_per_topic,
    )


def ledger_path(directory: Path) -> Path:
    """Where in a state directory the ledger lies."""
    return directory / "ledger.sqlite"
