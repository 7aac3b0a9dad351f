"""Where the reference estate lies."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def reference_topology() -> Path:
    """The folder of the Beijing public-housing estate: inside the installed package, else in the checkout."""
    package = Path(str(files("flowaudit")))
    installed = package / "topologies" / "beijing-public-housing"
    return installed if installed.is_dir() else package.parent / "topologies" / "beijing-public-housing"
