"""Command line + environment + file → settings, for the commands that run something."""

from __future__ import annotations

import os
from pathlib import Path

from flowaudit.config import Settings, load_settings


def settings_from(
    config: Path | None,
    *,
    bootstrap_servers: str | None = None,
    topology: Path | None = None,
    tap: list[str] | None = None,
) -> Settings:
    """The settings; an option that was not given changes nothing.

    Raises:
        ConfigInvalid: with every mistake in the file, the environment and the options.
    """
    given: dict[tuple[str, str], tuple[str, object]] = {
        ("kafka", "bootstrap_servers"): ("--bootstrap-servers", bootstrap_servers),
        ("topology", "path"): ("--topology", topology),
        ("tap", "topics"): ("--tap", tap or None),
    }
    arguments = {key: (option, value) for key, (option, value) in given.items() if value is not None}
    return load_settings(config, os.environ, arguments)
