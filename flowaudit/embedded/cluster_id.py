"""The id by which we know our own cluster: chosen by us, formatted into its logs, and asked for once it answers."""

from __future__ import annotations

import base64
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def new_cluster_id() -> str:
    """Return a random cluster id as Kafka writes one: 128 bits in base64url, without a leading dash."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return text


def formatted_cluster_id(logs_dir: Path) -> str | None:
    """Return the cluster id of a logs folder that was formatted before; None for a new one."""
    meta = logs_dir / "meta.properties"
    if not meta.is_file():
        return None
    settings = (line.partition("=") for line in meta.read_text(encoding="utf-8").splitlines())
    return next((value.strip() for key, _, value in settings if key.strip() == "cluster.id"), None)
